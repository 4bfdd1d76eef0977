import type { SourceState } from '../../contract/terms.ts';

/** Live runners of a pool by health. */
export type HealthCounts = Readonly<Record<SourceState, number>>;

/** One runner that is well keeps the pool online; late ones count before quarantined, quarantined before offline. */
const BEST_FIRST = ['online', 'late', 'quarantined', 'offline'] as const;

/**
 * The state of a pool from those of its runners.
 * @returns `offline` when every runner is gone; whether one was ever there is the caller's to know (`pending`).
 */
export const poolState = (counts: HealthCounts): Exclude<SourceState, 'pending'> =>
  BEST_FIRST.find((state) => counts[state] > 0) ?? 'offline';

/** The same after one runner changed: `from` null for a new one, `to` null for one that ended. */
export function poolStateAfter(
  counts: HealthCounts,
  from: SourceState | null,
  to: SourceState | null,
): Exclude<SourceState, 'pending'> {
  const after = { ...counts };
  if (from !== null) after[from]--;
  if (to !== null) after[to]++;
  return poolState(after);
}
