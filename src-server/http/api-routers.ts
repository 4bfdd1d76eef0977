import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Request, type Response, type Router } from 'express';
import { ProblemError } from '../contract/problems.ts';
import { ROUTES, type RouteId } from '../contract/routes.ts';
import type { Handler, Served } from './call.ts';
import { approvalHandlers } from './handlers/approvals.ts';
import { attemptHandlers } from './handlers/attempts.ts';
import { budgetHandlers } from './handlers/budgets.ts';
import { demoHandlers } from './handlers/demo.ts';
import { evidenceHandlers } from './handlers/evidence.ts';
import { evidenceBundleHandlers } from './handlers/evidence-bundle.ts';
import { governanceHandlers } from './handlers/governance.ts';
import { jobHandlers } from './handlers/jobs.ts';
import { planeHandlers } from './handlers/plane.ts';
import { poolHandlers } from './handlers/pools.ts';
import { replayHandlers } from './handlers/replay.ts';
import { runtimeHandlers } from './handlers/runtime.ts';
import { sdkHandlers } from './handlers/sdk.ts';
import { sourceHandlers } from './handlers/sources.ts';
import { problemOf, sendProblem } from './problem-answer.ts';
import { serveRoute } from './serve-route.ts';
import { servedRoute } from './served-route.ts';

/** Every route of the table has its handler; the compiler says which is missing. */
const HANDLERS: Record<RouteId, Handler> = {
  ...runtimeHandlers,
  ...attemptHandlers,
  ...planeHandlers,
  ...sourceHandlers,
  ...poolHandlers,
  ...sdkHandlers,
  ...jobHandlers,
  ...governanceHandlers,
  ...approvalHandlers,
  ...budgetHandlers,
  ...evidenceHandlers,
  ...evidenceBundleHandlers,
  ...replayHandlers,
  ...demoHandlers,
};
const RUNTIME_PATH = '/api/v1/runtime/';
/** A router looks at its routes in order: those that runners call most come first. */
const CALLED_MOST: readonly RouteId[] = ['claim', 'heartbeat', 'logPut', 'start', 'complete'];

/** `/jobs/bulk` before `/jobs/{job_id}`. */
const specificity = (id: RouteId): number => ROUTES[id].path.split('/').filter((s) => !s.startsWith('{')).length;
const calledMost = (id: RouteId): number => (CALLED_MOST.includes(id) ? CALLED_MOST.indexOf(id) : CALLED_MOST.length);
const ORDER = (Object.keys(ROUTES) as RouteId[]).sort(
  (a, b) => calledMost(a) - calledMost(b) || specificity(b) - specificity(a),
);
const isRuntime = (id: RouteId): boolean => ROUTES[id].path.startsWith(RUNTIME_PATH);

/**
 * The API as two Express routers, one of the runners' routes and one of all others. They stand without an app: no query
 * parser, no etag, no other prototype for every request, nothing that a route of ours does not use.
 */
export function apiRouters(
  served: Served,
  replaced: Partial<Record<RouteId, Handler>>,
): (request: IncomingMessage, response: ServerResponse, path: string) => void {
  const runtime = routerOf(ORDER.filter(isRuntime), served, replaced);
  const others = routerOf(
    ORDER.filter((id) => !isRuntime(id)),
    served,
    replaced,
  );
  return (request, response, path) => {
    const router = path.startsWith(RUNTIME_PATH) ? runtime : others;
    router(request as Request, response as Response, () => {
      // Also a parameter that cannot be decoded ends here: it names nothing.
      const error = missing(path, response);
      sendProblem(response, problemOf(error, served.requestId()), { connection: 'close' });
    });
  };
}

function routerOf(ids: RouteId[], served: Served, replaced: Partial<Record<RouteId, Handler>>): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  for (const id of ids) {
    const route = servedRoute(id, replaced[id] ?? HANDLERS[id]);
    const path = route.spec.path.replace(/\{(\w+)\}/g, ':$1');
    const method = route.spec.method.toLowerCase() as Lowercase<typeof route.spec.method>;
    router[method](path, (request: Request, response: Response, next: () => void) => {
      // Express would let a GET answer a HEAD; the table offers none, and a stream would never end.
      if (request.method === 'HEAD') {
        next();
        return undefined;
      }
      const at = request.url.indexOf('?');
      const query = at < 0 ? '' : request.url.slice(at + 1);
      return serveRoute(served, route, request, response, request.params as Record<string, string>, query);
    });
  }
  return router;
}

const PATTERNS = ORDER.map((id) => ({
  method: ROUTES[id].method,
  pattern: new RegExp(`^${ROUTES[id].path.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

function missing(path: string, response: ServerResponse): ProblemError {
  const methods = [...new Set(PATTERNS.filter((p) => p.pattern.test(path)).map((p) => p.method))];
  if (methods.length === 0) return new ProblemError('not_found', 'There is nothing at this address.');
  response.setHeader('allow', methods.join(', '));
  return new ProblemError('method.not_allowed', `Use ${methods.join(' or ')} here.`);
}
