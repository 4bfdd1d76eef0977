import type { z } from 'zod';
import { ProblemError } from '../contract/problems.ts';

/** Who calls the host: an operator of the console's own control plane. */
export interface ConsoleCaller {
  name: string;
  isAdmin: boolean;
}

/** One call below `/console/`. */
export interface ConsoleCall {
  request: Request;
  caller: ConsoleCaller;
  /** Members of the path by their place. */
  members: readonly string[];
  /** Below a remote: `/api/v1/…` with its query. */
  rest: string;
}
export type ConsoleHandler = (call: ConsoleCall) => Promise<Response> | Response;
export interface ConsoleRoute {
  method: string | '*';
  pattern: RegExp;
  /** May be called without the right of an admin; its answer then says what lacks. */
  isOpen?: boolean;
  handle: ConsoleHandler;
}

const BODY_LIMIT_BYTES = 65_536;
export const ADMIN_ONLY =
  'Only an admin of this console may use its remote workspaces and this machine: their tokens are the host’s own.';

/** @throws ProblemError `media.unsupported`, `body.too_large`, `json.invalid`, `field.invalid`. */
export async function bodyAs<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  if (!(request.headers.get('content-type') ?? '').startsWith('application/json'))
    throw new ProblemError('media.unsupported', 'Send the body as application/json.');
  const bytes = await wholeBody(request, BODY_LIMIT_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ProblemError('json.invalid', 'Send one JSON document in UTF-8.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues
    .slice(0, 20)
    .map((issue) => ({ pointer: `/${issue.path.map(String).join('/')}`, message: issue.message }));
  throw new ProblemError('field.invalid', `Mend ${errors[0]?.pointer}: ${errors[0]?.message}.`, { errors });
}

/** The whole body. @throws ProblemError `body.too_large` as soon as it is. */
export async function wholeBody(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw new ProblemError('body.too_large', `Keep the body under ${limitBytes} bytes.`);
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
