import type { EventBodies } from '../../contract/events.ts';
import type { SourceState } from '../../contract/terms.ts';
import { SOURCE_TRANSITIONS } from '../../domain/sources/transitions.ts';
import { canFollow } from '../../domain/transition-table.ts';
import type { FoldedSource, FoldedWorld } from './folded-rows.ts';
import type { FoldContext, Folds } from './log-fold.ts';

/** Where a session of this source stands: its seat in a pool, else the source itself. */
export const placeIn = (source: FoldedSource, sessionId: string): FoldedSource | undefined =>
  source.pool === null ? source : source.pool.seats.get(sessionId);

/** The places of a source that a job could go to. A pool is there by its classes also while it has no runner. */
export function placesIn(source: FoldedSource): FoldedSource[] {
  if (source.pool === null) return [source];
  const own = source.pool.classes.map((pinnedClass) => ({
    ...source,
    state: 'offline' as const,
    pinnedClass,
    pool: null,
  }));
  return [...own, ...source.pool.seats.values()];
}

/** A runner of a pool registers, for the first time or again. */
export function foldSeat(context: FoldContext, source: FoldedSource, body: EventBodies['session.registered']): void {
  const { world, fail } = context;
  const seat = body.seat as NonNullable<typeof body.seat>;
  if (source.pool === null) {
    fail('I25', `session ${body.session_id} takes a seat in ${source.sourceId}, no pool`);
    return;
  }
  const known = source.pool.seats.get(body.session_id);
  const token = world.poolTokens.get(seat.token_id);
  if (token?.sourceId !== source.sourceId) fail('I22', `${seat.token_id} is no token of ${source.sourceId}`);
  if (known === undefined && token?.isRevoked)
    fail('I22', `${seat.token_id} was revoked and registered ${body.session_id}`);
  const own = {
    offered: body.capacity,
    labels: seat.labels,
    pinnedClass: seat.pinned_class,
    ownClass: body.compute_class,
    posture: body.posture,
  };
  if (known !== undefined) {
    Object.assign(known, own);
    return;
  }
  source.pool.seats.set(body.session_id, {
    ...own,
    sourceId: source.sourceId,
    side: source.side,
    state: 'pending',
    isCordoned: false,
    isDraining: false,
    isRevoked: false,
    capacity: Number.MAX_SAFE_INTEGER,
    sessionId: body.session_id,
    activeLeases: new Set(),
    lastGrantFence: 0,
    pool: null,
    seat: { of: source, tokenId: seat.token_id },
  });
}

/** The runner of a pool is gone. */
export function foldSeatEnd(world: FoldedWorld, sourceId: string, sessionId: string): void {
  if (world.sources.get(sourceId)?.pool?.seats.delete(sessionId)) world.endedSeats.push(sessionId);
}

const BEST: readonly SourceState[] = ['online', 'late', 'quarantined', 'offline'];
/** The state that a pool has to have by its runners. */
export const stateBySeats = (seats: Map<string, FoldedSource>): SourceState =>
  BEST.find((state) => [...seats.values()].some((s) => s.state === state)) ?? 'offline';

export const poolFolds = {
  'credential.pool_token_issued'(body, { world, fail }) {
    if (world.poolTokens.has(body.token_id)) fail('I21', `${body.token_id} was issued twice`);
    world.poolTokens.set(body.token_id, { sourceId: body.source_id, isRevoked: false });
  },
  'credential.pool_token_revoked'(body, { world, fail }) {
    const token = world.poolTokens.get(body.token_id);
    if (token === undefined || token.isRevoked) {
      fail('I22', `${body.token_id} is revoked twice, or unknown`);
      return;
    }
    token.isRevoked = true;
  },
  'session.health'(body, { world, fail }) {
    const seat = world.sources.get(body.source_id)?.pool?.seats.get(body.session_id);
    if (seat === undefined) {
      fail('I25', `session ${body.session_id} has no seat in ${body.source_id}`);
      return;
    }
    if (!canFollow(SOURCE_TRANSITIONS, seat.state, body.health))
      fail('I25', `session ${body.session_id}: ${seat.state} → ${body.health}`);
    seat.state = body.health;
  },
} satisfies Folds;
