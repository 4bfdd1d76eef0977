import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProblemError } from '../contract/problems.ts';
import type { RouteId } from '../contract/routes.ts';
import type { Right } from '../contract/terms.ts';
import { ROLE_RIGHTS } from '../contract/terms.ts';
import type { Actor, Idempotency } from '../plane/commands/context.ts';
import type { Demos } from '../plane/demos-port.ts';
import type { Host, HostedWorkspace, Operator } from '../plane/host.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { BodyDeadlines } from './body-deadlines.ts';
import type { Authorities } from './host-guard.ts';
import type { Metrics } from './metrics.ts';
import type { Caller } from './principal.ts';
import type { RateLimit } from './rate-limit.ts';

/** What all requests share. */
export interface Served {
  host: Host;
  /** Null where none are offered. */
  demos: Demos | null;
  port: number;
  /** As printed and as runners dial it. */
  publicUrl: string;
  isLoopbackOnly: boolean;
  isTls: boolean;
  authorities: Authorities;
  /** Further modules of the runner, by SHA-256. */
  runnerModules: ReadonlyMap<string, Buffer>;
  bootstrap: { bytes: Buffer; sha256: string; signature: string } | null;
  wrongBearers: RateLimit;
  hellos: RateLimit;
  answers: AnswerCache;
  metrics: Metrics;
  openapi(): string;
  isStopping: () => boolean;
  /** A new name for a request, to be found again in the log. */
  requestId: () => string;
  bodyDeadlines: BodyDeadlines;
  /** Answers that wait for something; each is called once when the server stops. */
  waits: Set<() => void>;
}

/** One request on its way through a route. */
export interface Call {
  served: Served;
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  route: RouteId;
  params: Record<string, string>;
  query: Record<string, unknown>;
  /** Validated by the route's schema; undefined where the route takes none or reads bytes itself. */
  body: unknown;
  caller: Caller;
  idempotency: Idempotency | null;
}

/** What a route answers; `handled` when it wrote the answer itself. */
export type Answer = { status: number; json?: unknown; headers?: Record<string, string> } | 'handled';
export type Handler = (call: Call) => Promise<Answer>;

export const ok = (json: unknown, headers?: Record<string, string>): Answer => ({
  status: 200,
  json,
  ...(headers === undefined ? {} : { headers }),
});

export function operatorOf(call: Call): Operator {
  if (call.caller.kind !== 'operator') throw new Error('an operator route without its operator');
  return call.caller.operator;
}

export const actorOf = (call: Call): Actor => ({ kind: 'operator', id: operatorOf(call).name });

export function runnerOf(call: Call): { sessionId: string; hosted: HostedWorkspace } {
  if (call.caller.kind !== 'runner') throw new Error('a runner route without its runner');
  return call.caller;
}

/** The workspace of the path: one that is not here and one of somebody else answer alike. */
export function hostedOf(call: Call): HostedWorkspace {
  const { host, demos } = call.served;
  const id = call.params.workspace_id ?? '';
  const hosted = host.workspaceOf(id) ?? demos?.hostedOf(id);
  if (hosted === undefined) throw new ProblemError('not_found', 'There is nothing at this address.');
  return hosted;
}

export function requireRight(call: Call, right: Right): void {
  const { role } = operatorOf(call);
  if (!ROLE_RIGHTS[role].includes(right))
    throw new ProblemError('right.missing', `Your role ${role} does not include "${right}". Ask an admin.`);
}

/** Reads from a workspace; the answer says which entry it saw and is released when that is on disk. */
export async function readAnswer<T>(call: Call, query: (hosted: HostedWorkspace) => T): Promise<Answer> {
  const hosted = hostedOf(call);
  const { value, seq } = await hosted.workspace.read(() => query(hosted));
  if (value === null) throw new ProblemError('not_found', 'There is nothing at this address.');
  return ok(value, { 'cc-seq': String(seq) });
}
