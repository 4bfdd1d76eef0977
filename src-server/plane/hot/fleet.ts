import type { RuleResult } from '../../contract/decision.ts';
import type { FleetGroup } from '../../domain/routing/fleet-group.ts';
import { type Profile, profileKey } from '../../domain/routing/profile.ts';
import type { Requirement } from '../../domain/routing/requirement.ts';
import { judgeFixed } from '../../domain/routing/rules.ts';
import { AVAILABILITIES, type Availability, availability } from '../../domain/sources/availability.ts';
import { insertId, removeId } from './sorted-ids.ts';
import { classOf, freeSlots, type HotSession, type HotSource } from './source.ts';

interface HotProfile {
  id: number;
  profile: Profile;
  byAvailability: Map<Availability, string[]>;
}
/** The fixed rules of one requirement for each profile, filled as profiles appear. */
export type FixedVerdicts = { fixed: RuleResult[]; fits: boolean }[];

/**
 * Every source, and for each profile the ids in each condition, kept sorted: so a decision looks at profiles, not at sources.
 */
export class Fleet {
  readonly sources = new Map<string, HotSource>();
  readonly sessions = new Map<string, HotSession>();
  readonly profiles: HotProfile[] = [];
  private readonly profileIds = new Map<string, number>();
  /** Grows with every change that routing could see. */
  version = 0;

  /** @param networksOf the private networks that a source is admitted to, sorted. */
  constructor(private readonly networksOf: (source: HotSource) => readonly string[] = () => []) {}

  add(source: HotSource): void {
    this.sources.set(source.sourceId, source);
    source.profileId = -1;
    this.refresh(source);
  }

  source(sourceId: string): HotSource {
    const source = this.sources.get(sourceId);
    if (source === undefined) throw new Error(`no source ${sourceId}`);
    return source;
  }

  /** Must be called after any change of a source: finds its profile and condition again and moves it there. */
  refresh(source: HotSource): void {
    const profileId = this.intern(profileOf(source, this.networksOf(source)));
    const now = availability({
      state: source.state,
      isRevoked: source.revoked !== null,
      isCordoned: source.cordoned !== null,
      isDraining: source.draining !== null,
      freeSlots: freeSlots(source),
    });
    if (profileId === source.profileId && now === source.availability) return;
    const before = this.profiles[source.profileId]?.byAvailability.get(source.availability);
    if (before !== undefined) removeId(before, source.sourceId);
    source.profileId = profileId;
    source.availability = now;
    insertId(this.idsOf(profileId, now), source.sourceId);
    this.version++;
  }

  /** The fleet as one requirement sees it: groups of one profile and condition that hold at least one source. */
  groupsFor(requirement: Requirement, verdicts: FixedVerdicts): FleetGroup[] {
    const groups: FleetGroup[] = [];
    for (const { id, profile, byAvailability } of this.profiles) {
      const verdict = this.verdictFor(requirement, verdicts, id);
      for (const [condition, sourceIds] of byAvailability) {
        if (sourceIds.length > 0)
          groups.push({ profile, availability: condition, sourceIds, fixed: verdict.fixed, fits: verdict.fits });
      }
    }
    return groups;
  }

  /** The fixed rules of a requirement for one profile, judged once. */
  verdictFor(requirement: Requirement, verdicts: FixedVerdicts, profileId: number): FixedVerdicts[number] {
    let verdict = verdicts[profileId];
    if (verdict === undefined) {
      const fixed = judgeFixed(requirement, (this.profiles[profileId] as HotProfile).profile);
      verdict = { fixed, fits: fixed.every((r) => r.pass) };
      verdicts[profileId] = verdict;
    }
    return verdict;
  }

  /** Sources per condition over all profiles. */
  countBy(): Record<Availability, number> {
    const counts = Object.fromEntries(AVAILABILITIES.map((a) => [a, 0])) as Record<Availability, number>;
    for (const { byAvailability } of this.profiles) for (const [a, ids] of byAvailability) counts[a] += ids.length;
    return counts;
  }

  private intern(profile: Profile): number {
    const key = profileKey(profile);
    let id = this.profileIds.get(key);
    if (id === undefined) {
      id = this.profiles.length;
      this.profileIds.set(key, id);
      this.profiles.push({ id, profile, byAvailability: new Map() });
    }
    return id;
  }

  private idsOf(profileId: number, condition: Availability): string[] {
    const { byAvailability } = this.profiles[profileId] as HotProfile;
    let ids = byAvailability.get(condition);
    if (ids === undefined) {
      ids = [];
      byAvailability.set(condition, ids);
    }
    return ids;
  }
}

function profileOf(source: HotSource, networks: readonly string[]): Profile {
  const network = source.posture.network ?? [];
  return {
    side: source.side,
    computeClass: classOf(source),
    labels: source.labels,
    confinesFiles: source.posture.files === 'confined',
    confinesNetworkNone: network.includes('none'),
    confinesAllowList: network.includes('allow_list'),
    networks,
  };
}
