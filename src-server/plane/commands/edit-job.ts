import type { PlaneEvent } from '../../contract/events.ts';
import type { JobSpec } from '../../contract/job.ts';
import { ProblemError } from '../../contract/problems.ts';
import { requirementOf, signatureOf } from '../../domain/routing/requirement.ts';
import { pendingApprovalOf } from '../../state/queries/approvals.ts';
import { armApproval, holdForApproval, releaseJob } from '../approval-gate.ts';
import type { Actor, CommandContext } from './context.ts';
import { checkSpec, digestOf } from './submit-job.ts';

/** @throws ProblemError `conflict.state` unless the job waits, `conflict.job_changed` when it is another by now. */
export function checkEditable(ctx: CommandContext, jobId: string, baseDigest: string): void {
  const job = ctx.engine.job(jobId);
  if (job.state !== 'queued' && job.state !== 'held')
    throw new ProblemError(
      'conflict.state',
      `The job is ${job.state}; only a job that waits can be changed. Submit a new one instead.`,
    );
  const { digest } = ctx.engine.submitted(job.seq);
  if (digest !== baseDigest)
    throw new ProblemError('conflict.job_changed', 'The job was changed since. Look at it again and send its digest.', {
      digest,
    });
}

/**
 * Changes a job that waits. What was approved of it, or asked about it, is void: a question that is open expires, and a
 * job that needs approval asks again with its new digest. An edit that changes nothing does nothing.
 * @throws ProblemError as `checkEditable` and `checkSpec`; `field.invalid` for fewer attempts than it has started.
 */
export function editJob(ctx: CommandContext, actor: Actor, jobId: string, baseDigest: string, spec: JobSpec): void {
  const { engine } = ctx;
  checkEditable(ctx, jobId, baseDigest);
  checkSpec(spec);
  const job = engine.job(jobId);
  const before = engine.submitted(job.seq);
  const digest = digestOf(spec);
  if (digest === before.digest) return;
  if (spec.max_attempts <= job.attempt)
    throw new ProblemError('field.invalid', `It has started ${job.attempt} times already; allow more attempts.`, {
      errors: [{ pointer: '/max_attempts', message: `must be above ${job.attempt}` }],
    });
  const open = pendingApprovalOf(engine.state.db, jobId);
  const hold = holdForApproval(engine, jobId, spec, digest);
  const sentence = `Changed by ${actor.id}.`;
  const events: PlaneEvent[] = [
    ...(open === undefined
      ? []
      : [
          {
            type: 'approval.expired' as const,
            body: { approval_id: open.approvalId, job_id: jobId, cause: 'edited' as const },
          },
        ]),
    { type: 'job.edited', body: { job_id: jobId, spec, digest, digest_before: before.digest } },
    // Whatever held it speaks of the job as it was: it is judged afresh.
    ...(job.state === 'held'
      ? [
          {
            type: 'job.state' as const,
            body: { job_id: jobId, state: 'queued' as const, hold: null, reason: null, sentence },
          },
        ]
      : []),
    ...(hold?.events ?? []),
  ];
  engine.emit(actor, events, { bucket: signatureOf(requirementOf(spec)) }, job);
  engine.rememberSpec(job.seq, { ...before, spec, digest });
  if (hold !== null) armApproval(engine, hold.approvalId, hold.expiresMs);
  else releaseJob(engine, job.seq);
}
