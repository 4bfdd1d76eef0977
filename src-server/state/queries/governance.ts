import type { PolicyBody } from '../../contract/events.ts';
import type { Database } from '../database.ts';

/** Newest version first. */
export const listPolicies = (db: Database, beforeVersion: number, limit: number) =>
  db
    .all('SELECT body, at, by FROM policy WHERE version < ? ORDER BY version DESC LIMIT ?', [beforeVersion, limit])
    .map((r) => ({ body: JSON.parse(String(r[0])) as Record<string, unknown>, at: String(r[1]), by: String(r[2]) }));

/** The version that was in force just before an entry; undefined before the first. */
export const policyBefore = (db: Database, seq: number): PolicyBody | undefined => {
  const row = db.get('SELECT body FROM policy WHERE seq < ? ORDER BY version DESC LIMIT 1', [seq]);
  return row === undefined ? undefined : (JSON.parse(String(row[0])) as PolicyBody);
};

/** One version as it was published; undefined when there is none of that number. */
export const policyOfVersion = (db: Database, version: number) => {
  const row = db.get('SELECT body, at, by FROM policy WHERE version = ?', [version]);
  return row === undefined
    ? undefined
    : { body: JSON.parse(String(row[0])) as PolicyBody, at: String(row[1]), by: String(row[2]) };
};

/** Refusals since `sinceMs` (wall), by cause. */
export const refusalsSince = (db: Database, sinceMs: number): Map<string, number> =>
  new Map(
    db
      .all('SELECT cause, count(*) FROM refusal WHERE at_ms >= ? GROUP BY cause', [sinceMs])
      .map((r) => [String(r[0]), Number(r[1])]),
  );
