import { type IncomingHttpHeaders, request } from 'node:http';
import type { z } from 'zod';
import { PROBLEMS, problem } from '../../src-server/contract/problems.ts';
import type { RouteSpec } from '../../src-server/contract/routes/route-spec.ts';
import { ROUTES, type RouteId } from '../../src-server/contract/routes.ts';

export interface CallOptions {
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string | string[]>;
  bearer?: string | null;
  /** Sent as JSON; a Buffer or a string is sent as it is. */
  body?: unknown;
  key?: string;
}
/** An answer's JSON, of whatever shape its route has; the schema judged it before a test looks into it. */
export type Parsed = ReturnType<typeof JSON.parse>;
export interface CheckedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  bytes: Buffer;
  /** Parsed when the answer is JSON of any kind, else undefined. */
  json: Parsed;
  /** The problem's code, or undefined for a success. */
  code: string | undefined;
}

/** One exchange on a fresh connection. `path` is sent byte for byte. */
export function exchange(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string | string[]>,
  body?: Buffer | string,
): Promise<CheckedAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        const isJson = /^application\/(problem\+)?json/.test(response.headers['content-type'] ?? '');
        const json = isJson && text !== '' ? JSON.parse(text) : undefined;
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, text, bytes, json, code: status >= 400 ? json?.code : undefined });
      });
    });
    sent.on('error', reject);
    if (body !== undefined) sent.write(body);
    sent.end();
  });
}

/** Throws when an answer is not what the contract says of its route. */
export function checkAnswer(id: RouteId, answer: CheckedAnswer): void {
  const route: RouteSpec = ROUTES[id];
  if (answer.status >= 400) {
    checkProblem(answer);
    return;
  }
  const expected = route.answers[answer.status];
  if (expected === undefined)
    throw new Error(`${id} answered ${answer.status}, which the contract does not know: ${answer.text}`);
  if (typeof expected === 'string') {
    if (expected === 'empty' && answer.text !== '') throw new Error(`${id} answered ${answer.status} with a body`);
    return;
  }
  const parsed = (expected as z.ZodType).safeParse(answer.json);
  if (!parsed.success)
    throw new Error(
      `${id} answered ${answer.status} against its schema: ${JSON.stringify(parsed.error.issues)}\n${answer.text}`,
    );
}

/** Every refusal is a whole problem document that fits the one table of codes. */
export function checkProblem(answer: CheckedAnswer): void {
  const type = answer.headers['content-type'];
  if (type !== 'application/problem+json')
    throw new Error(`a refusal (${answer.status}) of the type ${type}: ${answer.text}`);
  const { status, code, title, detail } = problem.parse(answer.json);
  const kind = PROBLEMS[code];
  if (kind.status !== answer.status || status !== answer.status || kind.title !== title || !/[.:?/]/.test(detail))
    throw new Error(`a problem that does not fit its code: ${answer.text}`);
  if (/\n\s+at |node_modules|\.ts:\d/.test(answer.text)) throw new Error(`a stack on the wire: ${answer.text}`);
  if (status === 401 && answer.headers['www-authenticate'] === undefined)
    throw new Error('a 401 without WWW-Authenticate');
  if (status === 429 && answer.headers['retry-after'] === undefined) throw new Error('a 429 without Retry-After');
}

/** Calls a route by its name in the table and judges the answer by the contract. */
export async function checkedCall(port: number, id: RouteId, options: CallOptions = {}): Promise<CheckedAnswer> {
  const route: RouteSpec = ROUTES[id];
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(options.params?.[name] ?? ''));
  const query = new URLSearchParams(options.query).toString();
  const { body } = options;
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = body === undefined ? undefined : isRaw ? (body as Buffer | string) : JSON.stringify(body);
  const answer = await exchange(
    port,
    route.method,
    query === '' ? path : `${path}?${query}`,
    {
      ...(options.bearer == null ? {} : { authorization: `Bearer ${options.bearer}` }),
      ...(bytes === undefined
        ? {}
        : {
            'content-type': route.body === 'bytes' ? 'application/octet-stream' : 'application/json',
            'content-length': String(Buffer.byteLength(bytes)),
          }),
      ...(options.key === undefined ? {} : { 'idempotency-key': options.key }),
      ...options.headers,
    },
    bytes,
  );
  checkAnswer(id, answer);
  return answer;
}
