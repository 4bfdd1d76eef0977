import type { Database, SqlValue } from '../database.ts';

const text = (value: SqlValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

export const loadApiKeys = (db: Database) =>
  db
    .all('SELECT prefix, key_sha256, created_at, created_by, revoked_at FROM api_key ORDER BY created_at, prefix')
    .map((r) => ({
      prefix: String(r[0]),
      sha256: String(r[1]),
      createdAt: String(r[2]),
      createdBy: String(r[3]),
      revokedAt: text(r[4]),
    }));

export const loadSdkSessions = (db: Database) =>
  db
    .all(
      'SELECT session_id, key_prefix, agent_id, wu_id, registered_at FROM sdk_session ORDER BY registered_at, session_id',
    )
    .map((r) => ({
      sessionId: String(r[0]),
      keyPrefix: String(r[1]),
      agentId: text(r[2]),
      wuId: text(r[3]),
      registeredAt: String(r[4]),
    }));

/** Newest jobs of a WU, newest first. Scans the jobs: asked once for each WU that an SDK session names. */
export const newestJobsOfWu = (db: Database, wuId: string, limit: number): number[] =>
  db.all('SELECT seq FROM job WHERE wu_id = ? ORDER BY seq DESC LIMIT ?', [wuId, limit]).map((r) => Number(r[0]));
