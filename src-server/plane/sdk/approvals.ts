import { APPROVAL_EXPIRES_DEFAULT_MS } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import { SDK_ITEM_LIMIT_BYTES, type SdkApproval, type SdkApprovalRequest } from '../../contract/sdk.ts';
import type { ApprovalState } from '../../contract/terms.ts';
import { type ApprovalRow, approvalById, listApprovals } from '../../state/queries/approvals.ts';
import { armApproval } from '../approval-gate.ts';
import type { CommandContext } from '../commands/context.ts';
import { decideApproval } from '../commands/decide-approval.ts';
import type { Engine } from '../engine.ts';
import { cursorOf, keyOfCursor } from '../views/page.ts';
import { keyActor } from './sessions.ts';

const SUBJECT_CHARS = 200;

/** Puts the question of an SDK client into the inbox. It is about no job of ours; the plane ends it when its time is over. */
export function requestSdkApproval(ctx: CommandContext, prefix: string, body: SdkApprovalRequest): SdkApproval {
  const { engine } = ctx;
  const approvalId = engine.ids.make('approval');
  const asked = JSON.stringify({
    subject: body.subject,
    context: body.context,
    requester_id: body.requester_id,
    requester_type: body.requester_type,
  });
  if (Buffer.byteLength(asked) > SDK_ITEM_LIMIT_BYTES)
    throw new ProblemError('field.invalid', 'Send less context: a question may have 16 KiB.', {
      errors: [{ pointer: '/context', message: 'is too large' }],
    });
  const subject = typeof body.subject === 'string' ? body.subject : JSON.stringify(body.subject);
  engine.emit(keyActor(prefix), [
    {
      type: 'approval.requested',
      body: {
        approval_id: approvalId,
        kind: 'sdk',
        job_id: null,
        sentence: `${body.type}: ${subject.slice(0, SUBJECT_CHARS)}`,
        kinds: [body.type],
        subject: subject.slice(0, 500),
        // What came is kept as JSON text: an entry holds no fractions.
        context: { json: asked },
        expires_ms: APPROVAL_EXPIRES_DEFAULT_MS,
      },
    },
  ]);
  armApproval(engine, approvalId, APPROVAL_EXPIRES_DEFAULT_MS);
  return sdkApprovalView(engine, approvalById(engine.state.db, approvalId) as ApprovalRow);
}

/** Answers a question that came through SDK v1. @throws ProblemError as `decideApproval`. */
export function resolveSdkApproval(
  ctx: CommandContext,
  prefix: string,
  answer: { approval_id: string; decision: 'approved' | 'rejected'; reason: string | null },
): SdkApproval {
  decideApproval(ctx, keyActor(prefix), answer.approval_id, { decision: answer.decision, reason: answer.reason });
  return sdkApprovalView(ctx.engine, approvalById(ctx.engine.state.db, answer.approval_id) as ApprovalRow);
}

/** Questions that came through SDK v1, newest first. */
export function listSdkApprovals(
  engine: Engine,
  query: { status?: ApprovalState | undefined; cursor?: string | undefined; limit: number },
): { approvals: SdkApproval[]; next_cursor?: string } {
  const rows = listApprovals(engine.state.db, {
    kinds: ['sdk'],
    statuses: query.status === undefined ? undefined : [query.status],
    beforeSeq: keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER,
    limit: query.limit + 1,
  });
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    approvals: shown.map((row) => sdkApprovalView(engine, row)),
    ...(rows.length > shown.length && last !== undefined ? { next_cursor: cursorOf(last.seq) } : {}),
  };
}

function sdkApprovalView(engine: Engine, row: ApprovalRow): SdkApproval {
  const asked = engine.entry(row.seq).events.find((e) => e.type === 'approval.requested');
  const json = asked?.type === 'approval.requested' ? asked.body.context?.json : undefined;
  const told = typeof json === 'string' ? (JSON.parse(json) as Partial<SdkApproval>) : {};
  return {
    approval_id: row.approvalId,
    workspace_id: engine.workspaceId,
    type: row.kinds[0] ?? 'action',
    status: row.status,
    subject: told.subject ?? row.subject,
    ...(told.context === undefined ? {} : { context: told.context }),
    requester_id: told.requester_id ?? row.requestedBy,
    requester_type: told.requester_type ?? 'api_key',
    ...(row.decidedBy === null
      ? {}
      : { reviewer_id: row.decidedBy, reviewer_type: row.decidedBy.startsWith('api_key:') ? 'api_key' : 'operator' }),
    ...(row.decisionReason === null ? {} : { decision_reason: row.decisionReason }),
    requested_at: row.requestedAt,
    ...(row.decidedAt === null ? {} : { decided_at: row.decidedAt }),
  };
}
