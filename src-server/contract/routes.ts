import { z } from 'zod';
import * as decision from './decision.ts';
import * as job from './job.ts';
import * as lease from './lease.ts';
import { ARTIFACT_LIMIT_BYTES, BODY_LIMIT_BYTES, BULK_BODY_LIMIT_BYTES } from './limits.ts';
import * as policy from './policy.ts';
import { listOf, queryCount, queryCursor, queryLimit, queryWaitMs } from './primitives.ts';
import * as runtime from './runtime.ts';
import * as source from './source.ts';
import type { Right } from './terms.ts';
import * as workspace from './workspace.ts';

/**
 * Who may call a route: `none` anyone · `operator` an operator bearer or a signed-in browser · `claim` a credential,
 * a session token or `Runner <session_id>` · `runner` a session token.
 */
export type Principal = 'none' | 'operator' | 'claim' | 'runner';
/** What an answer carries when it is not JSON. */
export type AnswerKind = 'empty' | 'text' | 'bytes' | 'events' | 'javascript';
export interface RouteSpec {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** OpenAPI form: `/api/v1/…/{name}`. */
  path: string;
  summary: string;
  principal: Principal;
  right?: Right;
  query?: z.ZodType;
  body?: z.ZodType | 'bytes';
  bodyLimitBytes?: number;
  idempotency?: 'required' | 'optional';
  /** By status; problems are the same for all and stand apart. */
  answers: Readonly<Record<number, z.ZodType | AnswerKind>>;
}

const W = '/api/v1/workspaces/{workspace_id}';
const R = '/api/v1/runtime';
const L = `${R}/leases/{lease_id}`;
const page = z.strictObject({ cursor: queryCursor.optional(), limit: queryLimit });
const read = <A extends z.ZodType | AnswerKind>(path: string, summary: string, answer: A, query?: z.ZodType) =>
  ({ method: 'GET', path, summary, principal: 'operator', right: 'view', query, answers: { 200: answer } }) as const;
const act = <A extends RouteSpec['answers']>(
  path: string,
  summary: string,
  right: Right,
  body: z.ZodType | undefined,
  answers: A,
) => ({ method: 'POST', path, summary, principal: 'operator', right, body, idempotency: 'optional', answers }) as const;
const fenced = <A extends z.ZodType>(verb: string, summary: string, body: z.ZodType, answer: A) =>
  ({
    method: 'POST',
    path: `${L}/${verb}`,
    summary,
    principal: 'runner',
    body,
    idempotency: 'optional',
    answers: { 200: answer },
  }) as const;

