/** What an exit code of the command line means; printed by `--help`. */
export const EXIT = {
  ok: 0,
  /** A check did not hold: the job failed, the doctor found something. */
  failed: 1,
  /** Input that cannot be used: not a job, not a file. */
  input: 2,
  usage: 64,
  /** The data directory is damaged, newer, or an older copy. */
  data: 65,
  unavailable: 69,
  alreadyRunning: 75,
  untrusted: 76,
  notPermitted: 77,
} as const;

/** Ends a command with a sentence and a code. */
export class ExitError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'ExitError';
  }
}
