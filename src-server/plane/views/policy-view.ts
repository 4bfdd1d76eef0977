import type { Approval, Policy } from '../../contract/policy.ts';
import { type ApprovalRow, approvalById, listApprovals, listPolicies } from '../../state/queries/governance.ts';
import type { Engine } from '../engine.ts';
import { keyOfCursor, pageOf } from './page.ts';

const toPolicy = (row: ReturnType<typeof listPolicies>[number]): Policy => ({
  ...(row.body as unknown as Policy),
  published_at: row.at,
  published_by: row.by,
});

/** The policy in force. */
export function policyView(engine: Engine): Policy {
  const [row] = listPolicies(engine.state.db, Number.MAX_SAFE_INTEGER, 1);
  if (row === undefined) throw new Error('no policy was ever published');
  return toPolicy(row);
}

/** Newest version first. */
export const policyVersionsView = (
  engine: Engine,
  query: { cursor?: string | undefined; limit: number },
): { items: Policy[]; next_cursor: string | null } =>
  pageOf(
    listPolicies(engine.state.db, keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER, query.limit + 1).map(toPolicy),
    query.limit,
    (p) => p.version,
    (p) => p,
  );

const toApproval = (row: ApprovalRow): Approval => ({
  approval_id: row.approvalId,
  kind: row.kind,
  job_id: row.jobId,
  wu_id: row.wuId,
  title: row.title,
  status: row.status,
  sentence: row.sentence,
  requested_at: row.requestedAt,
  decided_at: row.decidedAt,
  decided_by: row.decidedBy,
  decision_reason: row.decisionReason,
});

/** One question to an operator; null when it is not of this workspace. */
export function approvalView(engine: Engine, approvalId: string): Approval | null {
  const row = approvalById(engine.state.db, approvalId);
  return row === undefined ? null : toApproval(row);
}

/** Newest first. */
export const listApprovalsView = (
  engine: Engine,
  query: { cursor?: string | undefined; limit: number },
): { items: Approval[]; next_cursor: string | null } =>
  pageOf(
    listApprovals(engine.state.db, keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER, query.limit + 1),
    query.limit,
    (a) => a.seq,
    toApproval,
  );
