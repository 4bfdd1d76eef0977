import { PROBLEMS, ProblemError, problemType } from '../contract/problems.ts';

/** Answers of the host itself carry this: no control plane knows of them. */
const OWN_REQUEST_ID = 'req_console';
const RETRY_MS = 1_000;

/** The problem document of an error, in the form of the plane's own; what is not an operating error tells nothing. */
export function problemResponse(error: unknown): Response {
  const known =
    error instanceof ProblemError
      ? error
      : new ProblemError('internal.error', 'Try again; if it stays, look into the log of the console’s host.');
  const { status, title, retryable } = PROBLEMS[known.code];
  return jsonResponse(
    status,
    {
      type: problemType(known.code),
      title,
      status,
      detail: known.detail,
      code: known.code,
      request_id: OWN_REQUEST_ID,
      retryable,
      ...(retryable ? { retry_after_ms: RETRY_MS } : {}),
      ...known.more,
    },
    'application/problem+json',
  );
}

export const jsonResponse = (status: number, value: unknown, type = 'application/json'): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': type, 'cache-control': 'no-store' } });
