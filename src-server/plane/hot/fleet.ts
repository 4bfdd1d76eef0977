import type { RuleResult } from '../../contract/decision.ts';
import type { FleetGroup } from '../../domain/routing/fleet-group.ts';
import { type Profile, profileKey } from '../../domain/routing/profile.ts';
import type { Requirement } from '../../domain/routing/requirement.ts';
import { judgeFixed } from '../../domain/routing/rules.ts';
import { AVAILABILITIES, type Availability, availability } from '../../domain/sources/availability.ts';
import { executorsOf } from '../../domain/sources/confinement.ts';
import { ENDED_SEATS_KEPT } from '../../state/schema.ts';
import { moveShare, NO_SHARE } from './pool.ts';
import { insertId, removeId } from './sorted-ids.ts';
import { classOf, freeSlots, type HotSession, type HotSource, ownFreeSlots, placeIdOf } from './source.ts';

interface HotProfile {
  id: number;
  key: string;
  profile: Profile;
  byAvailability: Map<Availability, string[]>;
}
/** The fixed rules of one requirement for each profile, filled as profiles appear. */
export type FixedVerdicts = { of: Profile; fixed: RuleResult[]; fits: boolean }[];

/**
 * Every source, and for each profile the ids in each condition, kept sorted: so a decision looks at profiles, not at sources.
 */
export class Fleet {
  readonly sources = new Map<string, HotSource>();
  readonly sessions = new Map<string, HotSession>();
  /** Live runners of pools by session. */
  readonly seats = new Map<string, HotSource>();
  /** Ended runners of pools whose session is still known, in the order of their end. */
  readonly endedSeats: string[] = [];
  readonly profiles: HotProfile[] = [];
  private readonly profileIds = new Map<string, number>();
  /** Profiles that lost a source and may have none left. */
  private readonly left = new Set<number>();
  /** Grows with every change that routing could see. */
  version = 0;
  /** All sources by name, sorted when somebody asks after a name came or changed. */
  private named: HotSource[] | null = null;

  /**
   * @param networksOf the private networks that a source is admitted to, sorted.
   * @param onProfile told when what a session offers has another profile.
   */
  constructor(
    private readonly networksOf: (source: HotSource) => readonly string[] = () => [],
    private readonly onProfile: (sessionId: string, profileId: number) => void = () => undefined,
  ) {}

  /** The source as one session stands in it: its seat in a pool, else the source itself. */
  placeOf({ sessionId, sourceId }: { sessionId: string; sourceId: string }): HotSource {
    return this.seats.get(sessionId) ?? this.source(sourceId);
  }

  /** By the id that timers carry. */
  place(placeId: string): HotSource | undefined {
    return this.sources.get(placeId) ?? this.seats.get(placeId);
  }

  /** Whose slots a lease takes: the source, and in a pool the seat as well. */
  holdersOf(lease: { sessionId: string; sourceId: string }): HotSource[] {
    const seat = this.seats.get(lease.sessionId);
    return seat === undefined ? [this.source(lease.sourceId)] : [seat, this.source(lease.sourceId)];
  }

  /** Every place of a source that a session stands in: itself, or all seats of a pool. */
  placesOf(source: HotSource): HotSource[] {
    return source.pool === null ? [source] : [...source.pool.seats.values()];
  }

  addSeat(seat: HotSource): void {
    const sessionId = seat.sessionId as string;
    this.seats.set(sessionId, seat);
    seat.seat?.of.pool?.seats.set(sessionId, seat);
    this.refresh(seat);
  }

  /**
   * A runner of a pool ended: it has no slot and no place in any record from here on, and its session is forgotten once
   * enough others have ended after it.
   */
  endSeat(sessionId: string): void {
    const seat = this.seats.get(sessionId);
    if (seat === undefined || seat.seat === null) return;
    this.endedSeats.push(sessionId);
    if (this.endedSeats.length > ENDED_SEATS_KEPT) this.sessions.delete(this.endedSeats.shift() as string);
    this.seats.delete(sessionId);
    seat.seat.of.pool?.seats.delete(sessionId);
    this.remove(seat.profileId, seat.availability, sessionId);
    if (seat.seat.of.pool !== null) moveShare(seat.seat.of.pool, seat.seat.share, NO_SHARE);
    seat.seat.share = NO_SHARE;
    this.version++;
    this.refresh(seat.seat.of);
  }

  /** Every source by name, those of one name by id: the order of the list. */
  byName(): readonly HotSource[] {
    this.named ??= [...this.sources.values()].sort(compareNames);
    return this.named;
  }

