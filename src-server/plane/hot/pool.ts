import type { ComputeClass, SourceState } from '../../contract/terms.ts';
import type { Availability } from '../../domain/sources/availability.ts';
import type { HotSource } from './source.ts';

/**
 * What a pool is beside its source. Its runners are *seats*: each has the form of a source of its own (profile, health,
 * slots), is judged alone, and stands in every record as the pool. All sums are kept as seats change, so that no claim
 * looks at every seat.
 */
export interface HotPool {
  poolId: string;
  classes: readonly ComputeClass[];
  /** Live seats by session. */
  seats: Map<string, HotSource>;
  /** Seats by health. */
  byState: Record<SourceState, number>;
  /** Slots that seats offer, and slots of ready seats that are free, before the pool's own limit. */
  offered: number;
  free: number;
  /** Where the pool itself is listed, one profile for each of its classes: it is registered also while nobody is there. */
  ownProfileIds: number[];
  ownLabels: Readonly<Record<string, string>> | null;
  ownClasses: readonly ComputeClass[] | null;
  ownNetworks: string;
  ownAvailability: Availability | null;
}

/** A registration token; its hash only. */
export interface HotPoolToken {
  tokenId: string;
  sourceId: string;
  computeClass: ComputeClass | null;
  sha256: string;
  createdAt: string;
  createdBy: string;
  revokedAt: string | null;
}

export const freshPool = (poolId: string, classes: readonly ComputeClass[]): HotPool => ({
  poolId,
  classes,
  seats: new Map(),
  byState: { pending: 0, online: 0, late: 0, offline: 0, quarantined: 0 },
  offered: 0,
  free: 0,
  ownProfileIds: [],
  ownLabels: null,
  ownClasses: null,
  ownNetworks: '',
  ownAvailability: null,
});

/** What a seat adds to the sums of its pool; kept on the seat, so that a change takes the old part out again. */
export interface SeatShare {
  state: SourceState | null;
  offered: number;
  free: number;
}
export const NO_SHARE: SeatShare = { state: null, offered: 0, free: 0 };

/** Takes the part of a seat out of its pool's sums and puts another in. */
export function moveShare(pool: HotPool, from: SeatShare, to: SeatShare): void {
  if (from.state !== null) pool.byState[from.state]--;
  if (to.state !== null) pool.byState[to.state]++;
  pool.offered += to.offered - from.offered;
  pool.free += to.free - from.free;
}
