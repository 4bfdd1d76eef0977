import { z } from 'zod';
import { jobId, leaseId, sourceId } from './ids.ts';
import { BUDGET_LIMITS_MAX } from './limits.ts';
import { count, instant, listOf, positive, reason, wuId } from './primitives.ts';
import { BUDGET_WINDOWS, computeClass, SIDES } from './terms.ts';

/** `wu:<id>`, `tier:byoc`, `tier:managed`, `tier:managed/<class>` or `workspace`. */
const scope = z.string().min(1).max(80);
/** Whole percents of a limit that warn once per window, ascending. */
const warnPercent = z
  .array(z.int().min(1).max(100))
  .max(5)
  .refine((marks) => marks.every((m, i) => i === 0 || m > (marks[i - 1] as number)), 'must ascend');

export const budgetLimitPut = z.strictObject({
  scope,
  window: z.enum(BUDGET_WINDOWS).default('total'),
  /** Milli-CU; a CU is a minute of `cpu-small`. */
  limit_mcu: count,
  warn_percent: warnPercent.default([80]),
});

/** Milli-CU per minute of runtime. */
const rate = z.int().min(0).max(1_000_000_000);
const classRates = z.partialRecord(computeClass, rate);

/** Replaces what it names: limits as a whole, rates class by class. */
export const budgetsPut = z.strictObject({
  /** The version that the caller saw; 409 `conflict.budgets_version` when another one is in force. */
  base_version: count.optional(),
  limits: z.array(budgetLimitPut).max(BUDGET_LIMITS_MAX).optional(),
  /** A `total` limit for every work unit without one of its own; null takes it away. */
  default_wu_limit_mcu: count.nullable().optional(),
  rates: z.strictObject({ byoc: classRates.optional(), managed: classRates.optional() }).optional(),
  reason: reason.optional(),
});
export type BudgetsPut = z.output<typeof budgetsPut>;

export const budgetLimit = z.object({
  scope: z.string(),
  window: z.enum(BUDGET_WINDOWS),
  limit_mcu: count,
  /** Debited in this window. */
  spent_mcu: count,
  /** Held by running work, in the current window whenever it began. */
  held_mcu: count,
  /** What a new grant may still hold; 0 when a limit was lowered below its use. */
  left_mcu: count,
  resets_at: instant.nullable(),
  warn_percent: z.array(positive),
  /** Marks that were reached in this window. */
  warned_percent: z.array(positive),
});
export type BudgetLimitItem = z.infer<typeof budgetLimit>;

export const budgets = z.object({
  version: count,
  limits: z.array(budgetLimit),
  default_wu_limit_mcu: count.nullable(),
  rates: z.object({ byoc: z.record(computeClass, rate), managed: z.record(computeClass, rate) }),
  time_zone: z.string(),
  /** Jobs that are held or wait for a limit. */
  held_jobs: count,
  waiting_jobs: count,
  changed_at: instant.nullable(),
  changed_by: z.string().nullable(),
});
export type Budgets = z.infer<typeof budgets>;

/** A job that was refused, with the numbers of that moment. */
export const budgetRefusal = z.object({
  seq: count,
  at: instant,
  job_id: jobId,
  wu_id: z.string(),
  title: z.string(),
  code: z.string(),
  sentence: z.string(),
  side: z.enum(SIDES),
  scope: z.string(),
  window: z.enum(BUDGET_WINDOWS),
  limit_mcu: count,
  spent_mcu: count,
  held_mcu: count,
  needed_mcu: count,
  missing_mcu: count,
  resets_at: instant.nullable(),
});
export type BudgetRefusalItem = z.infer<typeof budgetRefusal>;
export const budgetRefusalList = listOf(budgetRefusal);

/** What one running lease holds on all its scopes. */
export const budgetHold = z.object({
  lease_id: leaseId,
  job_id: jobId,
  wu_id: wuId,
  source_id: sourceId,
  source_name: z.string(),
  side: z.enum(SIDES),
  compute_class: computeClass,
  attempt: positive,
  fence: positive,
  scopes: z.array(z.string()),
  held_mcu: count,
  rate_mcu_per_minute: count,
  granted_at: instant,
});
export type BudgetHold = z.infer<typeof budgetHold>;
export const budgetHoldList = listOf(budgetHold);