  rename(source: HotSource, name: string): void {
    source.name = name;
    this.named = null;
  }

  add(source: HotSource): void {
    this.sources.set(source.sourceId, source);
    this.named = null;
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
    if (source.pool !== null) this.refreshPool(source, conditionOf(source));
    else this.refreshAs(source, this.intern(profileOf(source, this.networksOf(source))));
  }

  /** As `refresh`, where nothing but its leases changed: every grant and every end, and they leave its profile as it is. */
  refreshSlots(source: HotSource): void {
    if (source.pool !== null) this.refreshPool(source, conditionOf(source));
    else this.refreshAs(source, source.profileId);
  }

  private refreshAs(source: HotSource, profileId: number): void {
    this.move(source, profileId, conditionOf(source));
    if (source.seat !== null) this.shareWithPool(source, source.seat);
  }

  /** The switches, name and labels of a pool hold for each of its seats. */
  mirror(pool: HotSource): void {
    for (const seat of this.placesOf(pool)) {
      if (seat === pool) return;
      seat.name = pool.name;
      seat.cordoned = pool.cordoned;
      seat.draining = pool.draining;
      seat.revoked = pool.revoked;
      this.refresh(seat);
    }
  }

  private move(source: HotSource, profileId: number, now: Availability): void {
    if (profileId === source.profileId && now === source.availability) return;
    this.remove(source.profileId, source.availability, placeIdOf(source));
    if (profileId !== source.profileId && source.sessionId !== null) this.onProfile(source.sessionId, profileId);
    source.profileId = profileId;
    source.availability = now;
    insertId(this.idsOf(profileId, now), placeIdOf(source));
    this.version++;
  }

  private shareWithPool(place: HotSource, seat: NonNullable<HotSource['seat']>): void {
    const { pool } = seat.of;
    if (pool === null) return;
    const isThere = place.state === 'online' || place.state === 'late';
    const share = {
      state: place.state,
      offered: isThere ? place.offered : 0,
      free: place.availability === 'ready' ? ownFreeSlots(place) : 0,
    };
    moveShare(pool, seat.share, share);
    seat.share = share;
    this.refresh(seat.of);
  }

  /** A pool is listed under its classes whoever is there; its seats stand for what it can do now. */
  private refreshPool(source: HotSource, now: Availability): void {
    const pool = source.pool as NonNullable<HotSource['pool']>;
    const own = now === 'ready' || now === 'full' || now === 'late' ? 'offline' : now;
    const networks = this.networksOf(source);
    const fixed = networks.join();
    const isListed = own === pool.ownAvailability && pool.classes === pool.ownClasses;
    if (!isListed || source.labels !== pool.ownLabels || fixed !== pool.ownNetworks) {
      const ids = pool.classes.map((computeClass) => this.intern(poolProfile(source, computeClass, networks)));
      for (const id of pool.ownProfileIds) this.remove(id, pool.ownAvailability as Availability, source.sourceId);
      for (const id of ids) insertId(this.idsOf(id, own), source.sourceId);
      pool.ownAvailability = own;
      pool.ownProfileIds = ids;
      pool.ownLabels = source.labels;
      pool.ownClasses = pool.classes;
      pool.ownNetworks = fixed;
      this.version++;
    }
    if (now !== source.availability) this.version++;
    source.availability = now;
    source.offered = pool.offered;
  }

  /**
   * The fleet as one requirement sees it: groups of one profile and condition that hold at least one source.
   * @param chosenProfileId profile of the seat that was chosen, so that its pool is shown as that seat.
   */
  groupsFor(requirement: Requirement, verdicts: FixedVerdicts, chosenProfileId = -1): FleetGroup[] {
    const groups: FleetGroup[] = [];
    const pools = new Map<string, { group: FleetGroup; nearness: number; key: string }>();
    for (const { id, key, profile, byAvailability } of this.profiles) {
      const verdict = this.verdictFor(requirement, verdicts, id);
      for (const [condition, sourceIds] of byAvailability) {
        if (sourceIds.length === 0) continue;
        const group = { profile, availability: condition, sourceIds, fixed: verdict.fixed, fits: verdict.fits };
        if (profile.pool === undefined) groups.push(group);
        else this.takeNearest(pools, profile.pool, group, key, id === chosenProfileId);
      }
    }
    for (const { group } of pools.values()) groups.push(group);
    return groups;
  }

