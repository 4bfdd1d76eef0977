import { z } from 'zod';
import { jobId, leaseId } from './ids.ts';
import { count, instant, listOf, positive, reason } from './primitives.ts';
import { computeClass } from './terms.ts';

/** What every screen and answer says of managed use. */
export const METERING_PREVIEW =
  'Metering preview. Managed use is metered only: it is counted against these limits. Checkout is not connected, so nothing is charged.';

/** Managed use of one lease. `meter`: whether an outside meter was told; `off` where none is configured. */
export const usageItem = z.object({
  seq: count,
  at: instant,
  lease_id: leaseId,
  job_id: jobId,
  wu_id: z.string(),
  side: z.literal('managed'),
  compute_class: computeClass,
  runtime_ms: count,
  mcu: count,
  usd_micros: count,
  meter: z.enum(['off', 'pending', 'sent', 'dead']),
});
export type UsageItem = z.infer<typeof usageItem>;
export const usageList = listOf(usageItem).extend({
  preview: z.string(),
  totals: z.object({ count, mcu: count, pending: count, dead: count }),
});
export type UsageList = z.infer<typeof usageList>;

export const walletEntry = z.object({
  seq: count,
  at: instant,
  by: z.string(),
  kind: z.enum(['debit', 'top_up']),
  mcu: count,
  balance_mcu: z.int(),
  lease_id: leaseId.nullable(),
  reason: z.string().nullable(),
});
/** Credits in milli-CU; the balance goes below zero when more was used than was put in, and stops nothing. */
export const wallet = listOf(walletEntry).extend({ preview: z.string(), balance_mcu: z.int() });
export type Wallet = z.infer<typeof wallet>;
export const walletTopUp = z.strictObject({ mcu: positive.max(1_000_000_000_000), reason: reason.optional() });
