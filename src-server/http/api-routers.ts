import express, { type Express, type Request, type Response } from 'express';
import { ProblemError } from '../contract/problems.ts';
import { ROUTES, type RouteId, type RouteSpec } from '../contract/routes.ts';
import type { Handler, Served } from './call.ts';
import { attemptHandlers } from './handlers/attempts.ts';
import { governanceHandlers } from './handlers/governance.ts';
import { jobHandlers } from './handlers/jobs.ts';
import { planeHandlers } from './handlers/plane.ts';
import { runtimeHandlers } from './handlers/runtime.ts';
import { sourceHandlers } from './handlers/sources.ts';
import { problemOf, sendProblem } from './problem-answer.ts';
import { serveRoute } from './serve-route.ts';

/** Every route of the table has its handler; the compiler says which is missing. */
const HANDLERS: Record<RouteId, Handler> = {
  ...runtimeHandlers,
  ...attemptHandlers,
  ...planeHandlers,
  ...sourceHandlers,
  ...jobHandlers,
  ...governanceHandlers,
};

/** The runner's routes stand first: they are called most, and Express looks at routes in order. */
const ORDER = (Object.keys(ROUTES) as RouteId[]).sort(
  (a, b) => Number(isRuntime(b)) - Number(isRuntime(a)) || specificity(b) - specificity(a),
);
function isRuntime(id: RouteId): boolean {
  return ROUTES[id].path.startsWith('/api/v1/runtime/');
}
/** `/jobs/bulk` before `/jobs/{job_id}`. */
function specificity(id: RouteId): number {
  return ROUTES[id].path.split('/').filter((s) => !s.startsWith('{')).length;
}

/** The API as an Express app. Needless middleware is left out: no etag, no query parser, our own body reader. */
export function apiApp(served: Served): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  for (const id of ORDER) {
    const route: RouteSpec = ROUTES[id];
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    app[method](path, (request: Request, response: Response, next: () => void) => {
      // Express would let a GET answer a HEAD; the table offers none, and a stream would never end.
      if (request.method === 'HEAD') {
        next();
        return undefined;
      }
      const at = request.url.indexOf('?');
      return serveRoute(
        served,
        id,
        HANDLERS[id],
        request,
        response,
        request.params as Record<string, string>,
        at < 0 ? '' : request.url.slice(at + 1),
      );
    });
  }
  app.use((request: Request, response: Response) =>
    sendProblem(response, problemOf(missing(request, response), served.host.random.bytes(9).toString('base64url')), {
      connection: 'close',
    }),
  );
  // A parameter that cannot be decoded ends here: it names nothing.
  app.use((_error: unknown, _request: Request, response: Response, _next: () => void) =>
    sendProblem(
      response,
      problemOf(
        new ProblemError('not_found', 'There is nothing at this address.'),
        served.host.random.bytes(9).toString('base64url'),
      ),
      { connection: 'close' },
    ),
  );
  return app;
}

const PATTERNS = ORDER.map((id) => ({
  method: ROUTES[id].method,
  pattern: new RegExp(`^${ROUTES[id].path.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

function missing(request: Request, response: Response): ProblemError {
  const methods = [...new Set(PATTERNS.filter((p) => p.pattern.test(request.path)).map((p) => p.method))];
  if (methods.length === 0) return new ProblemError('not_found', 'There is nothing at this address.');
  response.setHeader('allow', methods.join(', '));
  return new ProblemError('method.not_allowed', `Use ${methods.join(' or ')} here.`);
}
