import type { EventBodies } from '../../contract/events.ts';
import type { SourceState } from '../../contract/terms.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';
import { endSeat, registerSeat } from './pool.ts';

/** A switch as it is stored: since when, by whom, why, until when. */
const switchText = (ctx: ApplyContext, reason: string | null, deadlineMs: number | null): string =>
  JSON.stringify({ since: ctx.entry.at, by: ctx.entry.actor.id, reason, deadline_ms: deadlineMs });

const setState = (db: Database, sourceId: string, state: SourceState, reason: string | null): void =>
  db.run('UPDATE source SET state = ?, state_reason = ? WHERE source_id = ?', [state, reason, sourceId]);

export const sourceAppliers = {
  'source.enrolled'(db: Database, body: EventBodies['source.enrolled'], ctx: ApplyContext): void {
    db.run(
      `INSERT INTO source(source_id, name, kind, side, state, capacity, offered, labels, pinned_class, posture,
         enrolled_at, enrolled_by, pool) VALUES (?,?,?,?,'pending',?,0,?,?,'{}',?,?,?)`,
      [
        body.source_id,
        body.name,
        body.kind,
        body.side,
        body.capacity,
        JSON.stringify(body.labels),
        body.pinned_class,
        ctx.entry.at,
        ctx.entry.actor.id,
        body.pool === undefined ? null : JSON.stringify(body.pool),
      ],
    );
  },
  'source.changed'(db: Database, body: EventBodies['source.changed']): void {
    const set = (column: string, value: string | number | null): void =>
      db.run(`UPDATE source SET ${column} = ? WHERE source_id = ?`, [value, body.source_id]);
    if (body.name !== undefined) set('name', body.name);
    if (body.capacity !== undefined) set('capacity', body.capacity);
    if (body.labels !== undefined) set('labels', JSON.stringify(body.labels));
    if (body.pinned_class !== undefined) set('pinned_class', body.pinned_class);
    if (body.posture !== undefined) set('posture', JSON.stringify(body.posture));
    if (body.pool_classes !== undefined)
      db.run("UPDATE source SET pool = json_set(pool, '$.compute_classes', json(?)) WHERE source_id = ?", [
        JSON.stringify(body.pool_classes),
        body.source_id,
      ]);
  },
  'source.online': (db: Database, body: EventBodies['source.online']): void =>
    setState(db, body.source_id, 'online', null),
  'source.late': (db: Database, body: EventBodies['source.late']): void => setState(db, body.source_id, 'late', null),
  'source.offline': (db: Database, body: EventBodies['source.offline']): void =>
    setState(db, body.source_id, 'offline', body.reason),
  'source.quarantined': (db: Database, body: EventBodies['source.quarantined']): void =>
    setState(db, body.source_id, 'quarantined', body.reason),
  'source.cordoned': (db: Database, body: EventBodies['source.cordoned'], ctx: ApplyContext): void =>
    db.run('UPDATE source SET cordoned = ? WHERE source_id = ?', [switchText(ctx, body.reason, null), body.source_id]),
  'source.draining': (db: Database, body: EventBodies['source.draining'], ctx: ApplyContext): void =>
    db.run('UPDATE source SET draining = ? WHERE source_id = ?', [
      switchText(ctx, body.reason, body.deadline_ms),
      body.source_id,
    ]),
  'source.resumed': (db: Database, body: EventBodies['source.resumed']): void =>
    db.run('UPDATE source SET cordoned = NULL, draining = NULL WHERE source_id = ?', [body.source_id]),
  'source.revoked': (db: Database, body: EventBodies['source.revoked'], ctx: ApplyContext): void =>
    db.run('UPDATE source SET revoked = ? WHERE source_id = ?', [switchText(ctx, body.reason, null), body.source_id]),
  'source.diagnosed': (db: Database, body: EventBodies['source.diagnosed'], ctx: ApplyContext): void =>
    db.run('UPDATE source SET doctor = ? WHERE source_id = ?', [
      JSON.stringify({ at: ctx.entry.at, checks: body.checks }),
      body.source_id,
    ]),
  'session.registered'(db: Database, body: EventBodies['session.registered'], ctx: ApplyContext): void {
    db.run(
      `INSERT OR REPLACE INTO session(session_id, source_id, public_key, state, registered_at, registered_seq, facts)
         SELECT ?, source_id, ?, CASE WHEN draining IS NULL THEN 'active' ELSE 'draining' END, ?, ?, ? FROM source WHERE source_id = ?`,
      [body.session_id, body.public_key, ctx.entry.at, ctx.entry.seq, JSON.stringify(body.facts), body.source_id],
    );
    if (body.seat !== undefined) {
      registerSeat(db, body, ctx.planeMs);
      return;
    }
    db.run('UPDATE source SET session_id = ?, own_class = ?, posture = ?, offered = ? WHERE source_id = ?', [
      body.session_id,
      body.compute_class,
      JSON.stringify(body.posture),
      body.capacity,
      body.source_id,
    ]);
  },
  'session.state'(db: Database, body: EventBodies['session.state']): void {
    db.run('UPDATE session SET state = ? WHERE session_id = ?', [body.state, body.session_id]);
    if (body.state === 'ended') endSeat(db, body.session_id);
  },
  'credential.issued'(db: Database, body: EventBodies['credential.issued'], ctx: ApplyContext): void {
    db.run(
      `INSERT INTO enrollment(enrollment_id, source_id, credential_sha256, state, ttl_ms, created_at, created_by, issued_plane_ms, seq)
         VALUES (?,?,?,'issued',?,?,?,?,?)`,
      [
        body.enrollment_id,
        body.source_id,
        body.credential_sha256,
        body.ttl_ms,
        ctx.entry.at,
        ctx.entry.actor.id,
        ctx.planeMs,
        ctx.entry.seq,
      ],
    );
  },
  'credential.redeemed': (db: Database, body: EventBodies['credential.redeemed']): void =>
    db.run("UPDATE enrollment SET state = 'redeemed', session_id = ? WHERE enrollment_id = ?", [
      body.session_id,
      body.enrollment_id,
    ]),
  'credential.expired': (db: Database, body: EventBodies['credential.expired']): void =>
    db.run("UPDATE enrollment SET state = 'expired' WHERE enrollment_id = ?", [body.enrollment_id]),
  'credential.burned': (db: Database, body: EventBodies['credential.burned']): void =>
    db.run("UPDATE enrollment SET state = 'burned' WHERE enrollment_id = ?", [body.enrollment_id]),
};
