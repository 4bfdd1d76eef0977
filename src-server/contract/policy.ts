import { z } from 'zod';
import { FALLBACK_AFTER_DEFAULT_MS, OVERRIDES_MAX } from './limits.ts';
import { count, instant, labels, listOf, queryCount, reason } from './primitives.ts';
import { computeClass, FALLBACK_MODES, POLICY_MODES } from './terms.ts';

/** `after_ms`: how long the first side may be busy before the second may take the job. */
export const fallbackRule = z.strictObject({
  mode: z.enum(FALLBACK_MODES).default('ask'),
  after_ms: z.int().min(0).max(86_400_000).default(FALLBACK_AFTER_DEFAULT_MS),
});
/**
 * Another rule for some jobs: those of a compute class, those that ask for all of these labels, or both. The first override
 * that matches a job is its whole rule; what an override leaves out is taken from the workspace's.
 */
export const policyOverride = z
  .strictObject({
    compute_class: computeClass.optional(),
    labels: labels.refine((o) => Object.keys(o).length > 0, 'must name at least one label').optional(),
    mode: z.enum(POLICY_MODES).optional(),
    fallback: fallbackRule.optional(),
  })
  .refine((o) => o.compute_class !== undefined || o.labels !== undefined, 'must name a compute class or labels')
  .refine((o) => o.mode !== undefined || o.fallback !== undefined, 'must change the mode or the fallback');
export type PolicyOverride = z.infer<typeof policyOverride>;
export const policyPut = z.strictObject({
  base_version: count,
  mode: z.enum(POLICY_MODES),
  fallback: fallbackRule.default({ mode: 'ask', after_ms: FALLBACK_AFTER_DEFAULT_MS }),
  refuse_after_ms: z
    .int()
    .min(1_000)
    .max(30 * 86_400_000)
    .nullable()
    .default(null),
  overrides: z.array(policyOverride).max(OVERRIDES_MAX).default([]),
  /** Work units take turns inside one priority, by what their jobs hold at most. */
  fair_share: z.boolean().default(false),
  four_eyes: z.boolean().default(false),
  /** The version whose content this one brings back; null for a new rule. */
  rolls_back_to: count.nullable().optional(),
  reason: reason.optional(),
});
export type PolicyPut = z.infer<typeof policyPut>;
export const policy = z.object({
  version: count,
  mode: z.enum(POLICY_MODES),
  fallback: z.object({ mode: z.enum(FALLBACK_MODES), after_ms: count }),
  refuse_after_ms: count.nullable(),
  overrides: z.array(policyOverride),
  fair_share: z.boolean(),
  four_eyes: z.boolean(),
  rolls_back_to: count.nullable(),
  published_at: instant,
  published_by: z.string(),
  reason: z.string().nullable(),
});
export type Policy = z.infer<typeof policy>;
export const policyVersions = listOf(policy);

/** What differs between two rules: each field as data, and in words. */
export const policyChange = z.object({
  /** JSON pointer into the policy. */
  pointer: z.string(),
  from: z.unknown(),
  to: z.unknown(),
  sentence: z.string(),
});
export type PolicyChange = z.infer<typeof policyChange>;
export const policyDiff = z.object({
  from_version: count,
  /** Null for a draft. */
  to_version: count.nullable(),
  changes: z.array(policyChange),
});
export type PolicyDiff = z.infer<typeof policyDiff>;
export const policyDiffQuery = z.strictObject({ from: queryCount, to: queryCount });
/** A policy that nobody published yet; what it leaves out is as in force. */
export const policyDraft = z.strictObject({
  mode: policyPut.shape.mode.optional(),
  fallback: fallbackRule.optional(),
  refuse_after_ms: policyPut.shape.refuse_after_ms.unwrap().optional(),
  overrides: policyPut.shape.overrides.unwrap().optional(),
  fair_share: z.boolean().optional(),
  four_eyes: z.boolean().optional(),
});
export type PolicyDraft = z.infer<typeof policyDraft>;
