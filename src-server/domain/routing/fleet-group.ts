import type { RuleResult } from '../../contract/decision.ts';
import type { Availability } from '../sources/availability.ts';
import type { Profile } from './profile.ts';

/** All sources of one profile in one condition, judged for one requirement. */
export interface FleetGroup {
  profile: Profile;
  availability: Availability;
  /** Every source of the group, sorted by id. */
  sourceIds: readonly string[];
  /** The four fixed rules, judged once for the profile. */
  fixed: readonly RuleResult[];
  /** All four pass. */
  fits: boolean;
}