  /** Of all seats of a pool the group that is nearest to taking the job stands for the pool, as one line. */
  private takeNearest(
    pools: Map<string, { group: FleetGroup; nearness: number; key: string }>,
    sourceId: string,
    group: FleetGroup,
    key: string,
    isChosen: boolean,
  ): void {
    const isFull = group.availability === 'ready' && freeSlots(this.source(sourceId)) === 0;
    const condition = isFull ? 'full' : group.availability;
    const place = AVAILABILITIES.indexOf(condition);
    const nearness = (group.fits ? AVAILABILITIES.length : 0) + place + (isChosen ? 3 * AVAILABILITIES.length : 0);
    const known = pools.get(sourceId);
    // Among equals the same one, whatever order the fleet is kept in.
    if (known !== undefined && (nearness < known.nearness || (nearness === known.nearness && key >= known.key))) return;
    pools.set(sourceId, { nearness, key, group: { ...group, availability: condition, sourceIds: [sourceId] } });
  }

  /** The fixed rules of a requirement for one profile, judged once. */
  verdictFor(requirement: Requirement, verdicts: FixedVerdicts, profileId: number): FixedVerdicts[number] {
    const { profile } = this.profiles[profileId] as HotProfile;
    let verdict = verdicts[profileId];
    // The number of a profile that nobody has any more is given to another.
    if (verdict?.of !== profile) {
      const fixed = judgeFixed(requirement, profile);
      verdict = { of: profile, fixed, fits: fixed.every((r) => r.pass) };
      verdicts[profileId] = verdict;
    }
    return verdict;
  }

  /** Sources per condition over all profiles. */
  countBy(): Record<Availability, number> {
    const counts = Object.fromEntries(AVAILABILITIES.map((a) => [a, 0])) as Record<Availability, number>;
    for (const { profile, byAvailability } of this.profiles)
      if (profile.pool === undefined) for (const [a, ids] of byAvailability) counts[a] += ids.length;
    for (const source of this.sources.values()) if (source.pool !== null) counts[source.availability]++;
    return counts;
  }

  private intern(profile: Profile): number {
    const key = profileKey(profile);
    let id = this.profileIds.get(key);
    if (id === undefined) {
      id = this.unusedId() ?? this.profiles.length;
      this.profileIds.set(key, id);
      this.profiles[id] = { id, key, profile, byAvailability: new Map() };
    }
    this.left.delete(id);
    return id;
  }

  /** The number of a profile that no source has any more: short-lived runners with labels of their own would else use up ever more. */
  private unusedId(): number | undefined {
    for (const id of this.left) {
      this.left.delete(id);
      const { key, byAvailability } = this.profiles[id] as HotProfile;
      if ([...byAvailability.values()].some((ids) => ids.length > 0)) continue;
      this.profileIds.delete(key);
      return id;
    }
    return undefined;
  }

  private remove(profileId: number, condition: Availability, placeId: string): void {
    const ids = this.profiles[profileId]?.byAvailability.get(condition);
    if (ids === undefined) return;
    removeId(ids, placeId);
    if (ids.length === 0) this.left.add(profileId);
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

/** The order in which sources are listed. */
export const compareNames = (a: Pick<HotSource, 'name' | 'sourceId'>, b: Pick<HotSource, 'name' | 'sourceId'>) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.sourceId < b.sourceId ? -1 : a.sourceId > b.sourceId ? 1 : 0;

const conditionOf = (source: HotSource): Availability =>
  availability({
    state: source.state,
    isRevoked: source.revoked !== null,
    isCordoned: source.cordoned !== null,
    isDraining: source.draining !== null,
    freeSlots: source.pool === null ? ownFreeSlots(source) : freeSlots(source),
  });

const poolProfile = (pool: HotSource, computeClass: Profile['computeClass'], networks: readonly string[]): Profile => ({
  side: pool.side,
  computeClass,
  labels: pool.labels,
  confinesFiles: false,
  confinesNetworkNone: false,
  confinesAllowList: false,
  executors: [],
  networks,
  pool: pool.sourceId,
});

function profileOf(source: HotSource, networks: readonly string[]): Profile {
  const network = source.posture.network ?? [];
  return {
    side: source.side,
    computeClass: classOf(source),
    // What the operator says of a pool stands over what a runner says of itself.
    labels: source.seat === null ? source.labels : { ...source.labels, ...source.seat.of.labels },
    confinesFiles: source.posture.files === 'confined',
    confinesNetworkNone: network.includes('none'),
    confinesAllowList: network.includes('allow_list'),
    executors: executorsOf(source.posture),
    networks,
    ...(source.seat === null ? {} : { pool: source.sourceId }),
  };
}
