import type { AttemptOutcome, LeaseState } from '../../contract/terms.ts';
import type { Database, SqlValue } from '../database.ts';
import { ENDED_LEASES_KEPT } from '../schema.ts';

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

export interface EndedLeaseFilter {
  state?: string | undefined;
  /** Of these sources only. */
  sourceIds?: readonly string[] | undefined;
  /** Ended at this moment (wall) or later. */
  endedSinceMs?: number | undefined;
  /** Tokens below this one, for the next page. */
  beforeFence?: number | undefined;
  limit: number;
}

/**
 * Newest fence first. The ring is walked backwards from the newest token, as a fence's slot follows from it: nothing is
 * sorted, and what does not match is never joined.
 * @param newestFence the newest token that was given out.
 */
export function listEndedLeases(db: Database, newestFence: number, filter: EndedLeaseFilter): EndedLeaseRow[] {
  const top = Math.min(newestFence, (filter.beforeFence ?? Number.MAX_SAFE_INTEGER) - 1);
  const where: string[] = [];
  const params: SqlValue[] = [];
  if (filter.state !== undefined) {
    where.push('e.state = ?');
    params.push(filter.state);
  }
  if (filter.sourceIds !== undefined) {
    where.push(`e.source_id IN (${filter.sourceIds.map(() => '?').join()})`);
    params.push(...filter.sourceIds);
  }
  if (filter.endedSinceMs !== undefined) {
    where.push('e.ended_ms >= ?');
    params.push(filter.endedSinceMs);
  }
  const more = where.map((clause) => ` AND ${clause}`).join('');
  const rows: SqlValue[][] = [];
  for (const turn of ['<=', '>'] as const) {
    if (rows.length >= filter.limit) break;
    // A lease that lived very long ends in the slot of a newer one: it is older than all that are kept, and left out.
    const sql = `${SELECT} WHERE e.slot ${turn} ? AND e.fence <= ? AND e.fence > ?${more} ORDER BY e.slot DESC LIMIT ?`;
    const bounds = [top % ENDED_LEASES_KEPT, top, newestFence - ENDED_LEASES_KEPT];
    rows.push(...db.all(sql, [...bounds, ...params, filter.limit - rows.length]));
  }
  return rows.map(toRow);
}

/** How many of the newest `limit` leases that ended were granted at `sinceMs` (wall) or later. */
export function countGrantedSince(db: Database, newestFence: number, sinceMs: number, limit: number): number {
  const at = newestFence % ENDED_LEASES_KEPT;
  const granted = (turn: string) =>
    `SELECT * FROM (SELECT granted_ms FROM ended_lease WHERE slot ${turn} ? ORDER BY slot DESC LIMIT ?)`;
  const sql = `SELECT count(*) FROM (${granted('<=')} UNION ALL ${granted('>')} LIMIT ?) WHERE granted_ms >= ?`;
  return Number(db.get(sql, [at, limit, at, limit, limit, sinceMs])?.[0] ?? 0);
}
