import type { EventBodies } from '../../contract/events.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';
import { ENDED_SEATS_KEPT } from '../schema.ts';

/** The seat of a runner in its pool: made when it first registers, changed when it registers again. Its health is kept. */
export function registerSeat(db: Database, body: EventBodies['session.registered'], planeMs: number): void {
  const { token_id, pinned_class, labels } = body.seat as NonNullable<typeof body.seat>;
  db.run(
    `INSERT INTO seat(session_id, source_id, token_id, health, health_plane_ms, offered, labels, pinned_class, own_class, posture)
       VALUES (?,?,?,'pending',?,?,?,?,?,?)
       ON CONFLICT(session_id) DO UPDATE SET offered = excluded.offered, labels = excluded.labels, pinned_class = excluded.pinned_class,
         own_class = excluded.own_class, posture = excluded.posture`,
    [
      body.session_id,
      body.source_id,
      token_id,
      planeMs,
      body.capacity,
      JSON.stringify(labels),
      pinned_class,
      body.compute_class,
      JSON.stringify(body.posture),
    ],
  );
}

/** A runner of a pool has ended: its seat goes at once, its session once enough others have ended after it. */
export function endSeat(db: Database, sessionId: string): void {
  if (db.get('SELECT 1 FROM seat WHERE session_id = ?', [sessionId]) === undefined) return;
  db.run('DELETE FROM seat WHERE session_id = ?', [sessionId]);
  db.run(
    'UPDATE session SET ended_order = (SELECT coalesce(max(ended_order), 0) + 1 FROM session) WHERE session_id = ?',
    [sessionId],
  );
  const due = db.get(
    'SELECT ended_order FROM session WHERE ended_order IS NOT NULL ORDER BY ended_order DESC LIMIT 1 OFFSET ?',
    [ENDED_SEATS_KEPT],
  );
  if (due === undefined) return;
  // Its receipts stay for ever, and whoever verifies them needs the entry that holds its key.
  db.run('INSERT INTO past_session SELECT session_id, registered_seq FROM session WHERE ended_order <= ?', due);
  db.run('DELETE FROM session WHERE ended_order <= ?', due);
}

export const poolAppliers = {
  'credential.pool_token_issued'(
    db: Database,
    body: EventBodies['credential.pool_token_issued'],
    ctx: ApplyContext,
  ): void {
    db.run(
      'INSERT INTO pool_token(token_id, source_id, compute_class, token_sha256, created_at, created_by) VALUES (?,?,?,?,?,?)',
      [body.token_id, body.source_id, body.compute_class, body.token_sha256, ctx.entry.at, ctx.entry.actor.id],
    );
  },
  'credential.pool_token_revoked': (
    db: Database,
    body: EventBodies['credential.pool_token_revoked'],
    ctx: ApplyContext,
  ): void => db.run('UPDATE pool_token SET revoked_at = ? WHERE token_id = ?', [ctx.entry.at, body.token_id]),
  'session.health': (db: Database, body: EventBodies['session.health'], ctx: ApplyContext): void =>
    db.run('UPDATE seat SET health = ?, health_reason = ?, health_plane_ms = ? WHERE session_id = ?', [
      body.health,
      body.reason,
      ctx.planeMs,
      body.session_id,
    ]),
  'session.diagnosed': (db: Database, body: EventBodies['session.diagnosed'], ctx: ApplyContext): void =>
    db.run('UPDATE seat SET doctor = ? WHERE session_id = ?', [
      JSON.stringify({ at: ctx.entry.at, checks: body.checks }),
      body.session_id,
    ]),
};
