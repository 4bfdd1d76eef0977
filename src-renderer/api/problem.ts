import { type FieldError, type ProblemCode, problem } from '../../src-server/contract/problems.ts';

/** What went wrong on the way: a problem of the control plane, or no usable answer at all. */
export type ApiProblemCode = ProblemCode | 'network.unreachable' | 'answer.unreadable';

/** The one error that `call` throws. `detail` is a sentence that says what to do next and may be shown as it is. */
export class ApiProblem extends Error {
  constructor(
    readonly code: ApiProblemCode,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly FieldError[] = [],
    readonly retryAfterMs: number | null = null,
    readonly isRetryable = false,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'ApiProblem';
  }
}

/** Reads a problem document; anything else becomes `answer.unreadable` with the status it came with. */
export const toApiProblem = (status: number, document: unknown): ApiProblem => {
  const parsed = problem.safeParse(document);
  if (!parsed.success) {
    return new ApiProblem(
      'answer.unreadable',
      status,
      'The answer could not be read',
      `The control plane answered ${status} in a form this console does not know. Reload the page; if it stays, the console and the plane are of different versions.`,
    );
  }
  const { code, title, detail, errors, retry_after_ms, retryable } = parsed.data;
  return new ApiProblem(code, status, title, detail, errors ?? [], retry_after_ms ?? null, retryable);
};

/** No answer came at all. */
export const unreachable = (): ApiProblem =>
  new ApiProblem(
    'network.unreachable',
    0,
    'No answer',
    'The control plane did not answer. It may be stopped; shown data stays until it is back.',
    [],
    null,
    true,
  );

/**
 * No answer came to an action. Where the connection was lost before it was tried, nobody took it; else only the control
 * plane knows, and it is said so: an action is never lost in silence, and never claimed.
 */
export const unanswered = (wasLost: boolean): ApiProblem =>
  new ApiProblem(
    'network.unreachable',
    0,
    wasLost ? 'Not done' : 'No answer',
    wasLost
      ? 'Not done: the control plane does not answer. Nothing was changed. Try again when it is back.'
      : 'The control plane stopped answering before it confirmed this. Look whether it was done when it is back, then try again.',
    [],
    null,
    true,
  );

/** The message for a field by its JSON pointer, such as `/name`; undefined where the field is fine. */
export const fieldMessage = (error: unknown, pointer: string): string | undefined =>
  error instanceof ApiProblem ? error.errors.find((item) => item.pointer === pointer)?.message : undefined;
