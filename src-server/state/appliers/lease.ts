import type { EventBodies, LeaseEnd } from '../../contract/events.ts';
import type { LeaseState } from '../../contract/terms.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';
import { ENDED_LEASES_KEPT } from '../schema.ts';

export const leaseAppliers = {
  'lease.granted'(db: Database, body: EventBodies['lease.granted'], ctx: ApplyContext): void {
    const { seq } = ctx.entry;
    db.run(
      `INSERT INTO lease(lease_id, job_id, job_seq, attempt, fence, source_id, session_id, assignment_run_id, compute_class, side, ttl_ms,
         max_runtime_ms, hold_mcu, granted_seq, granted_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
      [
        body.lease_id,
        body.job_id,
        ctx.entry.ref.job_seq as number,
        body.attempt,
        body.fence,
        body.source_id,
        body.session_id,
        body.assignment_run_id,
        body.compute_class,
        body.side,
        body.ttl_ms,
        body.max_runtime_ms,
        body.hold_mcu,
        seq,
        ctx.atMs,
      ],
    );
    db.run(
      "UPDATE job SET state = 'claimed', source_id = ?, lease_id = ?, why = ?, decision_seq = ?, last_seq = ? WHERE seq = ?",
      [
        body.source_id,
        body.lease_id,
        ctx.decision?.sentence ?? null,
        ctx.decision?.seq ?? null,
        seq,
        ctx.entry.ref.job_seq as number,
      ],
    );
  },
  'attempt.started'(db: Database, body: EventBodies['attempt.started'], ctx: ApplyContext): void {
    db.run('UPDATE lease SET started_ms = ?, started_plane_ms = ? WHERE lease_id = ?', [
      ctx.atMs,
      ctx.planeMs,
      body.lease_id,
    ]);
    db.run("UPDATE job SET state = 'running', attempt = ?, started_ms = ?, last_seq = ? WHERE seq = ?", [
      body.attempt,
      ctx.atMs,
      ctx.entry.seq,
      ctx.entry.ref.job_seq as number,
    ]);
  },
  'lease.released': (db: Database, body: LeaseEnd, ctx: ApplyContext): void => end(db, body, 'released', ctx),
  'lease.expired': (db: Database, body: LeaseEnd, ctx: ApplyContext): void => end(db, body, 'expired', ctx),
  'lease.revoked': (db: Database, body: LeaseEnd, ctx: ApplyContext): void => end(db, body, 'revoked', ctx),
  'attempt.late_receipt'(db: Database, body: EventBodies['attempt.late_receipt'], ctx: ApplyContext): void {
    // Like a rejected write: the chain of the job's entries grows, and nothing else.
    db.run('UPDATE job SET last_seq = ? WHERE job_id = ?', [ctx.entry.seq, body.job_id]);
  },
  'completion.rejected'(db: Database, body: EventBodies['completion.rejected'], ctx: ApplyContext): void {
    // Only the chain of the job's entries grows: a rejected write changes nothing else.
    db.run('UPDATE job SET last_seq = ? WHERE job_id = ?', [ctx.entry.seq, body.job_id]);
  },
};

// The fence is unique and grows by one at each grant, so fence modulo the ring's size is a slot of its own.
const END = `INSERT OR REPLACE INTO ended_lease(slot, lease_id, job_id, job_seq, attempt, fence, source_id, session_id, state, outcome, ttl_ms,
       max_runtime_ms, granted_ms, started_ms, ended_ms, renewals, end_seq)
     SELECT fence % ${ENDED_LEASES_KEPT}, lease_id, job_id, job_seq, attempt, fence, source_id, session_id, ?, ?, ttl_ms, max_runtime_ms,
       granted_ms, started_ms, ?, ?, ? FROM lease WHERE lease_id = ?`;

function end(db: Database, body: LeaseEnd, state: LeaseState, ctx: ApplyContext): void {
  db.run(END, [state, body.outcome, ctx.atMs, body.renewals, ctx.entry.seq, body.lease_id]);
  db.run('DELETE FROM lease WHERE lease_id = ?', [body.lease_id]);
}
