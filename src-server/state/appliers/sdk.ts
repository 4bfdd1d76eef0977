import type { EventBodies } from '../../contract/events.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';

/** Keys and sessions of SDK clients. What they send (events, evidence, measurements) is in the log alone. */
export const sdkAppliers = {
  'key.api_issued': (db: Database, body: EventBodies['key.api_issued'], ctx: ApplyContext): void =>
    db.run('INSERT INTO api_key(prefix, key_sha256, created_at, created_by) VALUES (?,?,?,?)', [
      body.prefix,
      body.key_sha256,
      ctx.entry.at,
      ctx.entry.actor.id,
    ]),
  'key.api_revoked': (db: Database, body: EventBodies['key.api_revoked'], ctx: ApplyContext): void =>
    db.run('UPDATE api_key SET revoked_at = ? WHERE prefix = ?', [ctx.entry.at, body.prefix]),
  'sdk.session_registered': (db: Database, body: EventBodies['sdk.session_registered'], ctx: ApplyContext): void =>
    db.run(
      `INSERT INTO sdk_session(session_id, key_prefix, agent_id, wu_id, registered_at) VALUES (?,?,?,?,?)
         ON CONFLICT(session_id) DO UPDATE SET agent_id = excluded.agent_id, wu_id = excluded.wu_id`,
      [body.session_id, body.key_prefix, body.agent_id, body.wu_id, ctx.entry.at],
    ),
  'sdk.session_ended': (db: Database, body: EventBodies['sdk.session_ended']): void =>
    db.run('DELETE FROM sdk_session WHERE session_id = ?', [body.session_id]),
  'sdk.events_received': (): void => undefined,
  'sdk.evidence_received': (): void => undefined,
  'sdk.telemetry_received': (): void => undefined,
};