/** Every route of the control plane. Routers, the OpenAPI document, the clients and the tests read this one table. */
export const ROUTES = {
  health: {
    method: 'GET',
    path: '/api/v1/health',
    summary: 'Is the control plane up',
    principal: 'none',
    answers: { 200: workspace.health },
  },
  openapi: {
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This contract as OpenAPI 3.1',
    principal: 'none',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'OpenMetrics text',
    principal: 'operator',
    right: 'view',
    answers: { 200: 'text' },
  },
  signIn: {
    method: 'POST',
    path: '/api/v1/sign-in',
    summary: 'Trade a one-time code for a browser session',
    principal: 'none',
    body: workspace.signInRequest,
    answers: { 200: workspace.signInAnswer },
  },
  signInCode: {
    method: 'POST',
    path: '/api/v1/sign-in/codes',
    summary: 'A one-time code that signs a browser in as the caller',
    principal: 'operator',
    right: 'view',
    body: workspace.emptyBody,
    answers: { 201: workspace.signInCode },
  },
  session: {
    method: 'GET',
    path: '/api/v1/session',
    summary: 'Who am I and what may I do',
    principal: 'operator',
    answers: { 200: workspace.sessionInfo },
  },
  signOut: {
    method: 'DELETE',
    path: '/api/v1/session',
    summary: 'End this browser session',
    principal: 'operator',
    answers: { 204: 'empty' },
  },
  operators: {
    method: 'GET',
    path: '/api/v1/operators',
    summary: 'Operators of this plane',
    principal: 'operator',
    right: 'admin',
    answers: { 200: workspace.operatorList },
  },
  operatorCreate: act(
    '/api/v1/operators',
    'Add an operator; the token is shown once',
    'admin',
    workspace.operatorCreate,
    { 201: workspace.operatorCreated },
  ),
  operatorRevoke: act('/api/v1/operators/{operator_id}/revoke', 'Revoke an operator', 'admin', job.reasonBody, {
    200: workspace.operatorItem,
  }),
  workspaces: {
    method: 'GET',
    path: '/api/v1/workspaces',
    summary: 'Workspaces of this plane',
    principal: 'operator',
    right: 'view',
    answers: { 200: workspace.workspaceList },
  },
  workspaceCreate: act('/api/v1/workspaces', 'New workspace', 'admin', workspace.workspaceCreate, {
    201: workspace.workspace,
  }),

  bootstrap: {
    method: 'GET',
    path: '/api/v1/runner/bootstrap',
    summary: 'The runner, one ES module for Node 20 or newer',
    principal: 'none',
    answers: { 200: 'javascript' },
  },
  hello: {
    method: 'POST',
    path: `${R}/hello`,
    summary: 'Prove the plane to a runner and hand out a nonce',
    principal: 'none',
    body: runtime.helloRequest,
    answers: { 200: runtime.helloAnswer },
  },
  claim: {
    method: 'POST',
    path: `${R}/claim`,
    summary: 'Register and claim work',
    principal: 'claim',
    body: runtime.claimRequest,
    idempotency: 'required',
    answers: { 200: runtime.claimAnswer, 204: 'empty' },
  },
  heartbeat: {
    method: 'POST',
    path: `${R}/heartbeat`,
    summary: 'Sign of life; renews every named lease',
    principal: 'runner',
    body: runtime.heartbeatRequest,
    answers: { 200: runtime.heartbeatAnswer },
  },
  start: fenced('start', 'The attempt starts', runtime.startRequest, runtime.startAnswer),
  progress: fenced('progress', 'Progress of the attempt', runtime.progressRequest, runtime.okAnswer),
  complete: {
    ...fenced('complete', 'The attempt ended; settles the lease', runtime.completeRequest, runtime.settleAnswer),
    bodyLimitBytes: BULK_BODY_LIMIT_BYTES,
  },
  fail: {
    ...fenced('fail', 'The attempt failed; settles the lease', runtime.failRequest, runtime.settleAnswer),
    bodyLimitBytes: BULK_BODY_LIMIT_BYTES,
  },
  release: fenced('release', 'Give the lease back', runtime.releaseRequest, runtime.settleAnswer),
  logPut: {
    method: 'PUT',
    path: `${L}/log`,
    summary: 'Append output at an offset',
    principal: 'runner',
    body: runtime.logPut,
    answers: { 200: runtime.logAnswer },
  },
  artifactPut: {
    method: 'PUT',
    path: `${L}/artifacts/{path}`,
    summary: 'Store an output file',
    principal: 'runner',
    body: 'bytes',
    bodyLimitBytes: ARTIFACT_LIMIT_BYTES,
    answers: { 200: runtime.artifactAnswer },
  },
  input: {
    method: 'GET',
    path: `${L}/inputs/{sha256}`,
    summary: 'Bytes of an input',
    principal: 'runner',
    answers: { 200: 'bytes' },
  },
  doctor: {
    method: 'POST',
    path: `${R}/doctor`,
    summary: 'Report the checks of the runner',
    principal: 'runner',
    body: runtime.doctorRequest,
    answers: { 200: runtime.doctorAnswer },
  },
  sessionEnd: {
    method: 'POST',
    path: `${R}/sessions/end`,
    summary: 'Goodbye; the key brings the session back',
    principal: 'runner',
    body: job.reasonBody,
    answers: { 200: runtime.okAnswer },
  },
  directives: {
    method: 'GET',
    path: `${R}/directives`,
    summary: 'Long poll for cancel, stop, drain',
    principal: 'runner',
    query: z.strictObject({ after: queryCount.default(0), wait_ms: queryWaitMs.default(0) }),
    answers: { 200: runtime.directivesAnswer, 204: 'empty' },
  },

  overview: read(
    `${W}/overview`,
    'Is it healthy, where does work go, what needs me',
    workspace.overview,
    workspace.overviewQuery,
  ),
  sources: read(`${W}/sources`, 'Sources', source.sourceList, source.sourceListQuery),
  source: read(`${W}/sources/{source_id}`, 'One source with its leases and heartbeats', source.sourceDetail),
  sourcePatch: {
    method: 'PATCH',
    path: `${W}/sources/{source_id}`,
    summary: 'Change name, labels, capacity or pinned class',
    principal: 'operator',
    right: 'operate',
    body: source.sourcePatch,
    idempotency: 'optional',
    answers: { 200: source.source },
  },
  sourceCordon: act(`${W}/sources/{source_id}/cordon`, 'Give it no new job', 'operate', job.reasonBody, {
    200: source.source,
  }),
  sourceDrain: act(`${W}/sources/{source_id}/drain`, 'Finish, then take none', 'operate', source.drainBody, {
    200: source.source,
  }),
  sourceResume: act(`${W}/sources/{source_id}/resume`, 'Lift cordon, drain and quarantine', 'operate', job.reasonBody, {
    200: source.source,
  }),
  sourceRevoke: act(`${W}/sources/{source_id}/revoke`, 'End it for good', 'operate', job.reasonBody, {
    200: source.source,
  }),
  enrollments: read(`${W}/enrollments`, 'Enrollments', source.enrollmentList, page),
  enrollment: read(`${W}/enrollments/{enrollment_id}`, 'One enrollment', source.enrollment),
  enrollmentCreate: act(
    `${W}/enrollments`,
    'New one-time credential and its commands',
    'operate',
    source.enrollmentCreate,
    { 201: source.enrollmentCreated },
  ),
  enrollmentBurn: act(`${W}/enrollments/{enrollment_id}/burn`, 'Burn the credential', 'operate', job.reasonBody, {
    200: source.enrollment,
  }),
  enrollmentReissue: act(
    `${W}/enrollments/{enrollment_id}/reissue`,
    'Burn it and make another for the same source',
    'operate',
    job.reasonBody,
    { 201: source.enrollmentCreated },
  ),

  jobs: read(`${W}/jobs`, 'Jobs, newest first', job.jobList, job.jobListQuery),
  jobSubmit: {
    method: 'POST',
    path: `${W}/jobs`,
    summary: 'Submit a job',
    principal: 'operator',
    right: 'operate',
    body: job.jobSubmit,
    idempotency: 'required',
    answers: { 201: job.job },
  },
  jobBulk: {
    method: 'POST',
    path: `${W}/jobs/bulk`,
    summary: 'Submit up to 1,000 jobs',
    principal: 'operator',
    right: 'operate',
    body: job.jobBulk,
    bodyLimitBytes: BULK_BODY_LIMIT_BYTES,
    idempotency: 'optional',
    answers: { 200: job.jobBulkResult },
  },
  jobPreview: {
    method: 'POST',
    path: `${W}/jobs/preview`,
    summary: 'Where would this job go now',
    principal: 'operator',
    right: 'view',
    body: job.jobSubmit,
    answers: { 200: decision.explain },
  },
  job: read(`${W}/jobs/{job_id}`, 'One job', job.job),
  jobDecisions: read(
    `${W}/jobs/{job_id}/decisions`,
    'The series of answers, newest first',
    decision.decisionList,
    page,
  ),
  jobExplain: read(`${W}/jobs/{job_id}/explain`, 'The decision, run again now', decision.explain),
  jobAttempts: read(`${W}/jobs/{job_id}/attempts`, 'Attempts, oldest first', listOf(job.attempt), page),
  jobLog: read(`${W}/jobs/{job_id}/log`, 'Output of an attempt, live with wait_ms', job.jobLog, job.jobLogQuery),
  jobCancel: act(`${W}/jobs/{job_id}/cancel`, 'Cancel', 'operate', job.reasonBody, { 200: job.job }),
  jobRetry: act(`${W}/jobs/{job_id}/retry`, 'Submit it again as a new job', 'operate', job.reasonBody, {
    201: job.job,
  }),
  artifact: read(`${W}/artifacts/{sha256}`, 'Bytes of an artifact, as an attachment', 'bytes'),
  blobPut: {
    method: 'PUT',
    path: `${W}/blobs/{sha256}`,
    summary: 'Store an input',
    principal: 'operator',
    right: 'operate',
    body: 'bytes',
    bodyLimitBytes: ARTIFACT_LIMIT_BYTES,
    answers: { 200: z.object({ sha256: z.string(), size_bytes: z.int() }) },
  },

  leases: read(`${W}/leases`, 'Leases, newest first', lease.leaseList, lease.leaseListQuery),
  leaseRevoke: act(`${W}/leases/{lease_id}/revoke`, 'Fence the lease at once', 'operate', job.reasonBody, {
    200: lease.lease,
  }),
  policy: read(`${W}/routing-policy`, 'The policy in force', policy.policy),
  policyPut: {
    method: 'PUT',
    path: `${W}/routing-policy`,
    summary: 'Publish a new version',
    principal: 'operator',
    right: 'admin',
    body: policy.policyPut,
    idempotency: 'optional',
    answers: { 200: policy.policy },
  },
  policyVersions: read(`${W}/routing-policy/versions`, 'Versions, newest first', policy.policyVersions, page),
  approvals: read(`${W}/approvals`, 'Approvals, newest first', policy.approvalList, page),
  approvalDecide: act(`${W}/approvals/{approval_id}/decide`, 'Approve or reject', 'approve', policy.approvalDecide, {
    200: policy.approval,
  }),
  evidence: read(`${W}/evidence`, 'Entries of the log, by sequence', workspace.evidenceList, workspace.evidenceQuery),
  evidenceItem: read(`${W}/evidence/{seq}`, 'One entry', workspace.evidenceItem),
  pause: act(`${W}/pause`, 'Grant nothing', 'operate', job.reasonBody, { 200: workspace.countsAnswer }),
  resume: act(`${W}/resume`, 'Grant again', 'operate', job.reasonBody, { 200: workspace.countsAnswer }),
  stopEverything: act(`${W}/stop-everything`, 'Pause and cancel every job', 'operate', job.reasonBody, {
    200: workspace.countsAnswer,
  }),
  settings: read(`${W}/settings`, 'Settings of the workspace', workspace.settings),
  settingsPatch: {
    method: 'PATCH',
    path: `${W}/settings`,
    summary: 'Change settings',
    principal: 'operator',
    right: 'admin',
    body: workspace.settingsPatch,
    idempotency: 'optional',
    answers: { 200: workspace.settings },
  },
  stream: {
    method: 'GET',
    path: `${W}/stream`,
    summary: 'Server-sent events: change, pulse, reset',
    principal: 'operator',
    right: 'view',
    query: z.strictObject({ after: queryCount.optional() }),
    answers: { 200: 'events' },
  },
} as const satisfies Record<string, RouteSpec>;

export type RouteId = keyof typeof ROUTES;
export const DEFAULT_BODY_LIMIT_BYTES = BODY_LIMIT_BYTES;
