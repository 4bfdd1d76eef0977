import { BODY_LIMIT_BYTES, JSON_KEYS_LIMIT } from '../contract/limits.ts';
import type { RouteSpec } from '../contract/routes/route-spec.ts';
import { ROUTES, type RouteId } from '../contract/routes.ts';
import type { Handler } from './call.ts';

/** Routes whose own handler looks at the body: the fence comes before the fields it protects. */
const VALIDATES_ITSELF: ReadonlySet<RouteId> = new Set(['complete', 'fail']);
/** Their repeats are answered from the log, not from memory. */
const KEEPS_OWN_KEYS: ReadonlySet<RouteId> = new Set(['claim', 'jobSubmit', 'complete', 'fail', 'release']);

/** A line of the table of routes with what follows from it, worked out once. */
export interface ServedRoute {
  id: RouteId;
  spec: RouteSpec;
  handler: Handler;
  /** Its path names a workspace. */
  isInWorkspace: boolean;
  bodyLimitBytes: number;
  /** Names that a body may hold: as many as one of its size can be expected to need. */
  namesLimit: number;
  /** The body is validated here, not by the handler. */
  isValidatedHere: boolean;
  /** Repeats are answered from memory. */
  isCached: boolean;
}

export function servedRoute(id: RouteId, handler: Handler): ServedRoute {
  const spec: RouteSpec = ROUTES[id];
  const bodyLimitBytes = spec.bodyLimitBytes ?? BODY_LIMIT_BYTES;
  return {
    id,
    spec,
    handler,
    isInWorkspace: spec.path.includes('{workspace_id}'),
    bodyLimitBytes,
    namesLimit: JSON_KEYS_LIMIT * Math.ceil(bodyLimitBytes / BODY_LIMIT_BYTES),
    isValidatedHere: spec.body !== undefined && spec.body !== 'bytes' && !VALIDATES_ITSELF.has(id),
    isCached: !KEEPS_OWN_KEYS.has(id),
  };
}
