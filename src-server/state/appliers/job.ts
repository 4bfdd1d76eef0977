import type { EventBodies } from '../../contract/events.ts';
import type { JobSpec } from '../../contract/job.ts';
import type { HoldReason, JobState } from '../../contract/terms.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';
import { JOB } from '../schema.ts';

/** Values of `job.fallback`: not opened, opened for the second side by time, refused or allowed by an operator. */
export const FALLBACK = { closed: 0, open: 1, denied: 2, approved: 3 } as const;
/** May the second side take the job, by time or by an operator's word? */
export const isOpened = (job: { fallback: number }): boolean =>
  job.fallback === FALLBACK.open || job.fallback === FALLBACK.approved;

/** Interns the requirement of a job: equal signatures share a bucket. */
export function bucketOf(db: Database, signature: string): number {
  let known = BUCKETS.get(db);
  if (known === undefined) {
    known = new Map();
    BUCKETS.set(db, known);
  }
  let bucket = known.get(signature);
  if (bucket === undefined) {
    bucket = internBucket(db, signature);
    known.set(signature, bucket);
  }
  return bucket;
}

/** Buckets are never renumbered, so what was read once stays true for the life of a database. */
const BUCKETS = new WeakMap<Database, Map<string, number>>();

function internBucket(db: Database, signature: string): number {
  const row = db.get('SELECT bucket FROM bucket WHERE signature = ?', [signature]);
  if (row !== undefined) return row[0] as number;
  db.run('INSERT INTO bucket(signature) VALUES (?)', [signature]);
  return db.get('SELECT bucket FROM bucket WHERE signature = ?', [signature])?.[0] as number;
}

export const jobAppliers = {
  'job.submitted'(db: Database, body: EventBodies['job.submitted'], ctx: ApplyContext): void {
    const { spec } = body;
    const bucket = bucketOf(db, String(ctx.entry.ref.bucket));
    // With what is not known yet: a row that grows later is moved in memory each time.
    db.rows(JOB).insert({
      seq: ctx.entry.seq,
      job_id: body.job_id,
      wu_id: spec.wu_id,
      title: spec.title,
      state: 'queued',
      hold: null,
      stopping: 0,
      bucket,
      priority: spec.priority,
      attempt: 0,
      max_attempts: spec.max_attempts,
      fallback: FALLBACK.closed,
      source_id: null,
      lease_id: null,
      why: null,
      decision_seq: null,
      last_seq: ctx.entry.seq,
      created_ms: ctx.atMs,
      started_ms: null,
      finished_ms: null,
      queued_plane_ms: ctx.planeMs,
      ready_plane_ms: ctx.planeMs,
      max_queue_ms: spec.max_queue_ms,
      approval: needsApproval(spec) ? 1 : 0,
      max_runtime_ms: spec.max_runtime_ms,
      extras_mcu: spec.budget.extras_mcu,
      on_refusal: spec.on_refusal,
    });
  },
  'job.edited'(db: Database, body: EventBodies['job.edited'], ctx: ApplyContext): void {
    const { spec } = body;
    db.run(
      `UPDATE job SET wu_id = ?, title = ?, bucket = ?, priority = ?, max_attempts = ?, max_queue_ms = ?, max_runtime_ms = ?, extras_mcu = ?,
         on_refusal = ?, approval = ?, last_seq = ? WHERE seq = ?`,
      [
        spec.wu_id,
        spec.title,
        bucketOf(db, String(ctx.entry.ref.bucket)),
        spec.priority,
        spec.max_attempts,
        spec.max_queue_ms,
        spec.max_runtime_ms,
        spec.budget.extras_mcu,
        spec.on_refusal,
        needsApproval(spec) ? 1 : 0,
        ctx.entry.seq,
        seqOf(ctx),
      ],
    );
    db.run('INSERT OR REPLACE INTO job_edit(job_seq, spec_seq) VALUES (?,?)', [seqOf(ctx), ctx.entry.seq]);
  },
  'job.state'(db: Database, body: EventBodies['job.state'], ctx: ApplyContext): void {
    if (body.state === 'queued') release(db, ctx);
    setState(db, body.state, body.hold, body.sentence ?? null, ctx);
    if (body.state === 'refused') {
      db.run('INSERT INTO refusal(seq, job_id, cause, at_ms) VALUES (?,?,?,?)', [
        ctx.entry.seq,
        body.job_id,
        body.reason ?? 'other',
        ctx.atMs,
      ]);
    }
  },
  'job.requeued'(db: Database, body: EventBodies['job.requeued'], ctx: ApplyContext): void {
    db.rows(JOB).change(seqOf(ctx), {
      state: 'queued',
      hold: null,
      lease_id: null,
      source_id: null,
      fallback: db.rows(JOB).look(seqOf(ctx))?.fallback === FALLBACK.denied ? FALLBACK.denied : FALLBACK.closed,
      why: body.reason,
      // Its time in the queue counts anew: what it ran before was no waiting. Its place in the order stays.
      queued_plane_ms: ctx.planeMs,
      ready_plane_ms: ctx.planeMs + body.delay_ms,
      last_seq: ctx.entry.seq,
    });
  },
  'job.cancel_requested': (db: Database, _body: EventBodies['job.cancel_requested'], ctx: ApplyContext): void =>
    db.rows(JOB).change(seqOf(ctx), { stopping: 1, last_seq: ctx.entry.seq }),
  'job.fallback_opened': (db: Database, _body: EventBodies['job.fallback_opened'], ctx: ApplyContext): void =>
    db.rows(JOB).change(seqOf(ctx), { fallback: FALLBACK.open, last_seq: ctx.entry.seq }),
  'job.settled'(db: Database, body: EventBodies['job.settled'], ctx: ApplyContext): void {
    // A success keeps the sentence of its placement; any other end says how it ended.
    setState(db, body.outcome, null, body.outcome === 'succeeded' ? null : body.reason, ctx);
  },
};

