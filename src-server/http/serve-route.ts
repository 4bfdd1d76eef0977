import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { idempotencyHeader } from '../contract/job.ts';
import { BODY_LIMIT_BYTES, JSON_KEYS_LIMIT } from '../contract/limits.ts';
import { ProblemError } from '../contract/problems.ts';
import { ROUTES, type RouteId, type RouteSpec } from '../contract/routes.ts';
import type { Idempotency } from '../plane/commands/context.ts';
import { type Answer, type Call, type Handler, hostedOf, requireRight, type Served } from './call.ts';
import { logFault } from './fault-log.ts';
import { parseJson } from './parse-json.ts';
import { type Caller, callerOf } from './principal.ts';
import { problemOf, sendProblem, validate } from './problem-answer.ts';
import { hasBody, readBody, requireJson, requirePlain, requireRoom } from './read-body.ts';
import { queryOf } from './request-path.ts';

/** Routes whose own handler looks at the body: the fence comes before the fields it protects. */
const VALIDATES_ITSELF: ReadonlySet<RouteId> = new Set(['complete', 'fail']);
/** Their repeats are answered from the log, not from memory. */
const KEEPS_OWN_KEYS: ReadonlySet<RouteId> = new Set(['claim', 'jobSubmit', 'complete', 'fail', 'release']);
const EMPTY = Buffer.alloc(0);
const sha256 = (...parts: (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 32);
};

/**
 * Serves one route, in the fixed order: principal, body size and form, existence and right, then the route itself.
 * Host, origin, method and path were looked at before.
 */
export async function serveRoute(
  served: Served,
  id: RouteId,
  handler: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  params: Record<string, string>,
  query: string,
): Promise<void> {
  const requestId = served.host.random.bytes(9).toString('base64url');
  const route: RouteSpec = ROUTES[id];
  let idempotency: Idempotency | null = null;
  let isCached = false;
  try {
    const caller = callerOf(request, route.principal, served.host, served.port, served.wrongBearers);
    const rawBody = await bodyOf(request, route, served);
    const parsed = jsonOf(route, rawBody);
    const call: Call = {
      served,
      request,
      response,
      requestId,
      route: id,
      params,
      query: {},
      body: parsed,
      rawBody,
      caller,
      idempotency: null,
    };
    if (route.path.includes('{workspace_id}')) hostedOf(call);
    if (route.right !== undefined) requireRight(call, route.right);
    if (route.query !== undefined) call.query = validate(route.query, queryOf(query)) as Record<string, unknown>;
    idempotency = keyOf(request, route, caller, rawBody, query);
    call.idempotency = idempotency;
    if (route.body !== undefined && route.body !== 'bytes' && !VALIDATES_ITSELF.has(id))
      call.body = validate(route.body, parsed);
    if (idempotency !== null && !KEEPS_OWN_KEYS.has(id)) {
      const again = served.answers.begin(idempotency);
      if (again !== null) {
        write(response, again.status, again.body, {});
        return;
      }
      isCached = true;
    }
    await finish(call, await handler(call), isCached);
  } catch (error) {
    if (isCached && idempotency !== null) served.answers.forget(idempotency);
    if (!(error instanceof ProblemError)) logFault(requestId, id, error);
    // What is left of a body is not read: the connection ends with this answer.
    const isUnread = !request.complete;
    sendProblem(response, problemOf(error, requestId), isUnread ? { connection: 'close' } : {});
  } finally {
    served.metrics.count(id, response.statusCode);
  }
}

const limitOf = (route: RouteSpec): number => route.bodyLimitBytes ?? BODY_LIMIT_BYTES;

/** An absent body is an empty one. Names may be as many as a body of the route's size can be expected to hold. */
function jsonOf(route: RouteSpec, rawBody: Buffer): unknown {
  if (route.body === undefined || route.body === 'bytes') return undefined;
  if (rawBody.length === 0) return {};
  return parseJson(rawBody, JSON_KEYS_LIMIT * Math.ceil(limitOf(route) / BODY_LIMIT_BYTES));
}

async function bodyOf(request: IncomingMessage, route: RouteSpec, served: Served): Promise<Buffer> {
  if (!hasBody(request)) return EMPTY;
  if (route.body === 'bytes') {
    requirePlain(request);
    requireRoom(request, limitOf(route));
    return EMPTY;
  }
  const { timers } = served.host;
  if (route.body === undefined) {
    // A body where none is taken is no fault of a proxy's making; it is read away within the limit.
    await readBody(request, BODY_LIMIT_BYTES, timers);
    return EMPTY;
  }
  requireJson(request);
  return readBody(request, limitOf(route), timers);
}

function keyOf(
  request: IncomingMessage,
  route: RouteSpec,
  caller: Caller,
  rawBody: Buffer,
  query: string,
): Idempotency | null {
  if (route.idempotency === undefined) return null;
  const header = request.headers['idempotency-key'];
  if (header === undefined) {
    if (route.idempotency === 'optional') return null;
    throw new ProblemError(
      'idempotency.key_missing',
      'Send an Idempotency-Key: a new one for each request, the same one when you repeat it.',
    );
  }
  const key = idempotencyHeader.safeParse(header);
  if (!key.success)
    throw new ProblemError('field.invalid', 'Mend the Idempotency-Key: it takes 1 to 128 visible characters.', {
      errors: [{ pointer: 'Idempotency-Key', message: 'is not valid' }],
    });
  return {
    key: sha256(principalOf(caller), key.data),
    request: sha256(route.method, request.url ?? '', query, rawBody),
  };
}

/** Keys of one caller never meet those of another. */
function principalOf(caller: Caller): string {
  switch (caller.kind) {
    case 'operator':
      return caller.operator.operatorId;
    case 'runner':
    case 'returning':
      return caller.sessionId;
    case 'credential':
      return sha256(caller.credential);
    case 'none':
      return '';
  }
}

/** An answer that shows a secret is not kept; what is named instead leads to a new one. */
function secretOf(json: unknown): Record<string, string> | null {
  const shown = json as
    | { credential?: string; enrollment_id?: string; token?: string; operator_id?: string }
    | undefined;
  if (shown?.credential !== undefined) return { enrollment_id: shown.enrollment_id ?? '' };
  return shown?.token === undefined ? null : { operator_id: shown.operator_id ?? '' };
}

async function finish(call: Call, answer: Answer, isCached: boolean): Promise<void> {
  if (answer === 'handled') return;
  const body = answer.json === undefined ? '' : JSON.stringify(answer.json);
  if (isCached && call.idempotency !== null) {
    call.served.answers.end(call.idempotency, { status: answer.status, body }, secretOf(answer.json));
  }
  write(call.response, answer.status, body, answer.headers ?? {});
}

function write(response: ServerResponse, status: number, body: string, headers: Record<string, string>): void {
  if (body === '') response.writeHead(status, headers).end();
  else
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'cache-control': 'no-store',
        ...headers,
      })
      .end(body);
}
