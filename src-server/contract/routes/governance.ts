import { z } from 'zod';
import * as job from '../job.ts';
import * as lease from '../lease.ts';
import * as policy from '../policy.ts';
import { queryCount } from '../primitives.ts';
import { whatIfAnswer, whatIfRequest } from '../what-if.ts';
import * as workspace from '../workspace.ts';
import { act, page, type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

/** Leases, policy, evidence, settings and the switches of a workspace. */
export const GOVERNANCE_ROUTES = {
  leases: read(`${WORKSPACE_PATH}/leases`, 'Leases, newest first', lease.leaseList, lease.leaseListQuery),
  leaseRevoke: act(`${WORKSPACE_PATH}/leases/{lease_id}/revoke`, 'Fence the lease at once', 'operate', job.reasonBody, {
    200: lease.lease,
  }),
  policy: read(`${WORKSPACE_PATH}/routing-policy`, 'The policy in force', policy.policy),
  policyPut: {
    method: 'PUT',
    path: `${WORKSPACE_PATH}/routing-policy`,
    summary: 'Publish a new version',
    principal: 'operator',
    right: 'admin',
    body: policy.policyPut,
    idempotency: 'optional',
    answers: { 200: policy.policy },
  },
  policyVersions: read(
    `${WORKSPACE_PATH}/routing-policy/versions`,
    'Versions, newest first',
    policy.policyVersions,
    page,
  ),
  policyDiff: read(
    `${WORKSPACE_PATH}/routing-policy/diff`,
    'What differs between two versions',
    policy.policyDiff,
    policy.policyDiffQuery,
  ),
  policySimulate: {
    method: 'POST',
    path: `${WORKSPACE_PATH}/routing-policy/simulate`,
    summary: 'What a draft of policy, limits or labels would have done to the past',
    principal: 'operator',
    right: 'view',
    body: whatIfRequest,
    answers: { 200: whatIfAnswer },
  },
  policyDraftDiff: {
    method: 'POST',
    path: `${WORKSPACE_PATH}/routing-policy/diff`,
    summary: 'What a draft would change of the policy in force',
    principal: 'operator',
    right: 'view',
    body: policy.policyDraft,
    answers: { 200: policy.policyDiff },
  },
  evidence: read(
    `${WORKSPACE_PATH}/evidence`,
    'Entries of the log, by sequence',
    workspace.evidenceList,
    workspace.evidenceQuery,
  ),
  evidenceItem: read(`${WORKSPACE_PATH}/evidence/{seq}`, 'One entry', workspace.evidenceItem),
  pause: act(`${WORKSPACE_PATH}/pause`, 'Grant nothing', 'operate', job.reasonBody, { 200: workspace.countsAnswer }),
  resume: act(`${WORKSPACE_PATH}/resume`, 'Grant again', 'operate', job.reasonBody, { 200: workspace.countsAnswer }),
  stopEverything: act(`${WORKSPACE_PATH}/stop-everything`, 'Pause and cancel every job', 'operate', job.reasonBody, {
    200: workspace.countsAnswer,
  }),
  settings: read(`${WORKSPACE_PATH}/settings`, 'Settings of the workspace', workspace.settings),
  settingsPatch: {
    method: 'PATCH',
    path: `${WORKSPACE_PATH}/settings`,
    summary: 'Change settings',
    principal: 'operator',
    right: 'admin',
    body: workspace.settingsPatch,
    idempotency: 'optional',
    answers: { 200: workspace.settings },
  },
  stream: {
    method: 'GET',
    path: `${WORKSPACE_PATH}/stream`,
    summary: 'Server-sent events: change, pulse, reset',
    principal: 'operator',
    right: 'view',
    query: z.strictObject({ after: queryCount.optional() }),
    answers: { 200: 'events' },
  },
} as const satisfies Record<string, RouteSpec>;
