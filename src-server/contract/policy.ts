import { z } from 'zod';
import { FALLBACK_AFTER_DEFAULT_MS } from './limits.ts';
import { count, instant, listOf, reason } from './primitives.ts';
import { FALLBACK_MODES, POLICY_MODES } from './terms.ts';

/** `after_ms`: how long the first side may be busy before the second may take the job. */
export const fallbackRule = z.strictObject({
  mode: z.enum(FALLBACK_MODES).default('ask'),
  after_ms: z.int().min(0).max(86_400_000).default(FALLBACK_AFTER_DEFAULT_MS),
});
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
  overrides: z.array(z.unknown()).max(20).default([]),
  fair_share: z.boolean().default(false),
  four_eyes: z.boolean().default(false),
  reason: reason.optional(),
});
export type PolicyPut = z.infer<typeof policyPut>;
export const policy = z.object({
  version: count,
  mode: z.enum(POLICY_MODES),
  fallback: z.object({ mode: z.enum(FALLBACK_MODES), after_ms: count }),
  refuse_after_ms: count.nullable(),
  overrides: z.array(z.unknown()),
  fair_share: z.boolean(),
  four_eyes: z.boolean(),
  published_at: instant,
  published_by: z.string(),
  reason: z.string().nullable(),
});
export type Policy = z.infer<typeof policy>;
export const policyVersions = listOf(policy);
