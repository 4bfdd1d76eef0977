import type { HoldReason, JobState } from '../../contract/terms.ts';
import type { Database, SqlValue } from '../database.ts';
import { JobTexts } from '../job-texts.ts';
import { namedRow, type Row } from '../row-buffer.ts';
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
/** @param row by column; one that holds NULL may be left out. */
const jobOf = (row: Readonly<Row>): JobRow => ({
  seq: row.seq as number,
  jobId: row.job_id as string,
  wuId: row.wu_id as string,
  title: row.title as string,
  state: row.state as JobState,
  hold: (row.hold ?? null) as HoldReason | null,
  isStopping: row.stopping === 1,
  bucket: row.bucket as number,
  priority: row.priority as number,
  attempt: row.attempt as number,
  maxAttempts: row.max_attempts as number,
  fallback: row.fallback as number,
  sourceId: (row.source_id ?? null) as string | null,
  leaseId: (row.lease_id ?? null) as string | null,
  why: (row.why ?? null) as string | null,
  decisionSeq: (row.decision_seq ?? null) as number | null,
  lastSeq: row.last_seq as number,
  createdMs: row.created_ms as number,
  startedMs: (row.started_ms ?? null) as number | null,
  finishedMs: (row.finished_ms ?? null) as number | null,
  queuedPlaneMs: row.queued_plane_ms as number,
  readyPlaneMs: row.ready_plane_ms as number,
  maxQueueMs: (row.max_queue_ms ?? null) as number | null,
  approval: row.approval as number,
  maxRuntimeMs: row.max_runtime_ms as number,
  extrasMcu: row.extras_mcu as number,
  onRefusal: row.on_refusal as JobRow['onRefusal'],
});

/** @param values in the order of `JOB.columns`. */
const toRow = (values: SqlValue[]): JobRow => jobOf(namedRow(JOB, values));
const one = (values: SqlValue[] | undefined): JobRow | undefined => (values === undefined ? undefined : toRow(values));
// Put together once: a statement is found by its text, and a text that is built anew is hashed anew at every claim.
const BY_ID = `SELECT ${COLUMNS} FROM job WHERE job_id = ?`;
/** Every claim asks it: what was written in this batch is read where it waits. */
export function jobBySeq(db: Database, seq: number): JobRow | undefined {
  const row = db.rows(JOB).look(seq);
  return row && jobOf(row);
}
export const jobById = (db: Database, jobId: string): JobRow | undefined => one(db.get(BY_ID, [jobId]));

export interface JobFilter {
  states?: readonly string[] | undefined;
  /** Many jobs are in these states: then it is quicker to go through all of them, newest first, than by the index. */
  isCommon?: boolean | undefined;
  sourceId?: string | undefined;
  wuId?: string | undefined;
  computeClass?: string | undefined;
  search?: string | undefined;
  /** Jobs below this sequence, for the next page. */
  beforeSeq?: number | undefined;
  limit: number;
}

/** SQLite folds these letters only. */
const isAscii = (text: string): boolean => /^[ -~]*$/.test(text);
/** Jobs that have the searched text are looked up so many at a time. */
const LOOKED_UP_AT_ONCE = 256;
/** So many of them are looked up, at 2 us each, before all jobs are gone through: the other filters leave few of them. */
const LOOKED_UP_MAX = 4_096;

/** Newest first. */
export function listJobs(db: Database, filter: JobFilter): JobRow[] {
  const { search } = filter;
  if (search === undefined || search === '') return select(db, filter, []);
  // Few jobs in these states: the index has them at once.
  if (filter.states !== undefined && filter.isCommon !== true && isAscii(search)) return scanFor(db, filter, search);
  return searchJobs(db, filter, search);
}

/** Finds the text first, then looks whether the jobs that have it pass the other filters. */
function searchJobs(db: Database, filter: JobFilter, search: string): JobRow[] {
  const rows: JobRow[] = [];
  let seqs: number[] = [];
  let lookedUp = 0;
  const lookUp = (): void => {
    // A handful of rows is not to be found by their state.
    const among: Condition = ['seq IN (SELECT value FROM json_each(?))', JSON.stringify(seqs)];
    rows.push(...select(db, { ...filter, isCommon: true, limit: filter.limit - rows.length }, [among]));
    lookedUp += seqs.length;
    seqs = [];
  };
  for (const seq of JobTexts.of(db).find(search, filter.beforeSeq)) {
    seqs.push(seq);
    if (seqs.length < Math.max(LOOKED_UP_AT_ONCE, filter.limit)) continue;
    lookUp();
    if (rows.length >= filter.limit) return rows;
    if (lookedUp < LOOKED_UP_MAX || !isAscii(search)) continue;
    return [...rows, ...scanFor(db, { ...filter, beforeSeq: seq, limit: filter.limit - rows.length }, search)];
  }
  if (seqs.length > 0) lookUp();
  return rows;
}

/** Reads each job that passes the other filters. */
function scanFor(db: Database, filter: JobFilter, search: string): JobRow[] {
  const like = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return select(db, filter, [], ["wu_id || ' ' || title LIKE ? ESCAPE '\\'", like]);
}

type Condition = readonly [sql: string, ...values: SqlValue[]];

/** @param first conditions that come before those of the filter, @param last one that costs most. */
function select(db: Database, filter: JobFilter, first: readonly Condition[], last?: Condition): JobRow[] {
  const conditions: Condition[] = [...first];
  if (filter.beforeSeq !== undefined) conditions.push(['seq < ?', filter.beforeSeq]);
  // A plus before a column keeps SQLite from its index.
  const plus = filter.isCommon === true ? '+' : '';
  if (filter.states !== undefined)
    conditions.push([`${plus}state IN (${filter.states.map(() => '?').join()})`, ...filter.states]);
  if (filter.sourceId !== undefined) conditions.push(['source_id = ?', filter.sourceId]);
  if (filter.wuId !== undefined) conditions.push(['wu_id = ?', filter.wuId]);
  if (filter.computeClass !== undefined)
    conditions.push(['bucket IN (SELECT bucket FROM bucket WHERE signature LIKE ?)', `["${filter.computeClass}",%`]);
  if (last !== undefined) conditions.push(last);
  const clause = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
  const values = conditions.flatMap(([, ...given]) => given);
  return db.all(`SELECT ${COLUMNS} FROM job ${clause} ORDER BY seq DESC LIMIT ?`, [...values, filter.limit]).map(toRow);
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
