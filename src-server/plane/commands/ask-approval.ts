import type { ApprovalAnswer, ApprovalAsk } from '../../contract/approval.ts';
import { ProblemError } from '../../contract/problems.ts';
import { midRunSentence } from '../../domain/approvals/sentence.ts';
import { type ApprovalRow, approvalById } from '../../state/queries/approvals.ts';
import { armApproval } from '../approval-gate.ts';
import type { Engine } from '../engine.ts';
import { idempotencyRef } from '../grants.ts';
import { fenced } from '../leases.ts';
import type { CommandContext, Idempotency } from './context.ts';
import { sign } from './sign-of-life.ts';

/** The answer to a question as its run reads it. */
export function questionView(engine: Engine, row: ApprovalRow): ApprovalAnswer {
  const isOpen = row.status === 'pending' && row.expiresPlaneMs !== null;
  return {
    approval_id: row.approvalId,
    status: row.status,
    reason: row.decisionReason,
    expires_in_ms: isOpen ? Math.max(0, (row.expiresPlaneMs as number) - engine.planeMs) : null,
  };
}

/**
 * A run asks a person. It goes on running and keeps its lease; it is not taken for stalled while it waits.
 * @throws ProblemError `conflict.lease_superseded`; `conflict.state` before its start, or while another question is open.
 */
export function askApproval(
  ctx: CommandContext,
  sessionId: string,
  leaseId: string,
  ask: ApprovalAsk,
  idempotency: Idempotency | null,
): ApprovalAnswer {
  const { engine } = ctx;
  const again = idempotency === null ? null : repeatedAsk(ctx, idempotency);
  if (again !== null) return again;
  const lease = fenced(engine, ctx.rejected, sessionId, leaseId, ask.fence, 'approval');
  sign(engine, engine.hot.fleet.placeOf(lease));
  if (lease.startedPlaneMs === null) throw new ProblemError('conflict.state', 'Start the attempt before it asks.');
  if (lease.question?.status === 'pending') {
    const open = approvalById(engine.state.db, lease.question.approvalId) as ApprovalRow;
    if (open.reason === ask.reason) return questionView(engine, open);
    throw new ProblemError('conflict.state', `One question at a time: ${open.approvalId} is still open.`);
  }
  if (lease.question !== null && lease.question.status !== 'approved')
    throw new ProblemError(
      'conflict.state',
      `Its approval was ${lease.question.status}: this attempt is being stopped.`,
    );
  const { spec, digest } = engine.submitted(lease.jobSeq);
  const approvalId = engine.ids.make('approval');
  const expiresMs = ask.expires_ms ?? spec.approval?.expires_ms ?? null;
  const sentence = midRunSentence(ask.reason);
  engine.emit(
    { kind: 'runner', id: sessionId },
    [
      {
        type: 'approval.requested',
        body: {
          approval_id: approvalId,
          kind: 'on_request',
          job_id: lease.jobId,
          lease_id: leaseId,
          sentence,
          digest,
          kinds: ask.kinds,
          reason: ask.reason,
          ...(expiresMs === null ? {} : { expires_ms: expiresMs }),
        },
      },
    ],
    { attempt: lease.attempt, fence: lease.fence, ...idempotencyRef(idempotency) },
    engine.jobAt(lease.jobSeq),
  );
  if (expiresMs !== null) armApproval(engine, approvalId, expiresMs);
  return questionView(engine, approvalById(engine.state.db, approvalId) as ApprovalRow);
}

function repeatedAsk(ctx: CommandContext, idempotency: Idempotency): ApprovalAnswer | null {
  const { engine } = ctx;
  const [row] = engine.entriesOfKey(idempotency.key);
  if (row === undefined) return null;
  if (row.request !== idempotency.request)
    throw new ProblemError('idempotency.key_reused', 'Use a new Idempotency-Key for another question.');
  const asked = engine.entry(row.seq).events.find((e) => e.type === 'approval.requested');
  const approval =
    asked?.type === 'approval.requested' ? approvalById(engine.state.db, asked.body.approval_id) : undefined;
  return approval === undefined ? null : questionView(engine, approval);
}

/** What became of a question, for the session whose run asked it. @throws ProblemError `not_found`. */
export function readQuestion(engine: Engine, sessionId: string, leaseId: string, approvalId: string): ApprovalAnswer {
  const row = approvalById(engine.state.db, approvalId);
  const lease = engine.hot.lease(leaseId);
  if (row === undefined || row.leaseId !== leaseId || (lease !== undefined && lease.sessionId !== sessionId))
    throw new ProblemError('not_found', `There is no approval ${approvalId} of this lease.`);
  return questionView(engine, row);
}
