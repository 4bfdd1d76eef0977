import { LAPSES_BEFORE_QUARANTINE, LATE_AFTER_MS, OFFLINE_AFTER_MS, START_WITHIN_MS } from '../contract/limits.ts';
import { pendingApprovalOf } from '../state/queries/approvals.ts';
import { type JobRow, jobBySeq } from '../state/queries/jobs.ts';
import { onAdmissionDue } from './admission-review.ts';
import { onApprovalDue } from './approval-gate.ts';
import type { CommandContext } from './commands/context.ts';
import { endUnseen } from './commands/end-session.ts';
import { expireCredential, isCredentialOver } from './commands/expire-credential.ts';
import { watchHealth } from './commands/sign-of-life.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import { onFallbackDue } from './fallback-asks.ts';
import type { TimerKind } from './hot/hot.ts';
import type { HotLease } from './hot/lease.ts';
import type { HotSource } from './hot/source.ts';
import { healthEvents } from './presence.ts';
import { becomeReady } from './ready.ts';
import { refuseJob } from './refuse.ts';
import { endUnseenSdk } from './sdk/unseen.ts';
import { settleLease } from './settlement.ts';
import { askToStop, budgetExhausted } from './stopping.ts';
import { SLACK_MS } from './timers.ts';
import { armUnseen } from './unseen.ts';

type Handler = (ctx: CommandContext, id: string) => void;
const withLease =
  (handle: (ctx: CommandContext, lease: HotLease) => void): Handler =>
  (ctx, id) => {
    const lease = ctx.engine.hot.lease(id);
    if (lease !== undefined) handle(ctx, lease);
  };
const withSource =
  (handle: (ctx: CommandContext, source: HotSource) => void): Handler =>
  (ctx, id) => {
    const source = ctx.engine.hot.fleet.place(id);
    if (source !== undefined && source.revoked === null) handle(ctx, source);
  };

const HANDLERS: Record<TimerKind, Handler> = {
  'lease.start': withLease(lapse),
  'lease.expiry': withLease(expire),
  'lease.runtime': withLease((ctx, lease) => {
    askToStop(
      ctx.engine,
      ctx.wakeups,
      lease,
      'stop',
      'timed_out',
      `It ran longer than its ${Math.round(lease.maxRuntimeMs / 1000)} s.`,
    );
  }),
  'lease.stall': withLease(stall),
  'lease.stop': withLease(revokeUnstopped),
  'job.ready': (ctx, id) => becomeReady(ctx.engine, Number(id)),
  'job.fallback': (ctx, id) => onFallbackDue(ctx.engine, Number(id)),
  'job.queue_limit': (ctx, id) => queueLimit(ctx.engine, Number(id)),
  'approval.expiry': onApprovalDue,
  'admission.expiry': onAdmissionDue,
  'source.late': withSource(lookAtHealth),
  'source.offline': withSource(lookAtHealth),
  'source.drain': withSource(drainDeadline),
  'session.unseen': endUnseen,
  'sdk.unseen': (ctx) => endUnseenSdk(ctx.engine),
  'credential.expiry'(ctx, id) {
    const enrollment = ctx.engine.hot.enrollments.get(id);
    if (enrollment?.state !== 'issued') return;
    if (isCredentialOver(ctx.engine, enrollment)) expireCredential(ctx.engine, enrollment);
    else armCredential(ctx.engine, id);
  },
};

/** Acts on a timer that fell due, if what it was set for still holds. */
export const handleTimer = (ctx: CommandContext, kind: TimerKind, id: string): void => HANDLERS[kind](ctx, id);

/** A grant that nobody started: given to somebody else, and three in a row tell against the source. */
function lapse(ctx: CommandContext, lease: HotLease): void {
  if (lease.startedPlaneMs !== null) return;
  const { engine } = ctx;
  const source = engine.hot.fleet.placeOf(lease);
  source.lapsesInRow++;
  if (source.lapsesInRow >= LAPSES_BEFORE_QUARANTINE && source.state !== 'quarantined') {
    const reason = `It took ${source.lapsesInRow} leases in a row and started none. Run its doctor, then resume it.`;
    engine.emit(PLANE_ACTOR, healthEvents(source, 'quarantined', reason), { source: source.sourceId });
  }
  settleLease(engine, PLANE_ACTOR, lease, {
    state: 'expired',
    outcome: 'lapsed',
    reason: `Lease ${lease.fence} on ${source.name} lapsed, not started within ${START_WITHIN_MS / 1000} s.`,
  });
}

function expire(ctx: CommandContext, lease: HotLease): void {
  const { engine } = ctx;
  // Until its start a lease lives by the time it has to be started in.
  if (lease.startedPlaneMs === null || engine.clock.monoMs() < lease.deadlineMs + SLACK_MS) return;
  const source = engine.hot.fleet.placeOf(lease);
  const quietMs = Math.max(0, engine.clock.monoMs() - lease.lastRenewalMs);
  settleLease(engine, PLANE_ACTOR, lease, {
    state: 'expired',
    outcome: 'lost',
    reason: `Lease ${lease.fence} on ${source.name} expired, not renewed for ${Math.round(quietMs / 1000)} s.`,
  });
}

