import type { JobSpec } from './job.ts';

/** The section that says what runs, by kind. */
export const SECTION_OF_KIND = {
  command: 'command',
  container: 'container',
  kubernetes: 'kubernetes',
  mcp: 'mcp',
} as const;

/** What a job runs, whatever its kind; an empty `argv` is what its image starts. */
export const programOf = ({
  command,
  container,
  kubernetes,
  mcp,
}: Pick<JobSpec, 'command' | 'container' | 'kubernetes' | 'mcp'>): NonNullable<JobSpec['command']> =>
  command ?? container ?? kubernetes ?? mcp ?? { argv: [], env: {}, shell: false };

/** The image that a job runs in; null for one that runs on the source itself. */
export const imageOf = ({ container, kubernetes }: Pick<JobSpec, 'container' | 'kubernetes'>): string | null =>
  container?.image ?? kubernetes?.image ?? null;