/** Somebody has to say yes before it starts. */
export const needsApproval = (spec: JobSpec): boolean => spec.approval?.when === 'before_start';

/** It could not be placed while it was held: what counts from when it could, counts from now. A wait for a person is no time in the queue. */
function release(db: Database, ctx: ApplyContext): void {
  const row = db.rows(JOB).look(seqOf(ctx));
  if (row?.state !== 'held' || (row.hold !== 'approval' && row.hold !== 'admission')) return;
  db.rows(JOB).change(seqOf(ctx), {
    ready_plane_ms: Math.max(row.ready_plane_ms as number, ctx.planeMs),
    ...(row.hold === 'approval' ? { queued_plane_ms: ctx.planeMs } : {}),
  });
}

/** The job that the entry speaks of, by its own key. @throws Error when it speaks of none. */
export function seqOf(ctx: ApplyContext): number {
  const { job_seq: seq } = ctx.entry.ref;
  if (typeof seq !== 'number') throw new Error(`entry ${ctx.entry.seq} speaks of no job`);
  return seq;
}

/** The chain of the job's entries grows, and nothing else. */
export const lengthen = (db: Database, ctx: ApplyContext): void =>
  db.rows(JOB).change(seqOf(ctx), { last_seq: ctx.entry.seq });

function setState(db: Database, state: JobState, hold: HoldReason | null, why: string | null, ctx: ApplyContext): void {
  const isOver = state !== 'queued' && state !== 'held' && state !== 'claimed' && state !== 'running';
  db.rows(JOB).change(seqOf(ctx), {
    state,
    hold,
    finished_ms: isOver ? ctx.atMs : null,
    last_seq: ctx.entry.seq,
    ...(why === null ? {} : { why }),
    ...(isOver ? { stopping: 0, lease_id: null } : {}),
  });
}
