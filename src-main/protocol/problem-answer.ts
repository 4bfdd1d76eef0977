import { PROBLEMS, type ProblemCode, problemType } from '../../src-server/contract/problems.ts';
import { GUARD_HEADERS } from './headers.ts';

/** Answers made by main itself carry this in place of the plane's id: the plane's log knows nothing of them. */
const OWN_REQUEST_ID = 'req_desktop';

/**
 * A problem document from main, in the form of the plane's own.
 * @param detail one sentence that says what to do next
 */
export const problemAnswer = (code: ProblemCode, detail: string): Response => {
  const { status, title, retryable } = PROBLEMS[code];
  const document = { type: problemType(code), title, status, detail, code, request_id: OWN_REQUEST_ID, retryable };
  return new Response(JSON.stringify(document), {
    status,
    headers: { ...GUARD_HEADERS, 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
  });
};
