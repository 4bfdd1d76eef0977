import type { EventBodies } from '../../contract/events.ts';
import type { AppliedEntry } from '../../state/entry-view.ts';
import type { Hot } from './hot.ts';

/** Keys and sessions of SDK clients in memory. */
export const SDK_HANDLERS = {
  'key.api_issued': (hot: Hot, body: EventBodies['key.api_issued'], entry: AppliedEntry): void =>
    hot.sdk.addKey({
      prefix: body.prefix,
      sha256: body.key_sha256,
      createdAt: entry.at,
      createdBy: entry.actor.id,
      revokedAt: null,
    }),
  'key.api_revoked'(hot: Hot, body: EventBodies['key.api_revoked'], entry: AppliedEntry): void {
    const key = hot.sdk.keys.get(body.prefix);
    if (key !== undefined) key.revokedAt = entry.at;
  },
  'sdk.session_registered'(hot: Hot, body: EventBodies['sdk.session_registered'], entry: AppliedEntry): void {
    const known = hot.sdk.sessions.get(body.session_id);
    hot.sdk.sessions.set(body.session_id, {
      sessionId: body.session_id,
      keyPrefix: body.key_prefix,
      agentId: body.agent_id,
      wuId: body.wu_id,
      registeredAt: known?.registeredAt ?? entry.at,
      lastSeenMs: known?.lastSeenMs ?? null,
      health: known?.health ?? {},
    });
  },
  'sdk.session_ended': (hot: Hot, body: EventBodies['sdk.session_ended']): void =>
    void hot.sdk.sessions.delete(body.session_id),
};
