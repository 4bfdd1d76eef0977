import type { ApprovalKind, ApprovalState } from '../../contract/terms.ts';
import type { Database, SqlValue } from '../database.ts';

export interface ApprovalRow {
  approvalId: string;
  kind: ApprovalKind;
  jobId: string | null;
  status: ApprovalState;
  sentence: string;
  reason: string | null;
  kinds: string[];
  digest: string | null;
  leaseId: string | null;
  subject: string | null;
  requestedBy: string;
  expiresPlaneMs: number | null;
  requestedAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
  decisionReason: string | null;
  seq: number;
  decidedSeq: number | null;
  wuId: string | null;
  title: string | null;
}
const SELECT = `SELECT a.approval_id, a.kind, a.job_id, a.status, a.sentence, a.reason, a.kinds, a.digest, a.lease_id, a.subject, a.requested_by,
  a.expires_plane_ms, a.requested_at, a.decided_at, a.decided_by, a.decision_reason, a.seq, a.decided_seq, j.wu_id, j.title
  FROM approval a LEFT JOIN job j ON j.job_id = a.job_id`;
const toRow = (r: SqlValue[]): ApprovalRow => ({
  approvalId: r[0] as string,
  kind: r[1] as ApprovalKind,
  jobId: r[2] as string | null,
  status: r[3] as ApprovalState,
  sentence: r[4] as string,
  reason: r[5] as string | null,
  kinds: JSON.parse(r[6] as string) as string[],
  digest: r[7] as string | null,
  leaseId: r[8] as string | null,
  subject: r[9] as string | null,
  requestedBy: r[10] as string,
  expiresPlaneMs: r[11] as number | null,
  requestedAt: r[12] as string,
  decidedAt: r[13] as string | null,
  decidedBy: r[14] as string | null,
  decisionReason: r[15] as string | null,
  seq: r[16] as number,
  decidedSeq: r[17] as number | null,
  wuId: r[18] as string | null,
  title: r[19] as string | null,
});
const one = (row: SqlValue[] | undefined): ApprovalRow | undefined => (row === undefined ? undefined : toRow(row));

export const approvalById = (db: Database, approvalId: string): ApprovalRow | undefined =>
  one(db.get(`${SELECT} WHERE a.approval_id = ?`, [approvalId]));
/** The question that holds a job, or that its run asks, now. */
export const pendingApprovalOf = (db: Database, jobId: string): ApprovalRow | undefined =>
  one(db.get(`${SELECT} WHERE a.job_id = ? AND a.status = 'pending'`, [jobId]));
/** When questions that nobody answered yet expire, in plane time, the oldest first; some never do. */
export const approvalDeadlines = (db: Database): { approvalId: string; expiresPlaneMs: number }[] =>
  db
    .all(
      "SELECT approval_id, expires_plane_ms FROM approval WHERE status = 'pending' AND expires_plane_ms IS NOT NULL ORDER BY seq",
    )
    .map((r) => ({ approvalId: r[0] as string, expiresPlaneMs: r[1] as number }));
/** What runs asked midway, oldest first: read once at a start, as each of many live leases would search all of them. */
export const questionsOfRuns = (db: Database): { leaseId: string; approvalId: string; status: ApprovalState }[] =>
  db
    .all('SELECT lease_id, approval_id, status FROM approval WHERE lease_id IS NOT NULL ORDER BY seq')
    .map((r) => ({ leaseId: r[0] as string, approvalId: r[1] as string, status: r[2] as ApprovalState }));
/** The newest approval to start that was given before `beforeSeq` for a job of this WU and title. */
export const lastApproved = (db: Database, wuId: string, title: string, beforeSeq: number): ApprovalRow | undefined =>
  one(
    db.get(
      `${SELECT} WHERE a.kind = 'before_start' AND a.status = 'approved' AND a.seq < ? AND j.wu_id = ? AND j.title = ? ORDER BY a.seq DESC LIMIT 1`,
      [beforeSeq, wuId, title],
    ),
  );

export interface ApprovalFilter {
  statuses?: readonly string[] | undefined;
  kinds?: readonly string[] | undefined;
  jobId?: string | undefined;
  beforeSeq: number;
  limit: number;
}
/** Newest first. */
export function listApprovals(db: Database, filter: ApprovalFilter): ApprovalRow[] {
  const where = ['a.seq < ?'];
  const params: SqlValue[] = [filter.beforeSeq];
  const oneOf = (column: string, values: readonly string[] | undefined): void => {
    if (values === undefined) return;
    where.push(`${column} IN (${values.map(() => '?').join()})`);
    params.push(...values);
  };
  oneOf('a.status', filter.statuses);
  oneOf('a.kind', filter.kinds);
  oneOf('a.job_id', filter.jobId === undefined ? undefined : [filter.jobId]);
  const sql = `${SELECT} WHERE ${where.join(' AND ')} ORDER BY a.seq DESC LIMIT ?`;
  return db.all(sql, [...params, filter.limit]).map(toRow);
}
/** @param kind of one kind only. */
export const countPendingApprovals = (db: Database, kind: ApprovalKind | null = null): number =>
  Number(
    db.get("SELECT count(*) FROM approval WHERE status = 'pending' AND (?1 IS NULL OR kind = ?1)", [kind])?.[0] ?? 0,
  );

/** The question that waits longest. */
export const oldestPendingApproval = (db: Database): ApprovalRow | undefined =>
  one(db.get(`${SELECT} WHERE a.status = 'pending' ORDER BY a.seq LIMIT 1`));

/** Edited jobs: sequence of the job → sequence of the entry that holds its present specification. */
export const loadEdits = (db: Database): Map<number, number> =>
  new Map(db.all('SELECT job_seq, spec_seq FROM job_edit').map((r) => [r[0] as number, r[1] as number]));
