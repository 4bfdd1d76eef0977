import { z } from 'zod';
import { approvalId, jobId, leaseId, sourceId } from './ids.ts';
import { APPROVAL_EXPIRES_DEFAULT_MS, APPROVAL_EXPIRES_MAX_MS, APPROVAL_EXPIRES_MIN_MS } from './limits.ts';
import {
  count,
  digest,
  instant,
  listOf,
  positive,
  queryCount,
  queryCursor,
  queryLimit,
  queryWaitMs,
  reason,
  text,
} from './primitives.ts';
import { APPROVAL_KINDS, APPROVAL_STATES, CONFINEMENTS, SIDES } from './terms.ts';

const expiresMs = z.int().min(APPROVAL_EXPIRES_MIN_MS).max(APPROVAL_EXPIRES_MAX_MS);

/**
 * What a job asks of its approver. `before_start` holds it until somebody said yes; `on_request` lets the run ask midway.
 * `kinds` say in words what it touches ("writes to production"); `expires_ms` counts from the request, in plane time.
 */
export const jobApproval = z.strictObject({
  when: z.enum(['before_start', 'on_request']),
  kinds: z.array(text(60)).max(20).default([]),
  reason: reason.nullable().default(null),
  expires_ms: expiresMs.default(APPROVAL_EXPIRES_DEFAULT_MS),
});
export type JobApproval = z.infer<typeof jobApproval>;

/** What follows from a yes, judged by the same function that places jobs. */
export const approvalEffects = z.object({
  /** Names only; the values stay at the source. */
  secrets: z.array(z.string()),
  network: z.string(),
  /** `host:port` that the job may reach: its own list, or that of the admission of the source it would run on. */
  hosts: z.array(z.string()),
  confinement: z.enum(CONFINEMENTS),
  /** The most that one attempt can cost, in milli-CU. */
  worst_cost_mcu: count,
  max_attempts: positive,
  command: z.object({ argv: z.array(z.string()), shell: z.boolean(), image: z.string().optional() }).nullable(),
  /** Where it would run if it were approved now; null when it would wait. */
  runs_on: z
    .object({ source_id: sourceId, name: z.string(), side: z.enum(SIDES), free: count, capacity: count })
    .nullable(),
  /** Why there, or why nowhere yet. */
  sentence: z.string(),
});
export type ApprovalEffects = z.infer<typeof approvalEffects>;

/** One field that differs, by its JSON pointer in the job; null where it was not there. */
export const approvalChange = z.object({
  pointer: z.string(),
  before: z.unknown().nullable(),
  after: z.unknown().nullable(),
  sentence: z.string(),
});
export type ApprovalChange = z.infer<typeof approvalChange>;

/** The last approved run of the same WU and title, and what is different now. */
export const approvalPrevious = z.object({
  approval_id: approvalId,
  job_id: jobId,
  digest,
  approved_at: instant,
  approved_by: z.string(),
  sentence: z.string(),
  changes: z.array(approvalChange),
});
export type ApprovalPrevious = z.infer<typeof approvalPrevious>;

/**
 * A question to a person. `fallback`: may the second side take this job? · `before_start`: may it start? · `on_request`:
 * a run asks midway · `sdk`: asked through SDK v1, about no job of ours.
 */
export const approval = z.object({
  approval_id: approvalId,
  kind: z.enum(APPROVAL_KINDS),
  job_id: jobId.nullable(),
  wu_id: z.string().nullable(),
  title: z.string().nullable(),
  lease_id: leaseId.nullable(),
  status: z.enum(APPROVAL_STATES),
  sentence: z.string(),
  reason: z.string().nullable(),
  kinds: z.array(z.string()),
  /** What was asked about, where it is no job. */
  subject: z.string().nullable(),
  /** The job's digest that a yes is bound to; null where there is none. */
  digest: digest.nullable(),
  requested_by: z.string(),
  requested_at: instant,
  /** Null when it lives as long as what it asks about. */
  expires_in_ms: count.nullable(),
  decided_at: instant.nullable(),
  decided_by: z.string().nullable(),
  decision_reason: z.string().nullable(),
});
export type Approval = z.infer<typeof approval>;
export const approvalList = listOf(approval);
export const approvalListQuery = z.strictObject({
  /** Comma-separated. */
  status: text(80).optional(),
  kind: text(80).optional(),
  job_id: jobId.optional(),
  cursor: queryCursor.optional(),
  limit: queryLimit,
});

/** One approval with all that an approver looks at. While it waits, `effects` are those of this moment; afterwards those that were decided upon. */
export const approvalDetail = approval.extend({
  effects: approvalEffects.nullable(),
  previous: approvalPrevious.nullable(),
  /** The policy in force asks for a second person. */
  four_eyes: z.boolean(),
  /** Who cannot approve it under four-eyes. */
  not_by: z.array(z.string()),
});
export type ApprovalDetail = z.infer<typeof approvalDetail>;

/** `digest`: the digest that the approver saw; another one than the job's is refused. */
export const approvalDecide = z.strictObject({
  decision: z.enum(['approved', 'rejected']),
  reason: reason.optional(),
  digest: digest.optional(),
});
export type ApprovalDecide = z.infer<typeof approvalDecide>;

/** A run asks midway. It goes on running, shows `waiting_on: approval`, and is not taken for stalled meanwhile. */
export const approvalAsk = z.strictObject({
  fence: positive,
  reason: text(500).refine((s) => s.trim().length > 0, 'must say what is asked'),
  kinds: z.array(text(60)).max(20).default([]),
  expires_ms: expiresMs.optional(),
});
export type ApprovalAsk = z.output<typeof approvalAsk>;
export const approvalAnswer = z.object({
  approval_id: approvalId,
  status: z.enum(APPROVAL_STATES),
  reason: z.string().nullable(),
  expires_in_ms: count.nullable(),
});
export type ApprovalAnswer = z.infer<typeof approvalAnswer>;
export const approvalWaitQuery = z.strictObject({ wait_ms: queryWaitMs.default(0), fence: queryCount.optional() });
