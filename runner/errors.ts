import type { ExitCode } from './exit-codes.ts';

/**
 * An operating error that ends the command. `message` is one sentence for people that says what to do next and never
 * holds a secret; `exitCode` stands in the table of exit-codes.ts.
 */
export class RunnerError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
    this.name = 'RunnerError';
  }
}

/** The plane gave no answer: refused, reset, timed out or cut off. Always worth another try. */
export class PlaneUnreachable extends Error {
  constructor(readonly reason: string) {
    super(`No answer from the plane (${reason}).`);
    this.name = 'PlaneUnreachable';
  }
}

/** The plane answered with a problem document (RFC 9457), or with a status that has none. */
export class PlaneProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly retryable: boolean,
    /** Milliseconds the plane asks to wait; null when it says nothing. */
    readonly retryAfterMs: number | null,
    /** The whole document, for members such as `expected_offset` and `current_attempt`. */
    readonly members: Readonly<Record<string, unknown>>,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'PlaneProblem';
  }
}

/** The words of any thrown value, for a line that people read. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error (ENOENT, ECONNREFUSED, …), or an empty string. */
export function systemCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
