import type { JobApproval } from '../contract/approval.ts';
import type { PlaneEvent } from '../contract/events.ts';
import type { JobSpec } from '../contract/job.ts';
import { expiredSentence, heldSentence } from '../domain/approvals/sentence.ts';
import { approvalById, approvalDeadlines } from '../state/queries/approvals.ts';
import type { CommandContext } from './commands/context.ts';
import { decided, plainAnswer } from './decided.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import type { HotLease } from './hot/lease.ts';
import { becomeReady } from './ready.ts';
import { refusedEvents } from './refuse.ts';
import { askToStop } from './stopping.ts';
import { SLACK_MS } from './timers.ts';

/** What a hold for a person writes: the record, the hold and the question, in the entry of what made it necessary. */
export interface HeldForApproval {
  approvalId: string;
  sentence: string;
  expiresMs: number;
  events: PlaneEvent[];
}

/** A job that asks for approval before it starts is held: no lease, no budget, and a question that names its digest. */
export function holdForApproval(engine: Engine, jobId: string, spec: JobSpec, digest: string): HeldForApproval | null {
  const { approval } = spec;
  if (approval?.when !== 'before_start') return null;
  const approvalId = engine.ids.make('approval');
  const sentence = heldSentence(approval);
  const { kinds, reason, expires_ms: expiresMs } = approval satisfies JobApproval;
  return {
    approvalId,
    sentence,
    expiresMs,
    events: [
      decided(engine, { job_id: jobId, supersedes: null }, plainAnswer(engine, 'held', sentence)),
      { type: 'job.state', body: { job_id: jobId, state: 'held', hold: 'approval', reason: null, sentence } },
      {
        type: 'approval.requested',
        body: {
          approval_id: approvalId,
          kind: 'before_start',
          job_id: jobId,
          sentence,
          digest,
          kinds,
          reason,
          expires_ms: expiresMs,
        },
      },
    ],
  };
}

/** The job may be placed again, after the rest of a backoff where one was running. */
export function releaseJob(engine: Engine, jobSeq: number): void {
  const job = engine.jobAt(jobSeq);
  becomeReady(engine, jobSeq, Math.max(0, job.readyPlaneMs - engine.planeMs));
}

/** Looks at a question again when its time is over. Time is the plane's own: no clock that is set moves it. */
export function armApproval(engine: Engine, approvalId: string, leftMs: number): void {
  engine.hot.timers.set(engine.clock.monoMs() + Math.max(0, leftMs) + SLACK_MS, 'approval.expiry', approvalId);
}

/** Nobody answered in time: the job is refused, or its run is stopped. */
export function onApprovalDue(ctx: CommandContext, approvalId: string): void {
  const { engine } = ctx;
  const approval = approvalById(engine.state.db, approvalId);
  if (approval?.status !== 'pending' || approval.expiresPlaneMs === null) return;
  if (engine.planeMs < approval.expiresPlaneMs) {
    armApproval(engine, approvalId, approval.expiresPlaneMs - engine.planeMs);
    return;
  }
  const { jobId } = approval;
  const expired: PlaneEvent = {
    type: 'approval.expired',
    body: {
      approval_id: approvalId,
      job_id: jobId,
      ...(approval.leaseId === null ? {} : { lease_id: approval.leaseId }),
      cause: 'time',
    },
  };
  if (jobId === null) {
    engine.emit(PLANE_ACTOR, [expired]);
    return;
  }
  const job = engine.job(jobId);
  const sentence = expiredSentence(lifetimeOf(engine, approval.seq));
  if (approval.kind === 'before_start') {
    engine.emit(PLANE_ACTOR, [expired, ...refusedEvents(engine, job, 'approval.expired', sentence)], {}, job);
    return;
  }
  engine.emit(PLANE_ACTOR, [expired], {}, job);
  const lease = approval.leaseId === null ? undefined : engine.hot.lease(approval.leaseId);
  if (lease !== undefined) stopUnapproved(ctx, lease, sentence);
}

/** How long the question was to live, ms, from its own entry. */
export function lifetimeOf(engine: Engine, seq: number): number {
  const asked = engine.entry(seq).events.find((e) => e.type === 'approval.requested');
  return asked?.type === 'approval.requested' ? (asked.body.expires_ms ?? 0) : 0;
}

/** A run without its yes ends: it is told to stop, and its job fails for good. */
export const stopUnapproved = (ctx: CommandContext, lease: HotLease, sentence: string): void =>
  askToStop(ctx.engine, ctx.wakeups, lease, 'stop', 'rejected', sentence);

/** The questions that were open when the plane stopped; a run whose question was answered with no is told so again. */
export function startApprovals(ctx: CommandContext): void {
  const { engine } = ctx;
  for (const { approvalId, expiresPlaneMs } of approvalDeadlines(engine.state.db))
    armApproval(engine, approvalId, expiresPlaneMs - engine.planeMs);
  for (const lease of engine.hot.leases.values()) {
    const status = lease.question?.status;
    if (status === 'rejected' || status === 'expired') stopUnapproved(ctx, lease, 'Its approval was not given.');
  }
}
