import { z } from 'zod';

/** The closed vocabularies of the product; the words of the code, the wire and the screen are the same ones. */
export const JOB_STATES = [
  'queued',
  'held',
  'claimed',
  'running',
  'succeeded',
  'failed',
  'canceled',
  'refused',
  'dead_letter',
] as const;
export const TERMINAL_JOB_STATES = ['succeeded', 'failed', 'canceled', 'refused', 'dead_letter'] as const;
export const HOLD_REASONS = ['approval', 'fallback_ask', 'admission', 'budget'] as const;
export const LEASE_STATES = ['active', 'released', 'expired', 'revoked'] as const;
export const SESSION_STATES = ['active', 'draining', 'lost', 'ended'] as const;
export const SOURCE_STATES = ['pending', 'online', 'late', 'offline', 'quarantined'] as const;
export const CREDENTIAL_STATES = ['issued', 'redeemed', 'expired', 'burned'] as const;
export const APPROVAL_STATES = ['pending', 'approved', 'rejected', 'expired'] as const;
export const APPROVAL_KINDS = ['fallback', 'before_start', 'on_request', 'sdk'] as const;
export const ADMISSION_STATES = ['pending', 'granted', 'rejected', 'revoked', 'expired'] as const;
export const SOURCE_KINDS = ['laptop', 'ci_runner', 'docker_host', 'kubernetes_worker', 'managed_pool'] as const;
export const SIDES = ['byoc', 'managed'] as const;
export const POLICY_MODES = ['byoc_only', 'byoc_first', 'managed_first', 'managed_only'] as const;
export const FALLBACK_MODES = ['auto', 'ask', 'never'] as const;
export const JOB_KINDS = ['command', 'container', 'kubernetes', 'mcp'] as const;
export const CONFINEMENTS = ['required', 'preferred', 'none'] as const;
export const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;
export const RIGHTS = ['view', 'operate', 'approve', 'admin'] as const;
export const DECISION_OUTCOMES = ['assigned', 'waiting', 'held', 'refused'] as const;
export const VERDICTS = ['chosen', 'eligible', 'filtered', 'outranked'] as const;
/** How an attempt ended, as its lease and the job page tell it. */
export const ATTEMPT_OUTCOMES = [
  'succeeded',
  'failed',
  'timed_out',
  'stalled',
  'lost',
  'canceled',
  'given_back',
  'lapsed',
  'revoked',
  'rejected',
  'budget_exhausted',
] as const;
/** Outcomes a runner may report with complete or fail. */
export const RUNNER_OUTCOMES = ['succeeded', 'failed', 'timed_out', 'canceled', 'lost'] as const;
/** Routing rules in the order in which they are judged (the order of the columns on screen). */
export const RULES = [
  'workspace.paused',
  'source.revoked',
  'source.cordoned',
  'source.draining',
  'source.quarantined',
  'source.offline',
  'source.late',
  'side.not_allowed',
  'class.mismatch',
  'labels.missing',
  'confinement.insufficient',
  'network.not_admitted',
  'capacity.full',
  'fallback.not_yet',
  'budget.insufficient',
  'outranked',
] as const;
/** Over what time a budget's limit counts; all but `total` begin anew in the workspace's time zone. */
export const BUDGET_WINDOWS = ['total', 'day', 'week', 'month'] as const;
export const WRITE_KINDS = [
  'start',
  'progress',
  'log',
  'artifact',
  'approval',
  'action',
  'complete',
  'fail',
  'release',
] as const;

export type JobState = (typeof JOB_STATES)[number];
export type HoldReason = (typeof HOLD_REASONS)[number];
export type LeaseState = (typeof LEASE_STATES)[number];
export type SessionState = (typeof SESSION_STATES)[number];
export type SourceState = (typeof SOURCE_STATES)[number];
export type CredentialState = (typeof CREDENTIAL_STATES)[number];
export type ApprovalState = (typeof APPROVAL_STATES)[number];
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];
export type AdmissionState = (typeof ADMISSION_STATES)[number];
export type SourceKind = (typeof SOURCE_KINDS)[number];
export type Side = (typeof SIDES)[number];
export type PolicyMode = (typeof POLICY_MODES)[number];
export type FallbackMode = (typeof FALLBACK_MODES)[number];
export type JobKind = (typeof JOB_KINDS)[number];
export type Confinement = (typeof CONFINEMENTS)[number];
export type Role = (typeof ROLES)[number];
export type Right = (typeof RIGHTS)[number];
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];
export type Verdict = (typeof VERDICTS)[number];
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];
export type RunnerOutcome = (typeof RUNNER_OUTCOMES)[number];
export type Rule = (typeof RULES)[number];
export type BudgetWindow = (typeof BUDGET_WINDOWS)[number];
export type WriteKind = (typeof WRITE_KINDS)[number];

/**
 * Compute classes by family, smallest first: a source takes its own class and every smaller one of its family.
 */
export const CLASS_FAMILIES = [
  ['cpu-small', 'cpu-medium', 'cpu-large'],
  ['gpu-small', 'gpu-large'],
] as const;
export const COMPUTE_CLASSES = ['cpu-small', 'cpu-medium', 'cpu-large', 'gpu-small', 'gpu-large'] as const;
export type ComputeClass = (typeof COMPUTE_CLASSES)[number];
export const computeClass = z.enum(COMPUTE_CLASSES);

/** What each role may do; `GET /api/v1/session` hands this to the console. */
export const ROLE_RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['view'],
  operator: ['view', 'operate'],
  approver: ['view', 'approve'],
  admin: ['view', 'operate', 'approve', 'admin'],
};
