import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProblemError } from '../contract/problems.ts';
import type { Idempotency } from '../plane/commands/context.ts';
import { type Answer, type Call, hostedOf, requireRight, type Served } from './call.ts';
import { logFault } from './fault-log.ts';
import { idempotencyOf } from './idempotency-key.ts';
import { parseJson } from './parse-json.ts';
import { callerOf } from './principal.ts';
import { problemOf, sendProblem, validate } from './problem-answer.ts';
import { hasBody, readBody, requireJson, requirePlain, requireRoom } from './read-body.ts';
import { queryOf } from './request-path.ts';
import type { ServedRoute } from './served-route.ts';

const EMPTY = Buffer.alloc(0);
const NO_QUERY: Record<string, unknown> = {};

/**
 * Serves one route, in the fixed order: principal, body size and form, existence and right, then the route itself.
 * Host, origin, method and path were looked at before.
 */
export async function serveRoute(
  served: Served,
  route: ServedRoute,
  request: IncomingMessage,
  response: ServerResponse,
  params: Record<string, string>,
  query: string,
): Promise<void> {
  const { spec } = route;
  const requestId = served.requestId();
  let running: Idempotency | null = null;
  try {
    const caller = callerOf(request, spec.principal, served.host, served.port, served.wrongBearers);
    const rawBody = hasBody(request) ? await bodyOf(request, route, served) : EMPTY;
    const body = jsonOf(route, rawBody);
    const call: Call = {
      served,
      request,
      response,
      requestId,
      route: route.id,
      params,
      query: NO_QUERY,
      body,
      caller,
      idempotency: null,
    };
    if (route.isInWorkspace) hostedOf(call);
    assertNotScripted(call, route);
    if (spec.right !== undefined) requireRight(call, spec.right);
    if (spec.query !== undefined) call.query = validate(spec.query, queryOf(query)) as Record<string, unknown>;
    call.idempotency = idempotencyOf(request, spec, caller, rawBody);
    if (route.isValidatedHere) call.body = validate(spec.body as Exclude<typeof spec.body, 'bytes' | undefined>, body);
    if (call.idempotency !== null && route.isCached) {
      const again = served.answers.begin(call.idempotency);
      if (again !== null) {
        write(response, again.status, again.body, undefined);
        return;
      }
      running = call.idempotency;
    }
    finish(call, await route.handler(call), running);
  } catch (error) {
    if (running !== null) served.answers.forget(running);
    if (!(error instanceof ProblemError)) logFault(requestId, route.id, error);
    // What is left of a body is not read: the connection ends with this answer.
    sendProblem(response, problemOf(error, requestId), request.complete ? {} : { connection: 'close' });
  } finally {
    served.metrics.count(route.id, response.statusCode);
  }
}

/** A demo is read like any workspace; what happens in it is its story's and its own routes' alone. */
function assertNotScripted({ served, params }: Call, { spec }: ServedRoute): void {
  const isReading = spec.method === 'GET' || spec.right === 'view';
  if (isReading || served.demos?.hostedOf(params.workspace_id ?? '') === undefined) return;
  throw new ProblemError(
    'conflict.state',
    'This is a demo: it follows its story. Steer it on the Demo screen, or leave it to act for real.',
  );
}

/** An absent body is an empty one. */
function jsonOf({ spec, namesLimit }: ServedRoute, rawBody: Buffer): unknown {
  if (spec.body === undefined || spec.body === 'bytes') return undefined;
  return rawBody.length === 0 ? {} : parseJson(rawBody, namesLimit);
}

async function bodyOf(request: IncomingMessage, route: ServedRoute, served: Served): Promise<Buffer> {
  const { spec, bodyLimitBytes } = route;
  if (spec.body === 'bytes') {
    requirePlain(request);
    requireRoom(request, bodyLimitBytes);
    return EMPTY;
  }
  if (spec.body === undefined) {
    // A body where none is taken may be a proxy's making; it is read away within the limit.
    await readBody(request, bodyLimitBytes, served.bodyDeadlines);
    return EMPTY;
  }
  requireJson(request);
  return readBody(request, bodyLimitBytes, served.bodyDeadlines);
}

/** An answer that shows a secret is not kept; what is named instead leads to a new one. */
function secretOf(json: unknown): Record<string, string> | null {
  const shown = json as
    | {
        api_key?: string;
        prefix?: string;
        credential?: string;
        enrollment_id?: string;
        token?: string;
        token_id?: string;
        operator_id?: string;
      }
    | undefined;
  if (shown?.api_key !== undefined) return { prefix: shown.prefix ?? '' };
  if (shown?.credential !== undefined) return { enrollment_id: shown.enrollment_id ?? '' };
  if (shown?.token === undefined) return null;
  return shown.token_id === undefined ? { operator_id: shown.operator_id ?? '' } : { token_id: shown.token_id };
}

function finish(call: Call, answer: Answer, running: Idempotency | null): void {
  if (answer === 'handled') return;
  const body = answer.json === undefined ? '' : JSON.stringify(answer.json);
  if (running !== null) call.served.answers.end(running, { status: answer.status, body }, secretOf(answer.json));
  write(call.response, answer.status, body, answer.headers);
}

function write(response: ServerResponse, status: number, body: string, more: Record<string, string> | undefined): void {
  if (body === '') {
    response.writeHead(status, more).end();
    return;
  }
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  };
  response.writeHead(status, more === undefined ? headers : Object.assign(headers, more)).end(body);
}
