import { RETRY_BASE_MS, RETRY_CAP_MS } from '../../contract/limits.ts';

/**
 * Full jitter over an exponential ceiling: uniform in [0, min(cap, base · 2ⁿ)].
 * @param attempt attempts that were started so far, ≥ 0.
 * @param random uniform in [0, 1), from the seeded generator.
 */
export function retryDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(attempt, 20));
  return Math.floor(random * ceiling);
}
