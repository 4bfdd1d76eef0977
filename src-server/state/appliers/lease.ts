import type { EventBodies, LeaseEnd } from '../../contract/events.ts';
import type { LeaseState } from '../../contract/terms.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';
import { ENDED_LEASE, ENDED_LEASES_KEPT, JOB, LEASE } from '../schema.ts';
import { lengthen, seqOf } from './job.ts';

export const leaseAppliers = {
  'lease.granted'(db: Database, body: EventBodies['lease.granted'], ctx: ApplyContext): void {
    const { seq } = ctx.entry;
    const jobSeq = seqOf(ctx);
    db.rows(LEASE).insert({
      lease_id: body.lease_id,
      job_id: body.job_id,
      job_seq: jobSeq,
      attempt: body.attempt,
      fence: body.fence,
      source_id: body.source_id,
      session_id: body.session_id,
      assignment_run_id: body.assignment_run_id,
      compute_class: body.compute_class,
      side: body.side,
      ttl_ms: body.ttl_ms,
      max_runtime_ms: body.max_runtime_ms,
      hold_mcu: body.hold_mcu,
      granted_seq: seq,
      granted_ms: ctx.atMs,
      started_ms: null,
      started_plane_ms: null,
      rate_mcu_per_minute: body.rate_mcu_per_minute ?? null,
    });
    db.rows(JOB).change(jobSeq, {
      state: 'claimed',
      source_id: body.source_id,
      lease_id: body.lease_id,
      why: ctx.decision?.sentence ?? null,
      decision_seq: ctx.decision?.seq ?? null,
      last_seq: seq,
    });
  },
  'attempt.started'(db: Database, body: EventBodies['attempt.started'], ctx: ApplyContext): void {
    db.rows(LEASE).change(body.lease_id, { started_ms: ctx.atMs, started_plane_ms: ctx.planeMs });
    db.rows(JOB).change(seqOf(ctx), {
      state: 'running',
      attempt: body.attempt,
      started_ms: ctx.atMs,
      last_seq: ctx.entry.seq,
    });
  },
  'lease.released': (db: Database, body: LeaseEnd, ctx: ApplyContext): void => end(db, body, 'released', ctx),
  'lease.expired': (db: Database, body: LeaseEnd, ctx: ApplyContext): void => end(db, body, 'expired', ctx),
  'lease.revoked': (db: Database, body: LeaseEnd, ctx: ApplyContext): void => end(db, body, 'revoked', ctx),
  // Of a rejected write, of a receipt that came late and of the calls of an agent nothing is decided upon: they stay in the log.
  'attempt.late_receipt': (db: Database, _body: EventBodies['attempt.late_receipt'], ctx: ApplyContext): void =>
    lengthen(db, ctx),
  'attempt.action': (db: Database, _body: EventBodies['attempt.action'], ctx: ApplyContext): void => lengthen(db, ctx),
  'completion.rejected': (db: Database, _body: EventBodies['completion.rejected'], ctx: ApplyContext): void =>
    lengthen(db, ctx),
};

function end(db: Database, body: LeaseEnd, state: LeaseState, ctx: ApplyContext): void {
  const lease = db.rows(LEASE).take(body.lease_id);
  if (lease === undefined) return;
  db.rows(ENDED_LEASE).insert({
    // The fence is unique and grows by one at each grant, so fence modulo the ring's size is a slot of its own.
    slot: (lease.fence as number) % ENDED_LEASES_KEPT,
    lease_id: body.lease_id,
    job_id: lease.job_id as string,
    job_seq: lease.job_seq as number,
    attempt: lease.attempt as number,
    fence: lease.fence as number,
    source_id: lease.source_id as string,
    session_id: lease.session_id as string,
    state,
    outcome: body.outcome,
    ttl_ms: lease.ttl_ms as number,
    max_runtime_ms: lease.max_runtime_ms as number,
    granted_ms: lease.granted_ms as number,
    started_ms: lease.started_ms ?? null,
    ended_ms: ctx.atMs,
    renewals: body.renewals,
    end_seq: ctx.entry.seq,
  });
}
