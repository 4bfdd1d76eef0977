import type { HoldReason, JobState } from '../../contract/terms.ts';
import type { Database, SqlValue } from '../database.ts';
import { JOB } from '../schema.ts';

/** A row of the job table. */
export interface JobRow {
  seq: number;
  jobId: string;
  wuId: string;
  title: string;
  state: JobState;
  hold: HoldReason | null;
  isStopping: boolean;
  bucket: number;
  priority: number;
  attempt: number;
  maxAttempts: number;
  fallback: number;
  sourceId: string | null;
  leaseId: string | null;
  why: string | null;
  decisionSeq: number | null;
  lastSeq: number;
  createdMs: number;
  startedMs: number | null;
  finishedMs: number | null;
  queuedPlaneMs: number;
  readyPlaneMs: number;
  maxQueueMs: number | null;
  /** See `APPROVAL`: whether its present digest may start. */
  approval: number;
  maxRuntimeMs: number;
  extrasMcu: number;
  onRefusal: 'refuse' | 'hold';
}

const COLUMNS = JOB.columns.join(', ');
const number = (v: SqlValue | undefined): number | null => (v === null || v === undefined ? null : (v as number));

/** @param r values in the order of `JOB.columns`. */
const toRow = (r: SqlValue[]): JobRow => ({
  seq: r[0] as number,
  jobId: r[1] as string,
  wuId: r[2] as string,
  title: r[3] as string,
  state: r[4] as JobState,
  hold: r[5] as HoldReason | null,
  isStopping: r[6] === 1,
  bucket: r[7] as number,
  priority: r[8] as number,
  attempt: r[9] as number,
  maxAttempts: r[10] as number,
  fallback: r[11] as number,
  sourceId: r[12] as string | null,
  leaseId: r[13] as string | null,
  why: r[14] as string | null,
  decisionSeq: number(r[15]),
  lastSeq: r[16] as number,
  createdMs: r[17] as number,
  startedMs: number(r[18]),
  finishedMs: number(r[19]),
  queuedPlaneMs: r[20] as number,
  readyPlaneMs: r[21] as number,
  maxQueueMs: number(r[22]),
  approval: r[23] as number,
  maxRuntimeMs: r[24] as number,
  extrasMcu: r[25] as number,
  onRefusal: r[26] as JobRow['onRefusal'],
});

const one = (row: SqlValue[] | undefined): JobRow | undefined => (row === undefined ? undefined : toRow(row));
// Put together once: a statement is found by its text, and a text that is built anew is hashed anew at every claim.
const BY_ID = `SELECT ${COLUMNS} FROM job WHERE job_id = ?`;
/** Every claim asks it: what was written in this batch is read where it waits. */
export const jobBySeq = (db: Database, seq: number): JobRow | undefined => one(db.rows(JOB).read(seq));
export const jobById = (db: Database, jobId: string): JobRow | undefined => one(db.get(BY_ID, [jobId]));

export interface JobFilter {
  states?: readonly string[] | undefined;
  /** Most jobs are in these states: then it is quicker to go through all of them, newest first, than by the index. */
  isCommon?: boolean | undefined;
  sourceId?: string | undefined;
  wuId?: string | undefined;
  computeClass?: string | undefined;
  search?: string | undefined;
  /** Jobs below this sequence, for the next page. */
  beforeSeq?: number | undefined;
  limit: number;
}

/** Newest first. */
export function listJobs(db: Database, filter: JobFilter): JobRow[] {
  const where: string[] = [];
  const params: SqlValue[] = [];
  const add = (sql: string, ...values: SqlValue[]): void => {
    where.push(sql);
    params.push(...values);
  };
  if (filter.beforeSeq !== undefined) add('seq < ?', filter.beforeSeq);
  // A plus before a column keeps SQLite from its index.
  const plus = filter.isCommon === true ? '+' : '';
  if (filter.states !== undefined) add(`${plus}state IN (${filter.states.map(() => '?').join()})`, ...filter.states);
  if (filter.sourceId !== undefined) add('source_id = ?', filter.sourceId);
  if (filter.wuId !== undefined) add('wu_id = ?', filter.wuId);
  if (filter.computeClass !== undefined)
    add('bucket IN (SELECT bucket FROM bucket WHERE signature LIKE ?)', `["${filter.computeClass}",%`);
  if (filter.search !== undefined) {
    const like = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
    add("(wu_id LIKE ? ESCAPE '\\' OR title LIKE ? ESCAPE '\\')", like, like);
  }
  const clause = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  return db.all(`SELECT ${COLUMNS} FROM job ${clause} ORDER BY seq DESC LIMIT ?`, [...params, filter.limit]).map(toRow);
}

/** The bucket of a requirement; undefined before its first job. */
export const bucketBySignature = (db: Database, signature: string): number | undefined =>
  db.get('SELECT bucket FROM bucket WHERE signature = ?', [signature])?.[0] as number | undefined;

/** Jobs that are not over, oldest first. */
export const openJobs = (db: Database): JobRow[] =>
  db.all(`SELECT ${COLUMNS} FROM job WHERE state IN ('queued', 'held', 'claimed', 'running') ORDER BY seq`).map(toRow);

/** The job that waits longest. */
export const oldestQueued = (db: Database): JobRow | undefined =>
  one(db.get(`SELECT ${COLUMNS} FROM job WHERE state = 'queued' ORDER BY seq LIMIT 1`));

/** Jobs of one bucket that are queued, oldest first. */
export const queuedInBucket = (db: Database, bucket: number, limit: number): JobRow[] =>
  db
    .all(`SELECT ${COLUMNS} FROM job WHERE state = 'queued' AND bucket = ? ORDER BY seq LIMIT ?`, [bucket, limit])
    .map(toRow);

/** Sequences of queued jobs that were submitted before `seq`, oldest first. */
export const queuedBelow = (db: Database, seq: number, limit: number): number[] =>
  db
    .all("SELECT seq FROM job WHERE state = 'queued' AND seq < ? ORDER BY seq LIMIT ?", [seq, limit])
    .map(([found]) => Number(found));

/** Jobs submitted since `sinceMs` (wall), among the newest; a bound keeps it cheap at any depth. */
export const countCreatedSince = (db: Database, sinceMs: number): number =>
  Number(
    db.get('SELECT count(*) FROM (SELECT created_ms FROM job ORDER BY seq DESC LIMIT 5000) WHERE created_ms >= ?', [
      sinceMs,
    ])?.[0] ?? 0,
  );

/** Jobs that wait or are held, oldest first. */
export const oldestWaiting = (db: Database, limit: number): JobRow[] =>
  (['queued', 'held'] as const)
    .flatMap((state) => db.all(`SELECT ${COLUMNS} FROM job WHERE state = ? ORDER BY seq LIMIT ?`, [state, limit]))
    .map(toRow)
    .sort((a, b) => a.seq - b.seq);
