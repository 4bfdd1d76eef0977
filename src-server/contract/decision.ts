import { z } from 'zod';
import { decisionId, jobId, sourceId } from './ids.ts';
import { count, instant, labels, listOf } from './primitives.ts';
import {
  BUDGET_WINDOWS,
  CONFINEMENTS,
  computeClass,
  DECISION_OUTCOMES,
  RULES,
  SIDES,
  SOURCE_KINDS,
  VERDICTS,
} from './terms.ts';

/** What one rule said of one source or group. Records keep failing rules only; `/explain` lists them all. */
export const ruleResult = z.object({ rule: z.enum(RULES), pass: z.boolean(), detail: z.string() });
export type RuleResult = z.infer<typeof ruleResult>;

/** Sources that are alike in every fixed rule and in their verdict. `source_ids` names at most the first 20. */
export const candidateGroup = z.object({
  source_ids: z.array(sourceId),
  count,
  profile: z
    .object({ side: z.enum(SIDES), compute_class: computeClass, confined: z.enum(['confined', 'partly', 'none']) })
    .nullable(),
  verdict: z.enum(VERDICTS),
  rules: z.array(ruleResult),
});
export type CandidateGroup = z.infer<typeof candidateGroup>;

export const budgetCheck = z.object({
  /** What the grant holds at most: class rate × maximum runtime + declared extras. */
  needed_mcu: count,
  rate_mcu_per_minute: count,
  /** The side that was judged. */
  side: z.enum(SIDES).nullable().optional(),
  /** The limit that decides, with what stands against it; null where no limit applies. */
  scope: z.string().nullable(),
  window: z.enum(BUDGET_WINDOWS).nullable().optional(),
  limit_mcu: count.nullable(),
  spent_mcu: count.nullable(),
  held_mcu: count.nullable(),
  /** What the limit would have to grow by for the job to be placed now. */
  missing_mcu: count.nullable(),
  resets_at: instant.nullable(),
});
export type BudgetCheck = z.infer<typeof budgetCheck>;

/** One answer to "where does this job go, and why". A bucket record (no job id) speaks for all jobs alike in requirements. */
export const decisionRecord = z.object({
  decision_id: decisionId,
  seq: count,
  /** The number people read: D-<seq>. */
  label: z.string(),
  job_id: jobId.nullable(),
  outcome: z.enum(DECISION_OUTCOMES),
  source_id: sourceId.nullable(),
  sentence: z.string(),
  policy_version: count,
  at: instant,
  compute_class: computeClass.nullable(),
  candidates: z.array(candidateGroup),
  budget: budgetCheck.nullable(),
  /** Set when the second side got the job: why the first had none. */
  crossing: z.enum(['none_registered', 'none_eligible', 'none_online', 'busy_longer_than', 'approved']).nullable(),
  supersedes: decisionId.nullable(),
});
export type DecisionRecord = z.infer<typeof decisionRecord>;
export const decisionList = listOf(decisionRecord);

/** One source, judged by every rule, now. */
export const explainCandidate = z.object({
  source_id: sourceId,
  name: z.string(),
  kind: z.enum(SOURCE_KINDS),
  side: z.enum(SIDES),
  compute_class: computeClass.nullable(),
  free: count,
  capacity: count,
  seen_ms_ago: count.nullable(),
  verdict: z.enum(VERDICTS),
  rules: z.array(ruleResult),
});
export type ExplainCandidate = z.infer<typeof explainCandidate>;

export const explain = z.object({
  outcome: z.enum(DECISION_OUTCOMES),
  sentence: z.string(),
  policy_version: count,
  compute_class: computeClass,
  labels,
  confinement: z.enum(CONFINEMENTS),
  network: z.string(),
  /** At most 200 sources, the best first; `total` says how many were judged. */
  candidates: z.array(explainCandidate),
  total: count,
  eligible: count,
  budget: budgetCheck,
  /** Single changes that would place the job; comes with the unblock advisor, empty until then. */
  unblock: z.array(z.unknown()),
  /** What waiting alone would bring, when that is known. */
  earliest: z.object({ in_ms: count, at: instant, because: z.string() }).nullable(),
});
export type Explain = z.infer<typeof explain>;
