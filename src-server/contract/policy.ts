import { z } from 'zod';
import { FALLBACK_AFTER_DEFAULT_MS } from './limits.ts';
import { count, instant, listOf, reason } from './primitives.ts';
import { APPROVAL_STATES, FALLBACK_MODES, POLICY_MODES } from './terms.ts';

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

/** Kind `fallback`: may the second side take this job? */
export const approval = z.object({
  approval_id: z.string(),
  kind: z.enum(['fallback']),
  job_id: z.string(),
  wu_id: z.string(),
  title: z.string(),
  status: z.enum(APPROVAL_STATES),
  sentence: z.string(),
  requested_at: instant,
  decided_at: instant.nullable(),
  decided_by: z.string().nullable(),
  decision_reason: z.string().nullable(),
});
export type Approval = z.infer<typeof approval>;
export const approvalList = listOf(approval);
export const approvalDecide = z.strictObject({ decision: z.enum(['approved', 'rejected']), reason: reason.optional() });
