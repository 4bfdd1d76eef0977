import { z } from 'zod';
import { budgetsPut } from './budget.ts';
import { jobId, sourceId } from './ids.ts';
import { WHAT_IF_LAST_MAX } from './limits.ts';
import { policyChange, policyDraft } from './policy.ts';
import { count, instant, labels } from './primitives.ts';
import { computeClass } from './terms.ts';

/** Limits that nobody set yet; what is left out is as in force. Rates may be tried too. */
export const limitsDraft = z.strictObject({
  limits: budgetsPut.shape.limits,
  default_wu_limit_mcu: budgetsPut.shape.default_wu_limit_mcu,
  rates: budgetsPut.shape.rates,
});
export type LimitsDraft = z.output<typeof limitsDraft>;

/** What is tried, on which stretch of the past: the last N decisions (500 when nothing is said), or a range. */
export const whatIfRequest = z
  .strictObject({
    policy: policyDraft.optional(),
    limits: limitsDraft.optional(),
    /** Source → the labels that it would have had. */
    labels: z.record(sourceId, labels).optional(),
    last: z.int().min(1).max(WHAT_IF_LAST_MAX).optional(),
    from: instant.optional(),
    to: instant.optional(),
  })
  .refine((o) => o.last === undefined || (o.from === undefined && o.to === undefined), 'takes last, or from and to')
  .refine((o) => (o.from === undefined) === (o.to === undefined), 'takes from and to together');
export type WhatIfRequest = z.output<typeof whatIfRequest>;

const sums = z.object({
  byoc: count,
  managed: count,
  refused: count,
  held: count,
  waiting: count,
  canceled: count,
  /** Waits of all jobs, ms; of one that was not placed, to the end of the range. */
  wait_ms: count,
  cost_mcu: count,
});
export type WhatIfSums = z.infer<typeof sums>;

/** Where a job stands: a side, or what became of it instead. */
const KINDS = ['byoc', 'managed', 'refused', 'held', 'waiting', 'canceled'] as const;
export type WhatIfKind = (typeof KINDS)[number];

export const whatIfMove = z.object({
  job_id: jobId,
  wu_id: z.string(),
  title: z.string(),
  /** A source by name, or `refused`, `held`, `waiting`, `canceled`. */
  from: z.string(),
  to: z.string(),
  from_kind: z.enum(KINDS),
  to_kind: z.enum(KINDS),
  because: z.string(),
  /** What it would wait longer; negative: less. */
  wait_change_ms: z.int(),
  cost_change_mcu: z.int(),
});
export type WhatIfMove = z.infer<typeof whatIfMove>;

export const whatIfAnswer = z.object({
  /** Jobs that were looked at. */
  considered: count,
  /** Jobs that the draft would have put elsewhere. */
  changed: count,
  /** As it really was, and as it would have been. */
  before: sums,
  after: sums,
  /** What the same model says under the rules that were in force, and of how many jobs it says what really happened. */
  in_force: sums,
  agreed: count,
  /** At most 200, by age. */
  moves: z.array(whatIfMove),
  moves_by_kind: z.array(z.object({ from: z.enum(KINDS), to: z.enum(KINDS), count })),
  /** The jobs that were looked at, by what they ask for; the classes in the order of the contract. */
  by_class: z.array(z.object({ compute_class: computeClass, count })),
  /** Jobs that would be refused and were not. */
  new_refusals: count,
  /** Decisions of the range; fewer than asked when there are no more. */
  decisions: count,
  from_seq: count.nullable(),
  to_seq: count.nullable(),
  /** Said when the range holds too little to tell; null otherwise. */
  not_enough_history: z.string().nullable(),
  /** What the log does not say and was taken as given. */
  assumptions: z.array(z.string()),
  policy_changes: z.array(policyChange),
});
export type WhatIfAnswer = z.infer<typeof whatIfAnswer>;
