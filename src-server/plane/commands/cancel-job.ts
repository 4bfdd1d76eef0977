import { ProblemError } from '../../contract/problems.ts';
import { isTerminal } from '../../domain/jobs/transitions.ts';
import { pendingApprovalOf } from '../../state/queries/approvals.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import { askToStop } from '../stopping.ts';
import type { Actor, CommandContext } from './context.ts';

/**
 * Cancels a job. Without a lease it is over at once; with one its runner is asked to stop and the job shows `stopping`
 * until the process is gone.
 * @throws ProblemError `conflict.state` when the job is over already.
 */
export function cancelJob(ctx: CommandContext, actor: Actor, jobId: string, reason: string | null): void {
  const job = ctx.engine.job(jobId);
  if (isTerminal(job.state))
    throw new ProblemError('conflict.state', `The job is ${job.state} already; a job that is over never changes.`);
  cancelRow(ctx, actor, job, reason);
}

/** As `cancelJob`, for a job that is known to be open. */
export function cancelRow(ctx: CommandContext, actor: Actor, job: JobRow, reason: string | null): void {
  const { engine } = ctx;
  const lease = job.leaseId === null ? undefined : engine.hot.lease(job.leaseId);
  const sentence = `Canceled by ${actor.id}${reason === null ? '' : `: ${reason}`}.`;
  if (lease === undefined) {
    const approval = pendingApprovalOf(engine.state.db, job.jobId);
    engine.emit(
      actor,
      [
        ...(approval === undefined
          ? []
          : [{ type: 'approval.expired' as const, body: { approval_id: approval.approvalId, job_id: job.jobId } }]),
        { type: 'job.state', body: { job_id: job.jobId, state: 'canceled', hold: null, reason, sentence } },
      ],
      {},
      job,
    );
    return;
  }
  if (!job.isStopping)
    engine.emit(
      actor,
      [{ type: 'job.cancel_requested', body: { job_id: job.jobId, reason } }],
      { attempt: lease.attempt, fence: lease.fence },
      job,
    );
  askToStop(engine, ctx.wakeups, lease, 'cancel', 'cancel', sentence);
}
