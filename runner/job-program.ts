import type { JobSpec } from './wire.ts';

/** What a job runs, whatever its kind; an empty `argv` is what its image starts. */
export const programOf = ({ command, container, kubernetes }: JobSpec): NonNullable<JobSpec['command']> =>
  command ?? container ?? kubernetes ?? { argv: [], env: {}, shell: false };
