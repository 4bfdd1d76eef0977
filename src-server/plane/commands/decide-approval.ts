import type { ApprovalEffects } from '../../contract/approval.ts';
import type { ApprovalEnd, PlaneEvent } from '../../contract/events.ts';
import { ProblemError } from '../../contract/problems.ts';
import { judgeAnswer } from '../../domain/approvals/judge-answer.ts';
import { approvedSentence, rejectedSentence } from '../../domain/approvals/sentence.ts';
import { type ApprovalRow, approvalById } from '../../state/queries/approvals.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import { releaseJob, stopUnapproved } from '../approval-gate.ts';
import type { Engine } from '../engine.ts';
import { offerToAsks } from '../placing.ts';
import { refusedEvents } from '../refuse.ts';
import { approvalEffects } from '../views/approval-effects.ts';
import type { Actor, CommandContext } from './context.ts';

export interface ApprovalAnswer {
  decision: 'approved' | 'rejected';
  reason?: string | null | undefined;
  /** The digest that the answerer saw. */
  digest?: string | undefined;
}

/**
 * Answers a question about a job, a run, or of an SDK client. The same answer again changes nothing.
 * @throws ProblemError `not_found`, `approval.not_yours`, `approval.job_changed`, `conflict.state`.
 */
export function decideApproval(ctx: CommandContext, actor: Actor, approvalId: string, answer: ApprovalAnswer): void {
  const { engine } = ctx;
  const approval = approvalById(engine.state.db, approvalId);
  if (approval === undefined)
    throw new ProblemError('not_found', `There is no approval ${approvalId} in this workspace.`);
  const job = approval.jobId === null ? null : engine.job(approval.jobId);
  const judged = judgeAnswer(
    { kind: approval.kind, status: approval.status, digest: approval.digest, askedBy: askersOf(engine, approval, job) },
    { decision: answer.decision, digest: answer.digest ?? null, by: actor },
    job === null ? null : engine.submitted(job.seq).digest,
    engine.hot.policy.fourEyes,
  );
  if (judged.verdict === 'repeat') return;
  if (judged.verdict === 'refuse') throw new ProblemError(judged.code, judged.detail, nowOf(engine, job));
  const reason = answer.reason ?? null;
  if (job === null) engine.emit(actor, [answered(approval, answer.decision, reason, null)]);
  else if (approval.kind === 'fallback') answerFallback(engine, actor, approval, job, answer.decision, reason);
  else if (approval.kind === 'before_start') answerBeforeStart(engine, actor, approval, job, answer.decision, reason);
  else answerRun(ctx, actor, approval, job, answer.decision, reason);
}

/** Everybody whose own request this is: four-eyes wants another person than who submitted the job or changed it last. */
export function askersOf(engine: Engine, approval: ApprovalRow, job: JobRow | null): string[] {
  if (job === null) return [approval.requestedBy];
  const editSeq = engine.hot.specSeqs.get(job.seq);
  const { submittedBy } = engine.submittedFirst(job.seq);
  return editSeq === undefined ? [submittedBy] : [...new Set([submittedBy, engine.entry(editSeq).actor.id])];
}

/** What the refused answerer should look at: the job as it is now. */
function nowOf(engine: Engine, job: JobRow | null): Record<string, unknown> {
  return job === null ? {} : { job_id: job.jobId, job_state: job.state, digest: engine.submitted(job.seq).digest };
}

function answered(
  approval: ApprovalRow,
  decision: ApprovalAnswer['decision'],
  reason: string | null,
  effects: ApprovalEffects | null,
): PlaneEvent {
  const end: ApprovalEnd = {
    approval_id: approval.approvalId,
    job_id: approval.jobId,
    ...(approval.leaseId === null ? {} : { lease_id: approval.leaseId }),
    ...(approval.digest === null ? {} : { digest: approval.digest }),
  };
  return decision === 'approved'
    ? { type: 'approval.approved', body: { ...end, reason, ...(effects === null ? {} : { effects }) } }
    : { type: 'approval.rejected', body: { ...end, reason } };
}

/** Approved: the second side may take it; rejected: it waits for the first. */
function answerFallback(
  engine: Engine,
  actor: Actor,
  approval: ApprovalRow,
  job: JobRow,
  decision: ApprovalAnswer['decision'],
  reason: string | null,
): void {
  const sentence =
    decision === 'approved' ? `${actor.id} let the other side take it.` : `${actor.id} keeps it on its own side.`;
  engine.emit(
    actor,
    [
      answered(approval, decision, reason, null),
      { type: 'job.state', body: { job_id: job.jobId, state: 'queued', hold: null, reason, sentence } },
    ],
    {},
    job,
  );
  engine.hot.queue.ready(engine.jobAt(job.seq));
  offerToAsks(engine);
}

function answerBeforeStart(
  engine: Engine,
  actor: Actor,
  approval: ApprovalRow,
  job: JobRow,
  decision: ApprovalAnswer['decision'],
  reason: string | null,
): void {
  if (decision === 'rejected') {
    const refused = refusedEvents(engine, job, 'approval.rejected', rejectedSentence(actor.id, reason));
    engine.emit(actor, [answered(approval, decision, reason, null), ...refused], {}, job);
    return;
  }
  const { spec } = engine.submitted(job.seq);
  // What the approver was shown stays with the answer; the command is in the job's own entry already.
  const effects = { ...approvalEffects(engine, spec), command: null };
  const sentence = approvedSentence(actor.id, reason);
  engine.emit(
    actor,
    [
      answered(approval, decision, reason, effects),
      { type: 'job.state', body: { job_id: job.jobId, state: 'queued', hold: null, reason, sentence } },
    ],
    {},
    job,
  );
  releaseJob(engine, job.seq);
}

/** The run learns it from its long poll or its next renewal; a no stops it, and its job fails. */
function answerRun(
  ctx: CommandContext,
  actor: Actor,
  approval: ApprovalRow,
  job: JobRow,
  decision: ApprovalAnswer['decision'],
  reason: string | null,
): void {
  const { engine } = ctx;
  engine.emit(actor, [answered(approval, decision, reason, null)], {}, job);
  const lease = approval.leaseId === null ? undefined : engine.hot.lease(approval.leaseId);
  if (lease === undefined) return;
  lease.lastSignOfWorkMs = engine.clock.monoMs();
  if (decision === 'rejected') stopUnapproved(ctx, lease, rejectedSentence(actor.id, reason));
  ctx.wakeups.wake(lease.sessionId);
}
