import { loadPoolTokens, loadSeats } from '../../state/queries/pools.ts';
import type { State } from '../../state/state.ts';
import type { Hot } from '../hot/hot.ts';
import { freeSlots } from '../hot/source.ts';
import { stateBySeats } from './fold-pools.ts';
import type { FoldedSource, FoldedWorld } from './folded-rows.ts';
import { availabilityOf } from './judge-grant.ts';
import type { Report } from './report.ts';

/** The memory of one pool: its runners, their slots, and the sums that are kept of them. */
export function comparePool(report: Report, hot: Hot, source: FoldedSource, seats: Map<string, FoldedSource>): void {
  const held = hot.fleet.sources.get(source.sourceId)?.pool;
  if (held == null) {
    report('I25', `${source.sourceId} is no pool in memory`);
    return;
  }
  if (!source.isRevoked && source.state !== 'pending' && source.state !== stateBySeats(seats))
    report('I25', `pool ${source.sourceId} is ${source.state}, its runners make it ${stateBySeats(seats)}`);
  if (held.seats.size !== seats.size)
    report('I25', `${held.seats.size} runners of ${source.sourceId} in memory, ${seats.size} by the log`);
  let offered = 0;
  for (const [sessionId, seat] of seats) {
    if (seat.state === 'online' || seat.state === 'late') offered += seat.offered;
    compareSeat(report, hot, sessionId, seat);
  }
  if (held.offered !== offered)
    report('I25', `${source.sourceId} is taken to offer ${held.offered}, its runners offer ${offered}`);
}

function compareSeat(report: Report, hot: Hot, sessionId: string, seat: FoldedSource): void {
  const held = hot.fleet.seats.get(sessionId);
  if (held === undefined) {
    report('I25', `session ${sessionId} has no seat in memory`);
    return;
  }
  if (
    held.state !== seat.state ||
    held.offered !== seat.offered ||
    held.pinnedClass !== seat.pinnedClass ||
    held.activeLeases.size !== seat.activeLeases.size ||
    held.lastGrantFence !== seat.lastGrantFence ||
    held.seat?.tokenId !== seat.seat?.tokenId
  )
    report(
      'I25',
      `session ${sessionId}: ${held.state}, ${held.offered}, ${held.activeLeases.size} in memory, ${seat.state}, ${seat.offered}, ${seat.activeLeases.size} by the log`,
    );
  const isReady = held.availability === 'ready' && freeSlots(held) > 0;
  if (isReady !== (availabilityOf(seat) === 'ready'))
    report('I11', `session ${sessionId} is taken for ${held.availability}, it is ${availabilityOf(seat)}`);
}

/** The rows of every pool in the state, and the promise that a runner that ended holds nothing. */
export function comparePools(report: Report, world: FoldedWorld, state: State, hot: Hot): void {
  const rows = new Map(loadSeats(state.db).map((row) => [row.sessionId, row]));
  let told = 0;
  for (const source of world.sources.values()) {
    for (const [sessionId, seat] of source.pool?.seats ?? []) {
      told++;
      const row = rows.get(sessionId);
      if (row?.health !== seat.state || row.offered !== seat.offered || row.pinnedClass !== seat.pinnedClass)
        report('I25', `the seat of ${sessionId} is ${row?.health} in the state, ${seat.state} by the log`);
    }
  }
  if (told !== rows.size || told !== hot.fleet.seats.size)
    report('I25', `${rows.size} seats in the state, ${hot.fleet.seats.size} in memory, ${told} by the log`);
  for (const lease of world.leases.values())
    if (lease.state === 'active' && world.sessions.get(lease.sessionId)?.state === 'ended')
      report('I11', `${lease.leaseId} is active and its session ${lease.sessionId} has ended`);
  const tokens = new Map(loadPoolTokens(state.db).map((row) => [row.tokenId, row]));
  for (const [tokenId, { isRevoked }] of world.poolTokens) {
    const isStored = (tokens.get(tokenId)?.revokedAt ?? null) !== null;
    const isHeld = (hot.poolTokens.get(tokenId)?.revokedAt ?? null) !== null;
    if (isStored !== isRevoked || isHeld !== isRevoked)
      report('I22', `${tokenId} is ${isRevoked ? '' : 'not '}revoked by the log alone`);
  }
}
