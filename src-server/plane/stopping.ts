import { STOP_WITHIN_MS } from '../contract/limits.ts';
import { cuWords } from '../domain/budgets/words.ts';
import type { Engine } from './engine.ts';
import type { HotLease } from './hot/lease.ts';
import { SLACK_MS } from './timers.ts';

/** Sessions that wait to be told something. A wake-up makes them look; what they see is always the current truth. */
export class Wakeups {
  private readonly waiting = new Map<string, Set<() => void>>();
  private counter = 0;

  /** Grows with every directive; a poll says which it has seen. */
  get n(): number {
    return this.counter;
  }

  wake(sessionId: string): void {
    this.counter++;
    const callbacks = this.waiting.get(sessionId);
    this.waiting.delete(sessionId);
    for (const callback of callbacks ?? []) callback();
  }

  wakeAll(): void {
    for (const sessionId of [...this.waiting.keys()]) this.wake(sessionId);
  }

  /** Calls back once at the next wake-up of the session; the returned function takes it back. */
  on(sessionId: string, callback: () => void): () => void {
    const set = this.waiting.get(sessionId) ?? new Set();
    this.waiting.set(sessionId, set);
    set.add(callback);
    return () => {
      set.delete(callback);
    };
  }
}

/** Why an attempt was stopped whose cost reached its hold, as its end says it. */
export const budgetExhausted = (lease: HotLease): string =>
  lease.actions?.refusedMcu != null
    ? `A call for ${cuWords(lease.actions.refusedMcu)} did not fit into its extras, of which ${cuWords(lease.actions.costMcu)} were spent.`
    : `Its cost reached ${cuWords(lease.reportedMcu ?? lease.holdMcu)}, the hold was ${cuWords(lease.holdMcu)}.`;

/**
 * Asks the runner to stop an attempt. The lease stays active until the runner says that the process is gone; after 15 s
 * the plane revokes it. A request that is there already is kept: the first asker's time is the one measured.
 */
export function askToStop(
  engine: Engine,
  wakeups: Wakeups,
  lease: HotLease,
  kind: 'cancel' | 'stop',
  cause: NonNullable<HotLease['directive']>['cause'],
  reason: string,
): void {
  if (lease.directive !== null) return;
  const revokeAtMs = engine.clock.monoMs() + STOP_WITHIN_MS;
  lease.directive = { kind, reason, cause, askedWallMs: engine.clock.wallMs(), revokeAtMs };
  engine.hot.timers.set(revokeAtMs + SLACK_MS, 'lease.stop', lease.leaseId);
  wakeups.wake(lease.sessionId);
}
