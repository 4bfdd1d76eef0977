import type { EventBodies } from '../../contract/events.ts';
import type { AdmissionState, ApprovalState } from '../../contract/terms.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';
import { JOB } from '../schema.ts';
import { FALLBACK, lengthen, seqOf } from './job.ts';

/** Values of `job.approval`: it needs none, it waits for one, its present digest has one. */
export const APPROVAL = { none: 0, needed: 1, given: 2 } as const;

export const approvalAppliers = {
  'approval.requested'(db: Database, body: EventBodies['approval.requested'], ctx: ApplyContext): void {
    const { seq, at, actor } = ctx.entry;
    db.run(
      `INSERT INTO approval(approval_id, kind, job_id, status, sentence, reason, kinds, digest, lease_id, subject, requested_by, expires_plane_ms,
         requested_at, seq) VALUES (?,?,?,'pending',?,?,?,?,?,?,?,?,?,?)`,
      [
        body.approval_id,
        body.kind,
        body.job_id,
        body.sentence,
        body.reason ?? null,
        JSON.stringify(body.kinds ?? []),
        body.digest ?? null,
        body.lease_id ?? null,
        body.subject ?? null,
        body.requester ?? actor.id,
        body.expires_ms === undefined ? null : ctx.planeMs + body.expires_ms,
        at,
        seq,
      ],
    );
    if (body.job_id !== null) lengthen(db, ctx);
  },
  'approval.approved'(db: Database, body: EventBodies['approval.approved'], ctx: ApplyContext): void {
    const kind = end(db, body.approval_id, 'approved', body.reason, ctx);
    if (kind === 'fallback') db.rows(JOB).change(seqOf(ctx), { fallback: FALLBACK.approved });
    if (kind === 'before_start') db.rows(JOB).change(seqOf(ctx), { approval: APPROVAL.given });
  },
  'approval.rejected'(db: Database, body: EventBodies['approval.rejected'], ctx: ApplyContext): void {
    const kind = end(db, body.approval_id, 'rejected', body.reason, ctx);
    if (kind === 'fallback') db.rows(JOB).change(seqOf(ctx), { fallback: FALLBACK.denied });
  },
  'approval.expired': (db: Database, body: EventBodies['approval.expired'], ctx: ApplyContext): void =>
    void end(db, body.approval_id, 'expired', null, ctx),

  'admission.requested': (db: Database, body: EventBodies['admission.requested'], ctx: ApplyContext): void =>
    db.run(
      `INSERT INTO admission(admission_id, network, source_id, hosts, status, reason, requested_by, requested_at, expires_ms, seq)
         VALUES (?,?,?,?,'pending',?,?,?,?,?)`,
      [
        body.admission_id,
        body.network,
        body.source_id,
        JSON.stringify(body.hosts),
        body.reason,
        ctx.entry.actor.id,
        ctx.entry.at,
        body.expires_ms,
        ctx.entry.seq,
      ],
    ),
  'admission.granted'(db: Database, body: EventBodies['admission.granted'], ctx: ApplyContext): void {
    db.run('UPDATE admission SET hosts = ?, expires_ms = ?, expires_plane_ms = ? WHERE admission_id = ?', [
      JSON.stringify(body.hosts),
      body.expires_ms,
      body.expires_ms === null ? null : ctx.planeMs + body.expires_ms,
      body.admission_id,
    ]);
    moveAdmission(db, body.admission_id, 'granted', body.reason, ctx);
  },
  'admission.rejected': (db: Database, body: EventBodies['admission.rejected'], ctx: ApplyContext): void =>
    moveAdmission(db, body.admission_id, 'rejected', body.reason, ctx),
  'admission.revoked': (db: Database, body: EventBodies['admission.revoked'], ctx: ApplyContext): void =>
    moveAdmission(db, body.admission_id, 'revoked', body.reason, ctx),
  'admission.expired': (db: Database, body: EventBodies['admission.expired'], ctx: ApplyContext): void =>
    moveAdmission(db, body.admission_id, 'expired', null, ctx),
};

/** @returns the kind of the approval, which says what follows. */
function end(
  db: Database,
  approvalId: string,
  status: ApprovalState,
  reason: string | null,
  ctx: ApplyContext,
): string {
  const { at, actor, seq } = ctx.entry;
  db.run(
    'UPDATE approval SET status = ?, decided_at = ?, decided_by = ?, decision_reason = ?, decided_seq = ? WHERE approval_id = ?',
    [status, at, actor.id, reason, seq, approvalId],
  );
  const row = db.get('SELECT kind, job_id FROM approval WHERE approval_id = ?', [approvalId]);
  if (row?.[1] !== null && row?.[1] !== undefined) lengthen(db, ctx);
  return String(row?.[0]);
}

const moveAdmission = (
  db: Database,
  admissionId: string,
  status: AdmissionState,
  reason: string | null,
  ctx: ApplyContext,
): void =>
  db.run(
    'UPDATE admission SET status = ?, decided_at = ?, decided_by = ?, decision_reason = ? WHERE admission_id = ?',
    [status, ctx.entry.at, ctx.entry.actor.id, reason, admissionId],
  );
