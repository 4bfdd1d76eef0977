import type { RegisteredFacts } from '../../contract/events.ts';
import { CAPACITY_MAX } from '../../contract/limits.ts';
import type { DoctorCheck, Posture } from '../../contract/source.ts';
import type { ComputeClass, SessionState, Side, SourceKind, SourceState } from '../../contract/terms.ts';
import type { Availability } from '../../domain/sources/availability.ts';
import { type HotPool, NO_SHARE, type SeatShare } from './pool.ts';

export interface Switch {
  since: string;
  by: string;
  reason: string | null;
  deadline_ms: number | null;
}

/** A source as the plane holds it in memory: its row, and what is volatile about it. */
export interface HotSource {
  sourceId: string;
  name: string;
  kind: SourceKind;
  side: Side;
  state: SourceState;
  stateReason: string | null;
  capacity: number;
  offered: number;
  labels: Record<string, string>;
  pinnedClass: ComputeClass | null;
  ownClass: ComputeClass | null;
  posture: Posture;
  cordoned: Switch | null;
  draining: Switch | null;
  revoked: Switch | null;
  doctor: { at: string; checks: DoctorCheck[] } | null;
  sessionId: string | null;
  enrolledAt: string;
  enrolledBy: string;
  /** Volatile from here on. */
  profileId: number;
  availability: Availability;
  activeLeases: Set<string>;
  /** Fence of its newest grant: who waited longest has the lowest. */
  lastGrantFence: number;
  lapsesInRow: number;
  /** Plane's monotonic ms of the last sign of life; null when there was none since the start. */
  lastSeenMs: number | null;
  /** Monotonic ms of the last heartbeats, newest last. */
  heartbeatsMs: number[];
  /** A timer of its health is set. */
  isWatched: boolean;
  /** Set on the source of a pool. */
  pool: HotPool | null;
  /** Set on a seat, one runner of a pool: the pool's source, whose id and name it bears. */
  seat: HotSeat | null;
}

/** What a seat knows beside the form of a source. */
export interface HotSeat {
  of: HotSource;
  tokenId: string;
  share: SeatShare;
  /** Plane time of the last change of its health: when it is gone for good counts from here. */
  healthPlaneMs: number;
}

/** What an entry or a row tells of a source. */
type SourceForm = Omit<
  HotSource,
  | 'profileId'
  | 'availability'
  | 'activeLeases'
  | 'lastGrantFence'
  | 'lapsesInRow'
  | 'lastSeenMs'
  | 'heartbeatsMs'
  | 'isWatched'
  | 'pool'
  | 'seat'
>;

/** A source with what is volatile about it fresh. */
export function freshSource(
  form: SourceForm,
  more: { lastGrantFence?: number; pool?: HotPool | null; seat?: HotSeat | null } = {},
): HotSource {
  // Each member by name: an object of this size that is spread becomes a slow one, and every look at the fleet reads it.
  return {
    sourceId: form.sourceId,
    name: form.name,
    kind: form.kind,
    side: form.side,
    state: form.state,
    stateReason: form.stateReason,
    capacity: form.capacity,
    offered: form.offered,
    labels: form.labels,
    pinnedClass: form.pinnedClass,
    ownClass: form.ownClass,
    posture: form.posture,
    cordoned: form.cordoned,
    draining: form.draining,
    revoked: form.revoked,
    doctor: form.doctor,
    sessionId: form.sessionId,
    enrolledAt: form.enrolledAt,
    enrolledBy: form.enrolledBy,
    profileId: -1,
    availability: 'pending',
    activeLeases: new Set(),
    lastGrantFence: more.lastGrantFence ?? 0,
    lapsesInRow: 0,
    lastSeenMs: null,
    heartbeatsMs: [],
    isWatched: false,
    pool: more.pool ?? null,
    seat: more.seat ?? null,
  };
}

/** A seat as it registers: the switches are those of its pool. */
export const freshSeat = (
  pool: HotSource,
  own: Pick<HotSource, 'labels' | 'pinnedClass' | 'ownClass' | 'posture' | 'offered' | 'enrolledAt' | 'enrolledBy'> & {
    sessionId: string;
    tokenId: string;
    healthPlaneMs: number;
  },
): HotSource => {
  const { tokenId, healthPlaneMs, ...form } = own;
  return freshSource(
    {
      ...form,
      sourceId: pool.sourceId,
      name: pool.name,
      kind: pool.kind,
      side: pool.side,
      state: 'pending',
      stateReason: null,
      capacity: CAPACITY_MAX,
      cordoned: pool.cordoned,
      draining: pool.draining,
      revoked: pool.revoked,
      doctor: null,
    },
    { seat: { of: pool, tokenId, share: NO_SHARE, healthPlaneMs } },
  );
};

export interface HotSession {
  sessionId: string;
  sourceId: string;
  publicKey: string;
  state: SessionState;
  registeredAt: string;
  /** Entry that registered the key last. */
  registeredSeq: number;
  facts: RegisteredFacts;
}

/** The class in force; a source that never connected is taken at its pin, else as the default class. */
export const classOf = (source: HotSource): ComputeClass => source.pinnedClass ?? source.ownClass ?? 'cpu-small';

/** min(enrolled, offered) − active leases, never below 0; of a seat before its pool's limit. */
export const ownFreeSlots = (source: HotSource): number =>
  Math.max(0, Math.min(source.capacity, source.offered) - source.activeLeases.size);

/** Slots that may be granted now. The capacity of a pool bounds the sum of its seats. */
export function freeSlots(source: HotSource): number {
  if (source.seat !== null) return Math.min(ownFreeSlots(source), roomOf(source.seat.of));
  return source.pool === null ? ownFreeSlots(source) : Math.min(roomOf(source), source.pool.free);
}

const roomOf = (pool: HotSource): number => Math.max(0, pool.capacity - pool.activeLeases.size);
/** Under which the timers and the fleet know it: a seat by its session, any other by its own id. */
export const placeIdOf = (source: HotSource): string =>
  source.seat === null ? source.sourceId : (source.sessionId as string);
