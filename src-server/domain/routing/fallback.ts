import type { Side } from '../../contract/terms.ts';
import { isThere } from '../sources/availability.ts';
import type { FleetGroup } from './fleet-group.ts';
import { type Crossing, type RoutingPolicy, sidesOf } from './policy.ts';

export type FirstSideStanding = 'none_registered' | 'none_eligible' | 'none_online' | 'there';

/**
 * How the preferred side stands for one bucket.
 * `there` means that a source that fits is online, full or late: then only time, or an operator, opens the second side.
 */
export function firstSideStanding(groups: readonly FleetGroup[], first: Side): FirstSideStanding {
  let isRegistered = false;
  let isEligible = false;
  for (const group of groups) {
    if (group.profile.side !== first || group.availability === 'revoked') continue;
    isRegistered = true;
    if (!group.fits) continue;
    isEligible = true;
    if (isThere(group.availability)) return 'there';
  }
  return !isRegistered ? 'none_registered' : !isEligible ? 'none_eligible' : 'none_online';
}

/** Whether a source of this side is there that fits: only then does waiting for the side bring anything. */
export const couldTake = (groups: readonly FleetGroup[], side: Side): boolean =>
  groups.some((g) => g.fits && g.profile.side === side && (g.availability === 'ready' || g.availability === 'full'));

/** May the second side have a job? `open` by time, `approved` or `denied` by an operator. */
export type FallbackState = 'closed' | 'open' | 'approved' | 'denied';

/**
 * May a source of this side take the job now, and if it crosses sides, why?
 * @param standing how the preferred side stands for the job; asked only where it decides.
 * @returns null when it may not; otherwise the reason to cross, or `first` on the preferred side.
 */
export function crossingOf(
  rule: RoutingPolicy,
  side: Side,
  fallback: FallbackState,
  standing: () => FirstSideStanding,
): Crossing | 'first' | null {
  const { first, second } = sidesOf(rule.mode);
  if (side === first) return 'first';
  if (side !== second || fallback === 'denied') return null;
  if (fallback === 'approved') return 'approved';
  if (fallback === 'open') return 'busy_longer_than';
  if (rule.fallback.mode !== 'auto') return null;
  const stands = standing();
  return stands === 'there' ? null : stands;
}