function stall(ctx: CommandContext, lease: HotLease): void {
  const { engine } = ctx;
  const stallMs = engine.submitted(lease.jobSeq).spec.stall_ms;
  if (stallMs === null) return;
  // Waiting for a person is no stall: its time starts again when the answer is there.
  if (lease.question?.status === 'pending') lease.lastSignOfWorkMs = engine.clock.monoMs();
  const dueMs = lease.lastSignOfWorkMs + stallMs + SLACK_MS;
  if (engine.clock.monoMs() < dueMs) engine.hot.timers.set(dueMs, 'lease.stall', lease.leaseId);
  else
    askToStop(
      engine,
      ctx.wakeups,
      lease,
      'stop',
      'stalled',
      `No output and no progress for ${Math.round(stallMs / 1000)} s.`,
    );
}

const OUTCOME_OF_CAUSE = {
  cancel: 'canceled',
  drain: 'given_back',
  timed_out: 'timed_out',
  stalled: 'stalled',
  rejected: 'rejected',
  admission: 'revoked',
  budget_exhausted: 'budget_exhausted',
} as const;

/** The runner did not say in time that the process is gone: the lease is fenced without it. */
function revokeUnstopped(ctx: CommandContext, lease: HotLease): void {
  const { directive } = lease;
  if (directive === null) return;
  const outcome = OUTCOME_OF_CAUSE[directive.cause];
  settleLease(ctx.engine, PLANE_ACTOR, lease, {
    state: 'revoked',
    outcome,
    reason: `${directive.cause === 'budget_exhausted' ? budgetExhausted(lease) : directive.reason} The runner did not confirm in time; its lease was revoked.`,
  });
}

/** The shorter of the job's own limit and the policy's, ms; null where neither sets one. */
export function queueLimitOf(engine: Engine, job: JobRow): number | null {
  const limits = [job.maxQueueMs, engine.hot.policy.refuseAfterMs].filter((ms): ms is number => ms !== null);
  return limits.length === 0 ? null : Math.min(...limits);
}

function queueLimit(engine: Engine, jobSeq: number): void {
  const job = jobBySeq(engine.state.db, jobSeq);
  if (job === undefined || (job.state !== 'queued' && job.state !== 'held')) return;
  // A wait for a person has an end of its own; the time in the queue counts from there.
  if (job.hold === 'approval') return;
  const limitMs = queueLimitOf(engine, job);
  if (limitMs === null) return;
  const waitedMs = engine.planeMs - job.queuedPlaneMs;
  if (waitedMs < limitMs)
    engine.hot.timers.set(engine.clock.monoMs() + limitMs - waitedMs + SLACK_MS, 'job.queue_limit', String(jobSeq));
  else {
    const approval = pendingApprovalOf(engine.state.db, job.jobId);
    refuseJob(
      engine,
      job,
      'queue.too_long',
      tooLongSentence(waitedMs, limitMs),
      PLANE_ACTOR,
      approval?.approvalId ?? null,
    );
  }
}

export const tooLongSentence = (waitedMs: number, limitMs: number): string =>
  `Waited ${Math.round(waitedMs / 1000)} s in the queue, the limit is ${Math.round(limitMs / 1000)} s.`;

/** Late or offline by how long it has been quiet, whatever it was when this look was planned: it may have come back since. */
function lookAtHealth(ctx: CommandContext, source: HotSource): void {
  const { engine } = ctx;
  const quietMs = engine.clock.monoMs() - (source.lastSeenMs ?? 0);
  if (quietMs > OFFLINE_AFTER_MS) {
    source.isWatched = false;
    goOffline(engine, source, `No heartbeat for ${Math.round(quietMs / 60_000)} min.`, PLANE_ACTOR);
    return;
  }
  if (quietMs > LATE_AFTER_MS && source.state === 'online')
    engine.emit(PLANE_ACTOR, healthEvents(source, 'late'), { source: source.sourceId });
  watchHealth(engine, source);
}

/** The source is gone and its session lost; its key brings it back at any later time. */
export function goOffline(
  engine: Engine,
  source: HotSource,
  reason: string,
  actor: Parameters<Engine['emit']>[0],
): void {
  const session = source.sessionId === null ? undefined : engine.hot.fleet.sessions.get(source.sessionId);
  const isLive = session !== undefined && (session.state === 'active' || session.state === 'draining');
  const isShown = source.state === 'online' || source.state === 'late';
  if (!isLive && !isShown) return;
  engine.emit(
    actor,
    [
      ...(isLive
        ? [{ type: 'session.state' as const, body: { session_id: session.sessionId, state: 'lost' as const, reason } }]
        : []),
      ...(isShown ? healthEvents(source, 'offline', reason) : []),
    ],
    { source: source.sourceId },
  );
  armUnseen(engine, source);
}

function drainDeadline(ctx: CommandContext, source: HotSource): void {
  if (source.draining === null) return;
  for (const leaseId of [...source.activeLeases]) {
    const lease = ctx.engine.hot.lease(leaseId);
    if (lease !== undefined)
      askToStop(
        ctx.engine,
        ctx.wakeups,
        lease,
        'stop',
        'drain',
        `${source.name} is drained and its deadline has passed.`,
      );
  }
}

/** Looks at the credential again when its time is over. */
export function armCredential(engine: Engine, enrollmentId: string): void {
  const enrollment = engine.hot.enrollments.get(enrollmentId);
  if (enrollment?.state !== 'issued') return;
  const leftMs = Math.max(0, enrollment.ttlMs - (engine.planeMs - enrollment.issuedPlaneMs));
  engine.hot.timers.set(engine.clock.monoMs() + leftMs + SLACK_MS, 'credential.expiry', enrollmentId);
}
