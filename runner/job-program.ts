import type { JobSpec } from './wire.ts';

/** What a job runs, whatever its kind; an empty `argv` is what its image starts. */
export const programOf = ({ command, container, kubernetes, mcp }: JobSpec): NonNullable<JobSpec['command']> =>
  command ?? container ?? kubernetes ?? mcp ?? { argv: [], env: {}, shell: false };
