import { PLANE_ACTOR } from '../engine.ts';
import { goneEvents } from '../presence.ts';
import { armUnseen, unseenLeftMs } from '../unseen.ts';
import { revokeLease } from './change-source.ts';
import type { Actor, CommandContext } from './context.ts';

/**
 * Ends one runner of a pool for good: it is refused at its next call, its slots leave the pool, its leases are fenced at once and their
 * jobs are tried again elsewhere. No effect when it has ended.
 */
export function endPoolSession(ctx: CommandContext, actor: Actor, sessionId: string, reason: string | null): void {
  const { engine } = ctx;
  const seat = engine.hot.fleet.seats.get(sessionId);
  if (seat === undefined) return;
  const leaseIds = [...seat.activeLeases];
  engine.hot.asks.take(sessionId)?.answer([]);
  // The leases go first: a crash in between must not leave one behind with a runner that has ended.
  for (const leaseId of leaseIds)
    revokeLease(
      ctx,
      actor,
      leaseId,
      `The runner of ${seat.name} that held it ended${reason === null ? '' : `: ${reason}`}.`,
    );
  engine.emit(
    actor,
    [{ type: 'session.state', body: { session_id: sessionId, state: 'ended', reason } }, ...goneEvents(seat)],
    { source: seat.sourceId },
  );
  ctx.wakeups.wake(sessionId);
}

/** The time of a lost runner is over: its session ends, so that a pool of short-lived runners does not fill up. */
export function endUnseen(ctx: CommandContext, sessionId: string): void {
  const seat = ctx.engine.hot.fleet.seats.get(sessionId);
  if (seat?.seat == null || ctx.engine.hot.fleet.sessions.get(sessionId)?.state !== 'lost') return;
  if (unseenLeftMs(ctx.engine, seat.seat) > 0) armUnseen(ctx.engine, seat);
  else endPoolSession(ctx, PLANE_ACTOR, sessionId, 'not heard of for 24 h');
}
