import { leaseTiming } from '../../domain/leases/timing.ts';
import { fenced, renewLease } from '../leases.ts';
import { SLACK_MS } from '../timers.ts';
import type { CommandContext } from './context.ts';
import { sign } from './sign-of-life.ts';

/** The attempt starts: it counts from here, and this is the first renewal. A repeated start changes nothing. */
export function startAttempt(ctx: CommandContext, sessionId: string, leaseId: string, fence: number) {
  const { engine } = ctx;
  const lease = fenced(engine, ctx.rejected, sessionId, leaseId, fence, 'start');
  const source = engine.hot.fleet.placeOf(lease);
  sign(engine, source);
  if (lease.startedPlaneMs === null) {
    const job = engine.jobAt(lease.jobSeq);
    engine.emit(
      { kind: 'runner', id: sessionId },
      [{ type: 'attempt.started', body: { job_id: lease.jobId, lease_id: leaseId, attempt: lease.attempt } }],
      { attempt: lease.attempt, fence },
      job,
    );
    source.lapsesInRow = 0;
    renewLease(engine, lease);
    watchAttempt(ctx, leaseId);
  }
  const timing = leaseTiming(lease.ttlMs);
  return {
    attempt: lease.attempt,
    ttl_ms: lease.ttlMs,
    renew_after_ms: timing.renewAfterMs,
    max_runtime_ms: lease.maxRuntimeMs,
    seq: engine.nextSeq - 1,
  };
}

/** Clocks of a running attempt beside its lease: the runtime ceiling and, where the job sets one, the stall time. */
export function watchAttempt(ctx: CommandContext, leaseId: string): void {
  const { engine } = ctx;
  const lease = engine.hot.lease(leaseId);
  if (lease === undefined || lease.startedPlaneMs === null) return;
  const nowMs = engine.clock.monoMs();
  lease.lastSignOfWorkMs = nowMs;
  const leftMs = Math.max(0, lease.maxRuntimeMs - (engine.planeMs - lease.startedPlaneMs));
  engine.hot.timers.set(nowMs + leftMs + SLACK_MS, 'lease.runtime', leaseId);
  const stallMs = engine.submitted(lease.jobSeq).spec.stall_ms;
  if (stallMs !== null) engine.hot.timers.set(nowMs + stallMs + SLACK_MS, 'lease.stall', leaseId);
}
