import { z } from 'zod';
import { networkGrant } from './admission.ts';
import { decisionId, jobId, sourceId } from './ids.ts';
import { ADMISSION_HOSTS_MAX } from './limits.ts';
import { count, digest, instant, labels, listOf, positive, reason } from './primitives.ts';
import {
  BUDGET_WINDOWS,
  CONFINEMENTS,
  computeClass,
  DECISION_OUTCOMES,
  RIGHTS,
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
  /** Version of the functions that decided; null in records of the oldest logs. */
  function_version: positive.nullable(),
  /** The workspace as it was when this was decided. */
  replay_path: z.string(),
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

/** The single changes that the advisor knows; `target` of a suggestion names what is changed. */
export const ADVICE_CHANGES = [
  'approval.approve',
  'job.retry',
  'workspace.resume',
  'source.resume',
  'source.start',
  'label.add',
  'network.admit',
  'capacity.raise',
  'budget.raise',
  'policy.publish',
  'source.enroll',
] as const;
export type AdviceChange = (typeof ADVICE_CHANGES)[number];

/** One change that alone would place the job now, checked by running the decision again with it. */
export const unblockSuggestion = z.object({
  change: z.enum(ADVICE_CHANGES),
  /** The source, approval, network@source, scope|window, class or policy that the change is about. */
  target: z.string(),
  /** The change as a command in words: "Raise Managed tier by exactly 12 CU." */
  sentence: z.string(),
  /** Null id: a source that does not exist yet. */
  would_assign_to: z.object({ source_id: sourceId.nullable(), name: z.string(), side: z.enum(SIDES) }),
  /** Of `network.admit`: what it would let through; empty where nobody named it yet and whoever applies it has to. */
  hosts: z.array(networkGrant).optional(),
  /** Of `source.enroll`: what the new source must be; its class is `target`. */
  enroll: z
    .object({
      side: z.enum(SIDES),
      labels,
      capacity: count,
      /** What it must execute besides commands, such as `container`. */
      executors: z.array(z.string()),
      confined: z.boolean(),
    })
    .optional(),
  /** False where the console cannot do it alone: a runner must be started somewhere. */
  can_apply: z.boolean(),
  /** Who may apply it. */
  right: z.enum(RIGHTS),
  preview: z.object({
    /** Milli-CU that the job would hold. */
    holds: count,
    /** Milli-CU left after that in the limit that is tightest; null where none applies. */
    left_after: count.nullable(),
    /** The first of the other waiting jobs for which the answer changes too. */
    also_moves: z.array(z.object({ job_id: jobId, wu_id: z.string(), title: z.string() })),
    also_moves_count: count,
    /** What would be said of the job then. */
    sentence: z.string(),
  }),
});
export type UnblockSuggestion = z.infer<typeof unblockSuggestion>;

/** `sentence`: the change as it was shown; where it would be another one by now, nothing is done. */
export const unblockBody = z.strictObject({
  change: z.enum(ADVICE_CHANGES),
  target: z.string().min(1).max(200),
  sentence: z.string().max(500).optional(),
  /** For `approval.approve` of a job before its start: the digest that the approver saw. */
  digest: digest.optional(),
  /** For `network.admit` where nobody asked for the network before: what may be reached. */
  hosts: z.array(networkGrant).min(1).max(ADMISSION_HOSTS_MAX).optional(),
  reason: reason.optional(),
});
export type UnblockBody = z.output<typeof unblockBody>;

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
  /** Single changes, each of which would place a job that waits, is held or was refused; the smallest first. */
  unblock: z.array(unblockSuggestion),
  /** What waiting alone would bring, when that is known. */
  /** `job`: whose end it waits for, where it is one job. */
  earliest: z
    .object({
      in_ms: count,
      at: instant,
      because: z.string(),
      job: z.object({ job_id: jobId, wu_id: z.string() }).nullable().default(null),
    })
    .nullable(),
});
export type Explain = z.infer<typeof explain>;

/** What came of applying one suggestion. */
export const unblockAnswer = z.object({
  change: z.enum(ADVICE_CHANGES),
  target: z.string(),
  /** False where only a person at the source can do it; `next` says how. */
  applied: z.boolean(),
  sentence: z.string(),
  next: z.string().nullable(),
  /** The job to look at from here on: another one where a refused job was submitted again. */
  job_id: jobId,
  explain,
});
export type UnblockAnswer = z.infer<typeof unblockAnswer>;
