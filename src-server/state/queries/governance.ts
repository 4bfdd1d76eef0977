import type { Database, SqlValue } from '../database.ts';

export interface ApprovalRow {
  approvalId: string;
  kind: 'fallback';
  jobId: string;
  status: 'pending' | 'approved' | 'rejected' | 'expired';
  sentence: string;
  requestedAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
  decisionReason: string | null;
  seq: number;
  wuId: string;
  title: string;
}
const SELECT = `SELECT a.approval_id, a.kind, a.job_id, a.status, a.sentence, a.requested_at, a.decided_at, a.decided_by, a.decision_reason, a.seq,
  j.wu_id, j.title FROM approval a JOIN job j ON j.job_id = a.job_id`;
const toRow = (r: SqlValue[]): ApprovalRow => ({
  approvalId: r[0] as string,
  kind: r[1] as 'fallback',
  jobId: r[2] as string,
  status: r[3] as ApprovalRow['status'],
  sentence: r[4] as string,
  requestedAt: r[5] as string,
  decidedAt: r[6] as string | null,
  decidedBy: r[7] as string | null,
  decisionReason: r[8] as string | null,
  seq: r[9] as number,
  wuId: r[10] as string,
  title: r[11] as string,
});

export const approvalById = (db: Database, approvalId: string): ApprovalRow | undefined => {
  const row = db.get(`${SELECT} WHERE a.approval_id = ?`, [approvalId]);
  return row === undefined ? undefined : toRow(row);
};
/** The question that holds a job now. */
export const pendingApprovalOf = (db: Database, jobId: string): ApprovalRow | undefined => {
  const row = db.get(`${SELECT} WHERE a.job_id = ? AND a.status = 'pending'`, [jobId]);
  return row === undefined ? undefined : toRow(row);
};
/** Newest first. */
export const listApprovals = (db: Database, beforeSeq: number, limit: number): ApprovalRow[] =>
  db.all(`${SELECT} WHERE a.seq < ? ORDER BY a.seq DESC LIMIT ?`, [beforeSeq, limit]).map(toRow);
export const countPendingApprovals = (db: Database): number =>
  Number(db.get("SELECT count(*) FROM approval WHERE status = 'pending'")?.[0] ?? 0);

/** Newest version first. */
export const listPolicies = (db: Database, beforeVersion: number, limit: number) =>
  db
    .all('SELECT body, at, by FROM policy WHERE version < ? ORDER BY version DESC LIMIT ?', [beforeVersion, limit])
    .map((r) => ({ body: JSON.parse(String(r[0])) as Record<string, unknown>, at: String(r[1]), by: String(r[2]) }));

/** Refusals since `sinceMs` (wall), by cause. */
export const refusalsSince = (db: Database, sinceMs: number): Map<string, number> =>
  new Map(
    db
      .all('SELECT cause, count(*) FROM refusal WHERE at_ms >= ? GROUP BY cause', [sinceMs])
      .map((r) => [String(r[0]), Number(r[1])]),
  );

export const spentOnDay = (db: Database, day: string, side: string): number =>
  Number(db.get('SELECT spent_mcu FROM use_by_day WHERE day = ? AND side = ?', [day, side])?.[0] ?? 0);
export const heldInScope = (db: Database, scope: string): number =>
  Number(db.get('SELECT held_mcu FROM use_by_scope WHERE scope = ?', [scope])?.[0] ?? 0);
