import type { Database, SqlValue } from '../database.ts';

/** Pools as the plane reads them at its start: registration tokens, and the seats of their live runners. */

const json = <T>(value: SqlValue | undefined): T => JSON.parse(String(value)) as T;
const text = (value: SqlValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

export const loadPoolTokens = (db: Database) =>
  db
    .all(
      'SELECT token_id, source_id, compute_class, token_sha256, created_at, created_by, revoked_at FROM pool_token ORDER BY token_id',
    )
    .map((r) => ({
      tokenId: String(r[0]),
      sourceId: String(r[1]),
      computeClass: text(r[2]),
      sha256: String(r[3]),
      createdAt: String(r[4]),
      createdBy: String(r[5]),
      revokedAt: text(r[6]),
    }));

export const loadSeats = (db: Database) =>
  db
    .all(
      `SELECT session_id, source_id, token_id, health, health_reason, health_plane_ms, offered, labels, pinned_class, own_class, posture,
         doctor FROM seat ORDER BY session_id`,
    )
    .map((r) => ({
      sessionId: String(r[0]),
      sourceId: String(r[1]),
      tokenId: String(r[2]),
      health: String(r[3]),
      healthReason: text(r[4]),
      healthPlaneMs: Number(r[5]),
      offered: Number(r[6]),
      labels: json<Record<string, string>>(r[7]),
      pinnedClass: String(r[8]),
      ownClass: String(r[9]),
      posture: json<Record<string, unknown>>(r[10]),
      doctor: r[11] === null ? null : json<unknown>(r[11]),
    }));

/** The entry that registered a runner of a pool that ended long ago. */
export const pastRegistration = (db: Database, sessionId: string): number | undefined => {
  const row = db.get('SELECT registered_seq FROM past_session WHERE session_id = ?', [sessionId]);
  return row === undefined ? undefined : Number(row[0]);
};
