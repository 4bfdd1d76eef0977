import type { EventBodies, PlaneEvent } from '../../contract/events.ts';
import { CAPACITY_MAX } from '../../contract/limits.ts';
import type { Posture } from '../../contract/source.ts';
import { COMPUTE_CLASSES, type ComputeClass, type Side, type SourceState } from '../../contract/terms.ts';
import { executorsOf } from '../../domain/sources/confinement.ts';
import type { PlaceFacts } from '../../domain/whatif/history.ts';
import type { Hot } from '../hot/hot.ts';
import type { HotSource } from '../hot/source.ts';

/** A source or a seat of a pool at some moment of the past. */
interface RawPlace {
  placeId: string;
  sourceId: string;
  name: string;
  side: Side;
  state: SourceState;
  isRevoked: boolean;
  isCordoned: boolean;
  isDraining: boolean;
  capacity: number;
  offered: number;
  labels: Record<string, string>;
  pinnedClass: ComputeClass | null;
  ownClass: ComputeClass | null;
  posture: Posture;
  /** Classes of a pool; null on any other. */
  pool: readonly ComputeClass[] | null;
  isSeat: boolean;
}

const rawOf = (source: HotSource, placeId: string): RawPlace => ({
  placeId,
  sourceId: source.sourceId,
  name: source.name,
  side: source.side,
  state: source.state,
  isRevoked: source.revoked !== null,
  isCordoned: source.cordoned !== null,
  isDraining: source.draining !== null,
  capacity: source.capacity,
  offered: source.offered,
  labels: source.labels,
  pinnedClass: source.pinnedClass,
  ownClass: source.ownClass,
  posture: source.posture,
  pool: source.pool === null ? null : source.pool.classes,
  isSeat: source.seat !== null,
});

/**
 * The fleet as it was: taken from memory as it is now, wound back over the entries of a range, then told forwards again.
 * What an entry overwrote it does not say; such a field is taken as it became, and `assumptions` says so.
 */
export class RawPlaces {
  private readonly places = new Map<string, RawPlace>();
  private readonly networks = new Map<string, Set<string>>();
  private changedSources = new Set<string>();

  constructor(hot: Hot) {
    for (const source of hot.fleet.sources.values()) this.places.set(source.sourceId, rawOf(source, source.sourceId));
    for (const [sessionId, seat] of hot.fleet.seats) this.places.set(sessionId, rawOf(seat, sessionId));
    for (const { status, sourceId, network } of hot.admissions.open.values())
      if (status === 'granted') this.admit(sourceId, network);
  }

  get assumptions(): string[] {
    const count = this.changedSources.size;
    if (count === 0) return [];
    const who = count === 1 ? 'One source was changed' : `${count} sources were changed`;
    return [`${who} in the range; before that they are taken as they became.`];
  }

  isSeat(sessionId: string): boolean {
    return this.places.get(sessionId)?.isSeat ?? false;
  }

  /** Takes one event back. */
  undo({ type, body }: PlaneEvent): void {
    switch (type) {
      case 'source.enrolled':
        this.changedSources.delete(body.source_id);
        this.drop(body.source_id);
        return;
      case 'source.online':
        this.edit(body.source_id, { state: 'offline' });
        return;
      case 'source.late':
      case 'source.offline':
      case 'source.quarantined':
        this.edit(body.source_id, { state: 'online' });
        return;
      case 'source.cordoned':
        this.edit(body.source_id, { isCordoned: false });
        return;
      case 'source.draining':
        this.edit(body.source_id, { isDraining: false });
        return;
      case 'source.resumed':
        this.edit(body.source_id, { isCordoned: true });
        return;
      case 'source.revoked':
        this.edit(body.source_id, { isRevoked: false });
        return;
      case 'source.changed':
        this.changedSources.add(body.source_id);
        return;
      case 'session.registered':
        if (body.seat !== undefined) this.places.delete(body.session_id);
        return;
      case 'session.health':
        this.edit(body.session_id, { state: body.health === 'online' ? 'offline' : 'online' });
        return;
      case 'admission.granted':
        this.networks.get(body.source_id)?.delete(body.network);
        return;
      case 'admission.revoked':
      case 'admission.expired':
        this.admit(body.source_id, body.network);
    }
  }

  /** Tells one event. @returns the places that it changed. */
  apply({ type, body }: PlaneEvent): string[] {
    switch (type) {
      case 'source.enrolled':
        this.enroll(body);
        break;
      case 'source.changed':
        this.edit(body.source_id, changesOf(body));
        break;
      case 'source.online':
      case 'source.late':
      case 'source.offline':
      case 'source.quarantined':
        this.edit(body.source_id, { state: STATES[type] });
        break;
      case 'source.cordoned':
        this.edit(body.source_id, { isCordoned: true });
        break;
      case 'source.draining':
        this.edit(body.source_id, { isDraining: true });
        break;
      case 'source.resumed':
        this.edit(body.source_id, { isCordoned: false, isDraining: false });
        break;
      case 'source.revoked':
        this.edit(body.source_id, { isRevoked: true });
        break;
      case 'session.registered':
        return this.register(body);
      case 'session.health':
        this.edit(body.session_id, { state: body.health });
        return [body.session_id];
      case 'session.state':
        return body.state === 'ended' && this.isSeat(body.session_id) ? this.drop(body.session_id) : [];
      case 'admission.granted':
        this.admit(body.source_id, body.network);
        break;
      case 'admission.revoked':
      case 'admission.expired':
        this.networks.get(body.source_id)?.delete(body.network);
        break;
      default:
        return [];
    }
    return this.idsOf(body.source_id);
  }

