import type { Database, SqlValue } from '../database.ts';
import { ENDED_LEASE, JOB } from '../schema.ts';

/** Everything that the plane holds in memory is read from the state here, once, at the start. */

const json = <T>(value: SqlValue | undefined): T => JSON.parse(String(value)) as T;
const jsonOrNull = <T>(value: SqlValue | undefined): T | null =>
  value === null || value === undefined ? null : json<T>(value);
const text = (value: SqlValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

export interface SourceRow {
  sourceId: string;
  name: string;
  kind: string;
  side: string;
  state: string;
  stateReason: string | null;
  capacity: number;
  offered: number;
  labels: Record<string, string>;
  pinnedClass: string | null;
  ownClass: string | null;
  posture: Record<string, unknown>;
  cordoned: unknown;
  draining: unknown;
  revoked: unknown;
  doctor: unknown;
  sessionId: string | null;
  enrolledAt: string;
  enrolledBy: string;
  pool: { pool_id: string; compute_classes: string[] } | null;
}

export const loadSources = (db: Database): SourceRow[] =>
  db
    .all(
      `SELECT source_id, name, kind, side, state, state_reason, capacity, offered, labels, pinned_class, own_class, posture, cordoned, draining,
         revoked, doctor, session_id, enrolled_at, enrolled_by, pool FROM source ORDER BY source_id`,
    )
    .map((r) => ({
      sourceId: String(r[0]),
      name: String(r[1]),
      kind: String(r[2]),
      side: String(r[3]),
      state: String(r[4]),
      stateReason: text(r[5]),
      capacity: Number(r[6]),
      offered: Number(r[7]),
      labels: json(r[8]),
      pinnedClass: text(r[9]),
      ownClass: text(r[10]),
      posture: json(r[11]),
      cordoned: jsonOrNull(r[12]),
      draining: jsonOrNull(r[13]),
      revoked: jsonOrNull(r[14]),
      doctor: jsonOrNull(r[15]),
      sessionId: text(r[16]),
      enrolledAt: String(r[17]),
      enrolledBy: String(r[18]),
      pool: jsonOrNull(r[19]),
    }));

export const loadSessions = (db: Database) =>
  db
    .all(
      'SELECT session_id, source_id, public_key, state, registered_at, registered_seq, facts, ended_order FROM session ORDER BY ended_order',
    )
    .map((r) => ({
      sessionId: String(r[0]),
      sourceId: String(r[1]),
      publicKey: String(r[2]),
      state: String(r[3]),
      registeredAt: String(r[4]),
      registeredSeq: Number(r[5]),
      facts: json<Record<string, unknown>>(r[6]),
      /** Is it of a pool and over? Such rows come in the order of their end. */
      isEndedSeat: r[7] !== null,
    }));

export const loadBuckets = (db: Database) =>
  db
    .all(
      'SELECT bucket, signature, outcome, answer_key, sentence, decision_id, decision_seq, decided_plane_ms FROM bucket ORDER BY bucket',
    )
    .map((r) => ({
      id: Number(r[0]),
      signature: String(r[1]),
      answer:
        r[2] === null
          ? null
          : {
              outcome: String(r[2]),
              key: String(r[3]),
              sentence: String(r[4]),
              decisionId: String(r[5]),
              decisionSeq: Number(r[6]),
              decidedPlaneMs: Number(r[7]),
            },
    }));

export const loadLeases = (db: Database) =>
  db
    .all(
      `SELECT lease_id, job_id, job_seq, attempt, fence, source_id, session_id, assignment_run_id, compute_class, side, ttl_ms, max_runtime_ms,
         hold_mcu, granted_seq, granted_ms, started_ms, started_plane_ms, rate_mcu_per_minute FROM lease ORDER BY fence`,
    )
    .map((r) => ({
      leaseId: String(r[0]),
      jobId: String(r[1]),
      jobSeq: Number(r[2]),
      attempt: Number(r[3]),
      fence: Number(r[4]),
      sourceId: String(r[5]),
      sessionId: String(r[6]),
      assignmentRunId: String(r[7]),
      computeClass: String(r[8]),
      side: String(r[9]),
      ttlMs: Number(r[10]),
      maxRuntimeMs: Number(r[11]),
      holdMcu: Number(r[12]),
      grantedSeq: Number(r[13]),
      grantedWallMs: Number(r[14]),
      startedWallMs: r[15] === null ? null : Number(r[15]),
      startedPlaneMs: r[16] === null ? null : Number(r[16]),
      rateMcuPerMinute: r[17] === null ? null : Number(r[17]),
    }));

/** The newest fence of each source, or of each session: who waited longest for a job is known over restarts. */
export function loadLastFences(db: Database, by: 'source_id' | 'session_id'): Map<string, number> {
  const fences = new Map<string, number>();
  const note = (id: SqlValue | undefined, fence: SqlValue | undefined): void =>
    void fences.set(String(id), Math.max(Number(fence), fences.get(String(id)) ?? 0));
  for (const [id, fence] of db.allOpen(LAST_FENCES[by])) note(id, fence);
  for (const row of db.rows(ENDED_LEASE).over()) note(row[by], row.fence);
  return fences;
}
const lastFences = (by: string): string =>
  `SELECT ${by}, max(fence) FROM (SELECT ${by}, fence FROM lease UNION ALL SELECT ${by}, fence FROM ended_lease) GROUP BY ${by}`;
const LAST_FENCES = { source_id: lastFences('source_id'), session_id: lastFences('session_id') };

/** The newest fence of each session below a given one, as far back as ended leases are kept. */
export const loadFencesBelow = (
  db: Database,
  fence: number,
): { sourceId: string; sessionId: string; fence: number }[] =>
  db
    .all(
      `SELECT source_id, session_id, max(fence) FROM (SELECT source_id, session_id, fence FROM lease
         UNION ALL SELECT source_id, session_id, fence FROM ended_lease) WHERE fence < ? GROUP BY source_id, session_id`,
      [fence],
    )
    .map((r) => ({ sourceId: String(r[0]), sessionId: String(r[1]), fence: Number(r[2]) }));

export const loadEnrollments = (db: Database) =>
  db
    .all(
      'SELECT enrollment_id, source_id, credential_sha256, state, ttl_ms, created_at, created_by, issued_plane_ms, session_id, seq FROM enrollment ORDER BY seq',
    )
    .map((r) => ({
      enrollmentId: String(r[0]),
      sourceId: String(r[1]),
      credentialSha256: String(r[2]),
      state: String(r[3]),
      ttlMs: Number(r[4]),
      createdAt: String(r[5]),
      createdBy: String(r[6]),
      issuedPlaneMs: Number(r[7]),
      sessionId: text(r[8]),
      seq: Number(r[9]),
    }));

/** The policy in force; undefined before the first was published. */
export const loadPolicy = (db: Database): { body: Record<string, unknown>; at: string; by: string } | undefined => {
  const row = db.get('SELECT body, at, by FROM policy ORDER BY version DESC LIMIT 1');
  return row === undefined ? undefined : { body: json(row[0]), at: String(row[1]), by: String(row[2]) };
};

export function loadJobCounts(db: Database): Map<string, number> {
  const counts = new Map(
    db.allOpen('SELECT state, count(*) FROM job GROUP BY state').map((r) => [String(r[0]), Number(r[1])]),
  );
  for (const { state } of db.rows(JOB).over()) counts.set(String(state), 1 + (counts.get(String(state)) ?? 0));
  return counts;
}

/** How many jobs of each bucket are queued. */
export const loadQueuedCounts = (db: Database): { bucket: number; count: number }[] =>
  db
    .allOpen("SELECT bucket, count(*) FROM job WHERE state = 'queued' GROUP BY bucket")
    .map((r) => ({ bucket: Number(r[0]), count: Number(r[1]) }));

/** The jobs that a person was asked about, in the order in which they were submitted. */
export const loadAsked = (db: Database): { jobId: string; bucket: number }[] =>
  db
    .allOpen("SELECT job_id, bucket FROM job WHERE state = 'held' AND hold = 'fallback_ask' ORDER BY seq")
    .map((r) => ({ jobId: String(r[0]), bucket: Number(r[1]) }));

/** Every job that waits: queued ones for their heads and timers, held ones for what releases them. */
export const loadWaitingJobs = (db: Database) =>
  db
    .allOpen(
      "SELECT seq, job_id, state, hold, bucket, priority, fallback, ready_plane_ms, queued_plane_ms, max_queue_ms, wu_id FROM job WHERE state IN ('queued', 'held') ORDER BY seq",
    )
    .map((r) => ({
      seq: Number(r[0]),
      jobId: String(r[1]),
      state: String(r[2]),
      hold: text(r[3]),
      bucket: Number(r[4]),
      priority: Number(r[5]),
      fallback: Number(r[6]),
      readyPlaneMs: Number(r[7]),
      queuedPlaneMs: Number(r[8]),
      maxQueueMs: r[9] === null ? null : Number(r[9]),
      wuId: String(r[10]),
    }));
/** Jobs with a live lease whose cancel was asked for. */
export const loadStopping = (db: Database): string[] =>
  db.allOpen("SELECT job_id FROM job WHERE stopping = 1 AND state IN ('claimed', 'running')").map((r) => String(r[0]));
