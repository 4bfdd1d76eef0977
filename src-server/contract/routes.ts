import { BODY_LIMIT_BYTES } from './limits.ts';
import { APPROVALS_ROUTES } from './routes/approvals.ts';
import { BUDGET_ROUTES } from './routes/budgets.ts';
import { DEMO_ROUTES } from './routes/demo.ts';
import { EVIDENCE_ROUTES } from './routes/evidence.ts';
import { EVIDENCE_BUNDLE_ROUTES } from './routes/evidence-bundle.ts';
import { FLEET_ROUTES } from './routes/fleet.ts';
import { GOVERNANCE_ROUTES } from './routes/governance.ts';
import { JOBS_ROUTES } from './routes/jobs.ts';
import { PLANE_ROUTES } from './routes/plane.ts';
import { POOLS_ROUTES } from './routes/pools.ts';
import { REPLAY_ROUTES } from './routes/replay.ts';
import type { RouteSpec } from './routes/route-spec.ts';
import { RUNTIME_ROUTES } from './routes/runtime.ts';
import { SDK_ROUTES } from './routes/sdk.ts';

/** Every route of the control plane. Routers, the OpenAPI document, the clients and the tests read this one table. */
export const ROUTES = {
  ...PLANE_ROUTES,
  ...RUNTIME_ROUTES,
  ...FLEET_ROUTES,
  ...POOLS_ROUTES,
  ...JOBS_ROUTES,
  ...GOVERNANCE_ROUTES,
  ...EVIDENCE_BUNDLE_ROUTES,
  ...APPROVALS_ROUTES,
  ...BUDGET_ROUTES,
  ...EVIDENCE_ROUTES,
  ...REPLAY_ROUTES,
  ...SDK_ROUTES,
  ...DEMO_ROUTES,
} as const satisfies Record<string, RouteSpec>;

export type RouteId = keyof typeof ROUTES;
export const DEFAULT_BODY_LIMIT_BYTES = BODY_LIMIT_BYTES;
