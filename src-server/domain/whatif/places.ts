import type { Side } from '../../contract/terms.ts';
import { type FirstSideStanding, firstSideStanding } from '../routing/fallback.ts';
import type { FleetGroup } from '../routing/fleet-group.ts';
import { type RoutingPolicy, sidesOf } from '../routing/policy.ts';
import { profileKey } from '../routing/profile.ts';
import { type Ask, compareAsks } from '../routing/rank-asks.ts';
import type { Requirement } from '../routing/requirement.ts';
import { judgeFixed } from '../routing/rules.ts';
import { type Availability, availability } from '../sources/availability.ts';
import type { PlaceFacts } from './history.ts';

export interface Place {
  placeId: string;
  facts: PlaceFacts;
  profileId: number;
  availability: Availability;
  active: number;
  lastGrant: number;
  /** It waits for work: its poll is open. */
  isAsking: boolean;
  /** Polls are offered work in this order. */
  askedAt: number;
  /** When it came; between equals the first one is taken. */
  order: number;
}

/** Places alike in profile and condition. */
interface PlaceGroup {
  profileId: number;
  availability: Availability;
  places: Set<Place>;
}

/** The fleet of a run: who is there, who has a slot, and who fits. */
export class Places {
  readonly byId = new Map<string, Place>();
  private readonly profiles: PlaceFacts['profile'][] = [];
  private readonly profileIds = new Map<string, number>();
  /** Places by profile and condition. */
  private readonly grouped = new Map<string, PlaceGroup>();
  private readonly fitting = new Map<string, boolean>();
  private readonly standings = new Map<string, FirstSideStanding>();
  private readonly poolActive = new Map<string, number>();
  private asks = 0;
  private made = 0;

  set(placeId: string, facts: PlaceFacts | null): Place | null {
    const known = this.byId.get(placeId);
    if (facts === null) {
      if (known !== undefined) this.list(known, false);
      this.byId.delete(placeId);
      return null;
    }
    const place = known ?? {
      placeId,
      facts,
      profileId: -1,
      availability: 'pending',
      active: 0,
      lastGrant: 0,
      isAsking: false,
      askedAt: 0,
      order: ++this.made,
    };
    if (known !== undefined) this.list(known, false);
    place.facts = facts;
    place.profileId = this.intern(facts.profile);
    place.availability = this.conditionOf(place);
    this.byId.set(placeId, place);
    this.list(place, true);
    return place;
  }

  free({ facts, active }: Place): number {
    const own = Math.max(0, Math.min(facts.capacity, facts.offered) - active);
    if (facts.poolCapacity === null) return own;
    return Math.min(own, Math.max(0, facts.poolCapacity - (this.poolActive.get(facts.sourceId) ?? 0)));
  }

  /** Takes or gives back a slot. */
  occupy(place: Place, by: 1 | -1): void {
    place.active += by;
    if (place.facts.poolCapacity !== null)
      this.poolActive.set(place.facts.sourceId, (this.poolActive.get(place.facts.sourceId) ?? 0) + by);
    const now = this.conditionOf(place);
    if (now === place.availability) return;
    this.list(place, false);
    place.availability = now;
    this.list(place, true);
  }

  ask(place: Place): void {
    place.isAsking = true;
    place.askedAt = ++this.asks;
  }

  /** Open polls, oldest first. */
  asking(): Place[] {
    return [...this.byId.values()].filter((p) => p.isAsking).sort((a, b) => a.askedAt - b.askedAt);
  }

  fits(requirement: Requirement, signature: string, profileId: number): boolean {
    const key = `${profileId} ${signature}`;
    let known = this.fitting.get(key);
    if (known === undefined) {
      known = judgeFixed(requirement, this.profiles[profileId] as PlaceFacts['profile']).every((r) => r.pass);
      this.fitting.set(key, known);
    }
    return known;
  }

  /** How the preferred side stands for a requirement; told again only when somebody came, went or changed. */
  standing(requirement: Requirement, signature: string, first: Side): FirstSideStanding {
    const key = `${first} ${signature}`;
    let known = this.standings.get(key);
    if (known === undefined) {
      known = firstSideStanding(this.groups(requirement, signature), first);
      this.standings.set(key, known);
    }
    return known;
  }

  askOf(rule: RoutingPolicy, place: Place): Ask {
    return {
      sourceId: place.facts.sourceId,
      isPreferredSide: place.facts.profile.side === sidesOf(rule.mode).first,
      freeSlots: this.free(place),
      totalSlots: Math.min(place.facts.capacity, place.facts.offered),
      lastGrantSeq: place.lastGrant,
    };
  }

  /**
   * The open poll that ranks first for a requirement among the sides that may take it. Who fits is judged once for all places
   * that are alike: a fleet has thousands of them and few kinds.
   */
  best(rule: RoutingPolicy, requirement: Requirement, signature: string, sides: ReadonlySet<Side>): Place | null {
    let best: { place: Place; ask: Ask } | null = null;
    for (const { places } of this.ready(requirement, signature, (side) => sides.has(side)))
      for (const place of places) {
        if (!place.isAsking || this.free(place) === 0) continue;
        const ask = this.askOf(rule, place);
        const order = best === null ? -1 : compareAsks(ask, best.ask) || place.order - best.place.order;
        if (order < 0) best = { place, ask };
      }
    return best?.place ?? null;
  }

  /** Free slots of a side that could take a requirement now. */
  room(requirement: Requirement, signature: string, side: Side): number {
    let room = 0;
    for (const { places } of this.ready(requirement, signature, (own) => own === side))
      for (const place of places) room += this.free(place);
    return room;
  }

  private *ready(requirement: Requirement, signature: string, isMeant: (side: Side) => boolean): Generator<PlaceGroup> {
    for (const group of this.grouped.values())
      if (
        group.availability === 'ready' &&
        group.places.size > 0 &&
        isMeant((this.profiles[group.profileId] as PlaceFacts['profile']).side) &&
        this.fits(requirement, signature, group.profileId)
      )
        yield group;
  }

  private groups(requirement: Requirement, signature: string): FleetGroup[] {
    const groups: FleetGroup[] = [];
    for (const { profileId, availability: condition, places } of this.grouped.values()) {
      if (places.size === 0) continue;
      const profile = this.profiles[profileId] as PlaceFacts['profile'];
      const fits = this.fits(requirement, signature, profileId);
      const sourceIds = Array.from(places, ({ placeId }) => placeId);
      groups.push({ profile, availability: condition, sourceIds, fixed: [], fits });
    }
    return groups;
  }

  private list(place: Place, isIn: boolean): void {
    const key = `${place.profileId}/${place.availability}`;
    let group = this.grouped.get(key);
    if (group === undefined) {
      group = { profileId: place.profileId, availability: place.availability, places: new Set() };
      this.grouped.set(key, group);
    }
    if (isIn) group.places.add(place);
    else group.places.delete(place);
    // Full, late and ready all count as there: only a group that appears or is gone can change how a side stands.
    if (group.places.size <= 1) this.standings.clear();
  }

  private conditionOf(place: Place): Availability {
    const { facts, active } = place;
    return availability({ ...facts, freeSlots: Math.min(facts.capacity, facts.offered) - active });
  }

  private intern(profile: PlaceFacts['profile']): number {
    const key = profileKey(profile);
    let id = this.profileIds.get(key);
    if (id === undefined) {
      id = this.profiles.length;
      this.profileIds.set(key, id);
      this.profiles.push(profile);
    }
    return id;
  }
}
