import type { Side } from '../../contract/terms.ts';
import { isThere } from '../sources/availability.ts';
import type { FleetGroup } from './fleet-group.ts';

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
