import type { AttemptOutcome, LeaseState } from '../../contract/terms.ts';
import type { Database, SqlValue } from '../database.ts';

/** A lease that ended; the newest 20,000 are kept. */
export interface EndedLeaseRow {
  leaseId: string;
  jobId: string;
  jobSeq: number;
  attempt: number;
  fence: number;
  sourceId: string;
  sessionId: string;
  state: LeaseState;
  outcome: AttemptOutcome;
  ttlMs: number;
  maxRuntimeMs: number;
  grantedMs: number;
  startedMs: number | null;
  endedMs: number;
  renewals: number;
  endSeq: number;
  wuId: string;
  title: string;
}

const SELECT = `SELECT e.lease_id, e.job_id, e.job_seq, e.attempt, e.fence, e.source_id, e.session_id, e.state, e.outcome, e.ttl_ms,
  e.max_runtime_ms, e.granted_ms, e.started_ms, e.ended_ms, e.renewals, e.end_seq, j.wu_id, j.title FROM ended_lease e JOIN job j ON j.seq = e.job_seq`;

const toRow = (r: SqlValue[]): EndedLeaseRow => ({
  leaseId: r[0] as string,
  jobId: r[1] as string,
  jobSeq: r[2] as number,
  attempt: r[3] as number,
  fence: r[4] as number,
  sourceId: r[5] as string,
  sessionId: r[6] as string,
  state: r[7] as LeaseState,
  outcome: r[8] as AttemptOutcome,
  ttlMs: r[9] as number,
  maxRuntimeMs: r[10] as number,
  grantedMs: r[11] as number,
  startedMs: r[12] as number | null,
  endedMs: r[13] as number,
  renewals: r[14] as number,
  endSeq: r[15] as number,
  wuId: r[16] as string,
  title: r[17] as string,
});

const BY_ID = `${SELECT} WHERE e.lease_id = ?`;
export const endedLease = (db: Database, leaseId: string): EndedLeaseRow | undefined => {
  const row = db.get(BY_ID, [leaseId]);
  return row === undefined ? undefined : toRow(row);
};

/** Newest fence first. */
export function listEndedLeases(
  db: Database,
  filter: { state?: string; sourceId?: string; beforeFence?: number; limit: number },
): EndedLeaseRow[] {
  const where: string[] = [];
  const params: SqlValue[] = [];
  if (filter.state !== undefined) {
    where.push('e.state = ?');
    params.push(filter.state);
  }
  if (filter.sourceId !== undefined) {
    where.push('e.source_id = ?');
    params.push(filter.sourceId);
  }
  if (filter.beforeFence !== undefined) {
    where.push('e.fence < ?');
    params.push(filter.beforeFence);
  }
  const clause = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  return db.all(`${SELECT} ${clause} ORDER BY e.fence DESC LIMIT ?`, [...params, filter.limit]).map(toRow);
}

/** Leases that ended after `sinceMs` (wall), for the lanes; at most `limit`, newest first. */
export const leasesEndedSince = (db: Database, sinceMs: number, limit: number): EndedLeaseRow[] =>
  db.all(`${SELECT} WHERE e.ended_ms >= ? ORDER BY e.fence DESC LIMIT ?`, [sinceMs, limit]).map(toRow);
