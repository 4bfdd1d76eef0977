/** Every exit code of the runner, in one table. The numbers follow sysexits.h where it has a word for the case. */
export const EXIT = {
  /** Done; a drained `run` and a `run --once` without work end here too. */
  ok: 0,
  /** A required check of `doctor` failed, the job of `run --once` did not succeed, or a second signal stopped `run`. */
  failed: 1,
  /** The command line cannot be used: unknown option, a secret in it, plain http to another host. */
  usage: 64,
  /** Data cannot be used: a mistyped credential, a state file that is damaged or belongs to another plane. */
  data: 65,
  /** The plane cannot be reached, or it refuses to serve this version. */
  unavailable: 69,
  /** A fault of this program itself. */
  internal: 70,
  /** Another `run` holds this state directory. */
  alreadyRunning: 75,
  /** The plane did not prove the pinned key; nothing secret was sent. */
  planeNotTrusted: 76,
  /** Not permitted: a used, expired or burned credential, a revoked runner, a file that others can read. */
  notPermitted: 77,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
