import type { RegisteredFacts } from '../../contract/events.ts';
import type { DoctorCheck, Posture } from '../../contract/source.ts';
import type { ComputeClass, SessionState, Side, SourceKind, SourceState } from '../../contract/terms.ts';
import type { Availability } from '../../domain/sources/availability.ts';

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
}

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

/** min(enrolled, offered) − active leases, never below 0. */
export const freeSlots = (source: HotSource): number =>
  Math.max(0, Math.min(source.capacity, source.offered) - source.activeLeases.size);
