import * as evidence from '../evidence-export.ts';
import { BULK_BODY_LIMIT_BYTES } from '../limits.ts';
import { type RouteSpec, WORKSPACE_PATH } from './route-spec.ts';

/** Bundles of evidence, out and in. */
export const EVIDENCE_BUNDLE_ROUTES = {
  evidenceExport: {
    method: 'POST',
    path: `${WORKSPACE_PATH}/evidence/export`,
    summary: 'A bundle that verifies offline: a job, a work unit, a range or all',
    principal: 'operator',
    right: 'view',
    body: evidence.exportRequest,
    answers: { 200: 'tar' },
  },
  evidenceVerify: {
    method: 'POST',
    path: `${WORKSPACE_PATH}/evidence/verify`,
    summary: 'Verify a bundle; larger ones with the command line',
    principal: 'operator',
    right: 'view',
    query: evidence.verifyQuery,
    body: 'bytes',
    bodyLimitBytes: BULK_BODY_LIMIT_BYTES,
    answers: { 200: evidence.verifyAnswer },
  },
} as const satisfies Record<string, RouteSpec>;
