import type { z } from 'zod';
import {
  admission,
  admissionDecide,
  admissionList,
  admissionListQuery,
  admissionRequest,
} from '../../src-server/contract/admission.ts';
import { actionList } from '../../src-server/contract/agent.ts';
import { approvalDecide, approvalDetail, approvalList, approvalListQuery } from '../../src-server/contract/approval.ts';
import { budgetHoldList, budgetRefusalList, budgets, budgetsPut } from '../../src-server/contract/budget.ts';
import { decisionList, explain, unblockAnswer, unblockBody } from '../../src-server/contract/decision.ts';
import { demo, demoScenarios, demoStart, demoSteer } from '../../src-server/contract/demo.ts';
import { evidenceProof } from '../../src-server/contract/evidence.ts';
import {
  job,
  jobList,
  jobListQuery,
  jobLog,
  jobLogQuery,
  jobSubmit,
  reasonBody,
} from '../../src-server/contract/job.ts';
import { lease, leaseList, leaseListQuery } from '../../src-server/contract/lease.ts';
import {
  policy,
  policyDiff,
  policyDiffQuery,
  policyDraft,
  policyPut,
  policyVersions,
} from '../../src-server/contract/policy.ts';
import { decisionReplay, replayAnswer, replayQuery } from '../../src-server/contract/replay.ts';
import { page } from '../../src-server/contract/routes/route-spec.ts';
import type { RouteId } from '../../src-server/contract/routes.ts';
import { apiKey, apiKeyCreated, apiKeyList } from '../../src-server/contract/sdk.ts';
import {
  drainBody,
  enrollment,
  enrollmentCreate,
  enrollmentCreated,
  source,
  sourceDetail,
  sourceList,
  sourceListQuery,
  sourcePatch,
} from '../../src-server/contract/source.ts';
import { usageList, wallet, walletTopUp } from '../../src-server/contract/usage.ts';
import { whatIfAnswer, whatIfRequest } from '../../src-server/contract/what-if.ts';
import {
  countsAnswer,
  emptyBody,
  evidenceList,
  evidenceQuery,
  health,
  operatorCreate,
  operatorCreated,
  operatorItem,
  operatorList,
  overview,
  overviewQuery,
  sessionInfo,
  settings,
  settingsPatch,
  signInAnswer,
  signInRequest,
} from '../../src-server/contract/workspace.ts';

interface CallSpec {
  query?: z.ZodType;
  body?: z.ZodType;
  /** Null: the answer has no body. */
  answer: z.ZodType | null;
}

/** The routes this console calls, with the schemas of `ROUTES` in a form that keeps their types (a test compares them). */
export const CALLS = {
  health: { answer: health },
  signIn: { body: signInRequest, answer: signInAnswer },
  session: { answer: sessionInfo },
  signOut: { answer: null },
  overview: { query: overviewQuery, answer: overview },
  sources: { query: sourceListQuery, answer: sourceList },
  source: { answer: sourceDetail },
  sourcePatch: { body: sourcePatch, answer: source },
  sourceCordon: { body: reasonBody, answer: source },
  sourceDrain: { body: drainBody, answer: source },
  sourceResume: { body: reasonBody, answer: source },
  sourceRevoke: { body: reasonBody, answer: source },
  enrollment: { answer: enrollment },
  enrollmentCreate: { body: enrollmentCreate, answer: enrollmentCreated },
  enrollmentBurn: { body: reasonBody, answer: enrollment },
  enrollmentReissue: { body: reasonBody, answer: enrollmentCreated },
  jobs: { query: jobListQuery, answer: jobList },
  jobSubmit: { body: jobSubmit, answer: job },
  jobPreview: { body: jobSubmit, answer: explain },
  job: { answer: job },
  jobDecisions: { answer: decisionList },
  jobExplain: { answer: explain },
  jobActions: { answer: actionList },
  jobLog: { query: jobLogQuery, answer: jobLog },
  jobUnblock: { body: unblockBody, answer: unblockAnswer },
  jobCancel: { body: reasonBody, answer: job },
  jobRetry: { body: reasonBody, answer: job },
  leases: { query: leaseListQuery, answer: leaseList },
  leaseRevoke: { body: reasonBody, answer: lease },
  policy: { answer: policy },
  policyPut: { body: policyPut, answer: policy },
  policyVersions: { query: page, answer: policyVersions },
  policyDiff: { query: policyDiffQuery, answer: policyDiff },
  policyDraftDiff: { body: policyDraft, answer: policyDiff },
  policySimulate: { body: whatIfRequest, answer: whatIfAnswer },
  budgets: { answer: budgets },
  budgetsPut: { body: budgetsPut, answer: budgets },
  budgetRefusals: { query: page, answer: budgetRefusalList },
  budgetHolds: { query: page, answer: budgetHoldList },
  usage: { query: page, answer: usageList },
  wallet: { query: page, answer: wallet },
  walletTopUp: { body: walletTopUp, answer: wallet },
  approvals: { query: approvalListQuery, answer: approvalList },
  approval: { answer: approvalDetail },
  approvalDecide: { body: approvalDecide, answer: approvalDetail },
  admissions: { query: admissionListQuery, answer: admissionList },
  admission: { answer: admission },
  admissionRequest: { body: admissionRequest, answer: admission },
  admissionDecide: { body: admissionDecide, answer: admission },
  admissionRevoke: { body: reasonBody, answer: admission },
  evidenceProof: { answer: evidenceProof },
  replay: { query: replayQuery, answer: replayAnswer },
  replayDecision: { answer: decisionReplay },
  evidence: { query: evidenceQuery, answer: evidenceList },
  settings: { answer: settings },
  settingsPatch: { body: settingsPatch, answer: settings },
  operators: { answer: operatorList },
  operatorCreate: { body: operatorCreate, answer: operatorCreated },
  operatorRevoke: { body: reasonBody, answer: operatorItem },
  apiKeys: { answer: apiKeyList },
  apiKeyCreate: { body: emptyBody, answer: apiKeyCreated },
  apiKeyRevoke: { body: reasonBody, answer: apiKey },
  demoScenarios: { answer: demoScenarios },
  demoStart: { body: demoStart, answer: demo },
  demo: { answer: demo },
  demoSteer: { body: demoSteer, answer: demo },
  demoEnd: { answer: null },
  pause: { body: reasonBody, answer: countsAnswer },
  resume: { body: reasonBody, answer: countsAnswer },
} as const satisfies Partial<Record<RouteId, CallSpec>>;

export type CallId = keyof typeof CALLS;
type Spec<C extends CallId> = (typeof CALLS)[C];
/** Query members as they stand in the address: numbers may be given as numbers, undefined ones are left out. */
export type QueryOf<C extends CallId> =
  Spec<C> extends { query: infer Q extends z.ZodType }
    ? { [K in keyof z.input<Q>]?: z.input<Q>[K] | number }
    : undefined;
export type BodyOf<C extends CallId> = Spec<C> extends { body: infer B extends z.ZodType } ? z.input<B> : undefined;
export type AnswerOf<C extends CallId> = Spec<C> extends { answer: infer A extends z.ZodType } ? z.output<A> : null;
