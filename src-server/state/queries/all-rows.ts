import type { Database, SqlValue } from '../database.ts';

/** Whole tables, for checks that recompute them from the log. */

export interface JobFacts {
  seq: number;
  jobId: string;
  state: string;
  hold: string | null;
  isStopping: boolean;
  signature: string;
  priority: number;
  attempt: number;
  maxAttempts: number;
  fallback: number;
  leaseId: string | null;
  sourceId: string | null;
  lastSeq: number;
  queuedPlaneMs: number;
  readyPlaneMs: number;
  approval: number;
  wuId: string;
}

const JOB = `SELECT j.seq, j.job_id, j.state, j.hold, j.stopping, b.signature, j.priority, j.attempt, j.max_attempts, j.fallback, j.lease_id,
  j.source_id, j.last_seq, j.queued_plane_ms, j.ready_plane_ms, j.approval, j.wu_id FROM job j JOIN bucket b ON b.bucket = j.bucket`;
const toJob = (r: SqlValue[]): JobFacts => ({
  seq: r[0] as number,
  jobId: r[1] as string,
  state: r[2] as string,
  hold: r[3] as string | null,
  isStopping: r[4] === 1,
  signature: r[5] as string,
  priority: r[6] as number,
  attempt: r[7] as number,
  maxAttempts: r[8] as number,
  fallback: r[9] as number,
  leaseId: r[10] as string | null,
  sourceId: r[11] as string | null,
  lastSeq: r[12] as number,
  queuedPlaneMs: r[13] as number,
  readyPlaneMs: r[14] as number,
  approval: r[15] as number,
  wuId: r[16] as string,
});

export const allJobFacts = (db: Database): JobFacts[] => db.all(JOB).map(toJob);
const JOB_BY_ID = `${JOB} WHERE j.job_id = ?`;
export const jobFacts = (db: Database, jobId: string): JobFacts | undefined => {
  const row = db.get(JOB_BY_ID, [jobId]);
  return row === undefined ? undefined : toJob(row);
};

export const allApprovals = (db: Database) =>
  db.all('SELECT approval_id, status, digest, lease_id, expires_plane_ms FROM approval').map((r) => ({
    approvalId: r[0] as string,
    status: r[1] as string,
    digest: r[2] as string | null,
    leaseId: r[3] as string | null,
    expiresPlaneMs: r[4] as number | null,
  }));

export const allEndedLeases = (db: Database): { leaseId: string; state: string; outcome: string }[] =>
  db
    .all('SELECT lease_id, state, outcome FROM ended_lease')
    .map((r) => ({ leaseId: r[0] as string, state: r[1] as string, outcome: r[2] as string }));
