import { ProblemError } from '../contract/problems.ts';
import type { HeartbeatAnswer, HeartbeatRequest } from '../contract/runtime.ts';
import type { WriteKind } from '../contract/terms.ts';
import { leaseTiming } from '../domain/leases/timing.ts';
import { endedLease } from '../state/queries/leases.ts';
import type { Engine } from './engine.ts';
import type { HotLease } from './hot/lease.ts';
import { askToStop, type Wakeups } from './stopping.ts';
import { SLACK_MS } from './timers.ts';

/** First late write per lease and kind is an entry, the rest are only counted. Volatile and bounded. */
const REJECTED_KEPT = 10_000;
export class RejectedWrites {
  readonly counts = new Map<string, number>();

  /** True for the first of its kind. */
  note(leaseId: string, write: WriteKind): boolean {
    const key = `${leaseId}/${write}`;
    const count = this.counts.get(key) ?? 0;
    if (count === 0 && this.counts.size >= REJECTED_KEPT) this.counts.delete(this.counts.keys().next().value as string);
    this.counts.set(key, count + 1);
    return count === 0;
  }
}

/**
 * The fence: every write of an attempt passes here in the commit that applies it.
 * @returns the live lease.
 * @throws ProblemError `conflict.lease_superseded` for an older fence or an ended lease; the first of a kind is recorded.
 *   `not_found` for a lease that this session never had.
 */
export function fenced(
  engine: Engine,
  rejected: RejectedWrites,
  sessionId: string,
  leaseId: string,
  fence: number,
  write: WriteKind,
): HotLease {
  const lease = engine.hot.lease(leaseId);
  if (lease !== undefined && lease.sessionId === sessionId && lease.fence === fence) return lease;
  const ended = lease ?? endedLease(engine.state.db, leaseId);
  if (ended === undefined || ended.sessionId !== sessionId)
    throw new ProblemError('not_found', `There is no lease ${leaseId} of this session.`);
  const job = engine.jobAt(ended.jobSeq);
  const live = job.leaseId === null ? undefined : engine.hot.lease(job.leaseId);
  const currentFence = live?.fence ?? engine.state.head.fence;
  if (rejected.note(leaseId, write)) {
    engine.emit(
      { kind: 'runner', id: sessionId },
      [
        {
          type: 'completion.rejected',
          body: {
            lease_id: leaseId,
            job_id: job.jobId,
            fence,
            current_fence: currentFence,
            write,
            source_id: ended.sourceId,
          },
        },
      ],
      { attempt: ended.attempt, fence },
      job,
    );
  }
  throw new ProblemError(
    'conflict.lease_superseded',
    `Stop this attempt: its lease has ended and token ${fence} writes nothing any more.`,
    {
      current_attempt: live?.attempt ?? job.attempt,
      current_fence: currentFence,
      job_state: job.state,
    },
  );
}

/** How often a runner of this workspace sends its heartbeat, ms. */
export const heartbeatMs = (engine: Engine): number => leaseTiming(engine.state.head.config.leaseTtlMs).heartbeatMs;

/** How long after a renewal the next one is due, ms. */
export const renewAfterMs = (lease: HotLease): number => leaseTiming(lease.ttlMs).renewAfterMs;

/** Gives a lease its whole time again. */
export function renewLease(engine: Engine, lease: HotLease): void {
  const nowMs = engine.clock.monoMs();
  const { takeOverMs } = leaseTiming(lease.ttlMs);
  lease.deadlineMs = nowMs + takeOverMs;
  lease.lastRenewalMs = nowMs;
  lease.isFreshened = false;
  engine.hot.timers.set(lease.deadlineMs + SLACK_MS, 'lease.expiry', lease.leaseId);
}

/** Renews what the runner names; each lease is judged alone. Never an entry: renewals are volatile. */
export function renewNamed(
  engine: Engine,
  sessionId: string,
  named: HeartbeatRequest['leases'],
  wakeups: Wakeups,
): HeartbeatAnswer['leases'] {
  return named.map(({ lease_id: leaseId, fence, progress, cost_mcu: costMcu }) => {
    const lease = engine.hot.lease(leaseId);
    if (lease !== undefined && lease.sessionId === sessionId && lease.fence === fence) {
      if (lease.startedPlaneMs !== null) {
        renewLease(engine, lease);
        lease.renewals++;
      }
      if (costMcu !== undefined) noteCost(engine, wakeups, lease, costMcu);
      if (progress !== undefined) noteProgress(engine, lease, progress.percent, progress.message);
      const directive =
        lease.directive === null ? {} : { directive: lease.directive.kind, reason: lease.directive.reason };
      const approval = answerOf(lease);
      return { lease_id: leaseId, state: 'active' as const, ttl_ms: lease.ttlMs, ...directive, ...approval };
    }
    const ended = lease ?? endedLease(engine.state.db, leaseId);
    if (ended === undefined) return { lease_id: leaseId, state: 'ended' as const, ttl_ms: 0, code: 'not_found' };
    const job = engine.jobAt(ended.jobSeq);
    const isSuperseded = job.leaseId !== null || job.state === 'queued';
    return {
      lease_id: leaseId,
      state: isSuperseded ? ('superseded' as const) : ('ended' as const),
      ttl_ms: 0,
      code: 'conflict.lease_superseded',
      current_attempt: job.attempt,
    };
  });
}

/** The answer to the newest question of a run, repeated at each renewal. */
const answerOf = ({ question }: HotLease): { approval?: { approval_id: string; status: string } } =>
  question === null || question.status === 'pending'
    ? {}
    : { approval: { approval_id: question.approvalId, status: question.status } };
/** A reported cost that reaches the hold ends the attempt: what it may spend is spent. */
function noteCost(engine: Engine, wakeups: Wakeups, lease: HotLease, costMcu: number): void {
  lease.reportedMcu = costMcu;
  if (costMcu > 0 && costMcu >= lease.holdMcu)
    askToStop(engine, wakeups, lease, 'stop', 'budget_exhausted', 'budget_exhausted');
}

/** Output or progress: the attempt is not stalled. */
export function noteProgress(engine: Engine, lease: HotLease, percent?: number, message?: string): void {
  lease.lastSignOfWorkMs = engine.clock.monoMs();
  if (percent !== undefined) lease.progress.percent = percent;
  if (message !== undefined) lease.progress.message = message;
}
