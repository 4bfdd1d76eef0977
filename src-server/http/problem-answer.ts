import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import {
  type FieldError,
  PROBLEMS,
  type Problem,
  type ProblemCode,
  ProblemError,
  problemType,
} from '../contract/problems.ts';

const DEFAULT_RETRY_MS = 1_000;

/** The problem document of an error; what is not an operating error tells nothing of itself. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (!(error instanceof ProblemError))
    return document(
      'internal.error',
      'Try again; if it stays, look for this request id in the log of the control plane.',
      requestId,
      {},
    );
  return document(error.code, error.detail, requestId, error.more);
}

function document(code: ProblemCode, detail: string, requestId: string, more: Record<string, unknown>): Problem {
  const { status, title, retryable } = PROBLEMS[code];
  const retryAfter = retryable ? { retry_after_ms: DEFAULT_RETRY_MS } : {};
  return {
    type: problemType(code),
    title,
    status,
    detail,
    code,
    request_id: requestId,
    retryable,
    ...retryAfter,
    ...more,
  };
}

/** Writes a problem; the connection of a body that was not read to its end is closed. */
export function sendProblem(response: ServerResponse, problem: Problem, headers: Record<string, string> = {}): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer realm="connected-compute"' } : {}),
    ...(problem.retry_after_ms === undefined
      ? {}
      : { 'retry-after': String(Math.max(1, Math.ceil(problem.retry_after_ms / 1000))) }),
    ...headers,
  });
  response.end(body);
}

/** A name as a part of a JSON pointer. */
export const pointerPart = (name: string): string => name.replace(/~/g, '~0').replace(/\//g, '~1');

/** What zod found, as pointers into the body. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.slice(0, 20).flatMap((issue) => {
    const base = `/${issue.path.map((p) => pointerPart(String(p))).join('/')}`;
    const pointer = base === '/' ? '' : base;
    if (issue.code === 'unrecognized_keys')
      return issue.keys
        .slice(0, 10)
        .map((key) => ({ pointer: `${pointer}/${pointerPart(key.slice(0, 60))}`, message: 'is not a field here' }));
    return [{ pointer, message: issue.message }];
  });
}

/** @throws ProblemError `field.invalid` with a pointer per fault. */
export function validate<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error);
  throw new ProblemError(
    'field.invalid',
    `Mend ${errors[0]?.pointer || 'the body'}: ${errors[0]?.message ?? 'it is not valid'}.`,
    { errors },
  );
}