  all(): Map<string, PlaceFacts> {
    const facts = new Map<string, PlaceFacts>();
    for (const place of this.places.values())
      for (const [id, found] of this.factsOf(place.placeId)) if (found !== null) facts.set(id, found);
    return facts;
  }

  /** A pool is listed once for each of its classes, with no slot of its own; null where it is not there, or not any more. */
  factsOf(placeId: string): [string, PlaceFacts | null][] {
    const place = this.places.get(placeId);
    if (place === undefined) return [[placeId, null]];
    const { pool } = place;
    if (pool === null) return [[placeId, this.facts(place, place.pinnedClass ?? place.ownClass ?? 'cpu-small')]];
    return COMPUTE_CLASSES.map((computeClass) => [
      `${placeId}/${computeClass}`,
      pool.includes(computeClass) ? { ...this.facts(place, computeClass), state: 'offline', offered: 0 } : null,
    ]);
  }

  private facts(place: RawPlace, computeClass: ComputeClass): PlaceFacts {
    const of = place.isSeat ? (this.places.get(place.sourceId) ?? place) : place;
    const network = place.posture.network ?? [];
    return {
      sourceId: place.sourceId,
      name: of.name,
      profile: {
        side: of.side,
        computeClass,
        labels: place.isSeat ? { ...place.labels, ...of.labels } : place.labels,
        confinesFiles: place.posture.files === 'confined',
        confinesNetworkNone: network.includes('none'),
        confinesAllowList: network.includes('allow_list'),
        executors: executorsOf(place.posture),
        networks: [...(this.networks.get(place.sourceId) ?? [])].sort(),
        ...(place.isSeat || place.pool !== null ? { pool: place.sourceId } : {}),
      },
      state: place.state,
      isRevoked: of.isRevoked,
      isCordoned: of.isCordoned,
      isDraining: of.isDraining,
      capacity: place.capacity,
      offered: place.offered,
      poolCapacity: place.isSeat ? of.capacity : null,
    };
  }

  private enroll(body: EventBodies['source.enrolled']): void {
    this.places.set(body.source_id, {
      ...fresh(body.source_id, body.source_id, body.name, body.side),
      capacity: body.capacity,
      labels: body.labels,
      pinnedClass: body.pinned_class,
      pool: body.pool === undefined ? null : body.pool.compute_classes,
    });
  }

  private register(body: EventBodies['session.registered']): string[] {
    const own = { ownClass: body.compute_class, posture: body.posture, offered: body.capacity };
    if (body.seat === undefined) {
      this.edit(body.source_id, own);
      return [body.source_id];
    }
    const pool = this.places.get(body.source_id);
    const known = this.places.get(body.session_id) ?? {
      ...fresh(body.session_id, body.source_id, pool?.name ?? '', pool?.side ?? 'managed'),
      capacity: CAPACITY_MAX,
      isSeat: true,
    };
    const { pinned_class: pinnedClass, labels } = body.seat;
    this.places.set(body.session_id, { ...known, ...own, pinnedClass, labels });
    return [body.session_id];
  }

  private edit(placeId: string, over: Partial<RawPlace>): void {
    const place = this.places.get(placeId);
    if (place !== undefined) this.places.set(placeId, { ...place, ...over });
  }

  private drop(placeId: string): string[] {
    this.places.delete(placeId);
    return [placeId];
  }

  private admit(sourceId: string, network: string): void {
    this.networks.set(sourceId, (this.networks.get(sourceId) ?? new Set()).add(network));
  }

  /** A source and, of a pool, all its seats: the pool's switches and labels hold for them. */
  private idsOf(sourceId: string): string[] {
    if (this.places.get(sourceId)?.pool == null) return [sourceId];
    return [...this.places.values()].filter((p) => p.sourceId === sourceId).map((p) => p.placeId);
  }
}

const STATES = {
  'source.online': 'online',
  'source.late': 'late',
  'source.offline': 'offline',
  'source.quarantined': 'quarantined',
} as const;

const changesOf = (body: EventBodies['source.changed']): Partial<RawPlace> => ({
  ...(body.name === undefined ? {} : { name: body.name }),
  ...(body.capacity === undefined ? {} : { capacity: body.capacity }),
  ...(body.labels === undefined ? {} : { labels: body.labels }),
  ...(body.pinned_class === undefined ? {} : { pinnedClass: body.pinned_class }),
  ...(body.posture === undefined ? {} : { posture: body.posture }),
  ...(body.pool_classes === undefined ? {} : { pool: body.pool_classes }),
});

const fresh = (placeId: string, sourceId: string, name: string, side: Side): RawPlace => ({
  placeId,
  sourceId,
  name,
  side,
  state: 'pending',
  isRevoked: false,
  isCordoned: false,
  isDraining: false,
  capacity: 0,
  offered: 0,
  labels: {},
  pinnedClass: null,
  ownClass: null,
  posture: {},
  pool: null,
  isSeat: false,
});
