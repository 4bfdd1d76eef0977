import { TIME_JUMP_MS } from '../contract/limits.ts';
import { leaseTiming } from '../domain/leases/timing.ts';
import { reviewAdmissions } from './admission-review.ts';
import { refuseDoomed } from './budgets/call-back.ts';
import { reviewBudgets, turnWindows, windowsDue } from './budgets/review.ts';
import type { CommandContext } from './commands/context.ts';
import { handleTimer } from './due.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import { askFallbacks } from './fallback-asks.ts';
import { offerToAsks } from './placing.ts';
import { REVIEW_EVERY_MS, SLACK_MS, TIMERS_TURN_MS } from './timers.ts';
import { answerBuckets } from './waiting.ts';

/** What one tick remembers for the next. */
export interface TickMemory {
  wallMs: number;
  monoMs: number;
  reviewedMs: number;
  reviewedFleet: number;
}

export const firstTick = (engine: Engine): TickMemory => ({
  wallMs: engine.clock.wallMs(),
  monoMs: engine.clock.monoMs(),
  reviewedMs: Number.NEGATIVE_INFINITY,
  reviewedFleet: -1,
});

/**
 * Everything that happens because time passed: expiries, retries, late sources, answers. Driven by the live plane's
 * timer, by the demo's virtual clock and by the simulator's steps alike.
 */
export function tick(ctx: CommandContext, memory: TickMemory): void {
  const { engine } = ctx;
  const nowMs = engine.clock.monoMs();
  const wallMs = engine.clock.wallMs();
  const driftMs = wallMs - memory.wallMs - (nowMs - memory.monoMs);
  memory.wallMs = wallMs;
  memory.monoMs = nowMs;
  if (Math.abs(driftMs) > TIME_JUMP_MS) freshenLeases(engine, 'clock');
  else turnWindows(engine);
  for (let timer = engine.hot.timers.takeDue(nowMs); timer !== undefined; timer = engine.hot.timers.takeDue(nowMs)) {
    handleTimer(ctx, timer.kind, timer.id);
    // What is left over is due at the next tick. A clock that stands still meanwhile handles all of them.
    if (engine.clock.monoMs() - nowMs > TIMERS_TURN_MS) break;
  }
  if (engine.hot.budgets.lots.doomed.size > 0) refuseDoomed(engine);
  if (nowMs - memory.reviewedMs < REVIEW_EVERY_MS) return;
  memory.reviewedMs = nowMs;
  if (memory.reviewedFleet !== engine.hot.fleet.version) offerToAsks(engine);
  memory.reviewedFleet = engine.hot.fleet.version;
  reviewAdmissions(engine);
  reviewBudgets(engine);
  askFallbacks(engine);
  answerBuckets(engine);
}

/**
 * Every live lease gets one fresh time before its expiry is judged: after a start, a sleep or a jump of the clock nobody
 * knows how long the runners could not reach the plane. Never twice in a row without a renewal between.
 */
export function freshenLeases(engine: Engine, cause: 'start' | 'clock'): void {
  const nowMs = engine.clock.monoMs();
  for (const lease of engine.hot.leases.values()) {
    if (lease.isFreshened) continue;
    lease.isFreshened = true;
    lease.deadlineMs = nowMs + leaseTiming(lease.ttlMs).takeOverMs;
    engine.hot.timers.set(lease.deadlineMs + SLACK_MS, 'lease.expiry', lease.leaseId);
  }
  const windows = windowsDue(engine);
  const body = { wall_ms: engine.clock.wallMs(), mono_ms: nowMs, cause, ...(windows.length === 0 ? {} : { windows }) };
  engine.emit(PLANE_ACTOR, [{ type: 'time.jumped', body }]);
}
