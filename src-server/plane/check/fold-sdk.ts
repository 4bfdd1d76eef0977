import { loadApiKeys, loadSdkSessions } from '../../state/queries/sdk.ts';
import type { State } from '../../state/state.ts';
import type { Hot } from '../hot/hot.ts';
import type { FoldedWorld } from './folded-rows.ts';
import type { Folds } from './log-fold.ts';
import type { Report } from './report.ts';

/** Keys and sessions of SDK clients, told once more: a revoked key does nothing, a session belongs to one key for good. */
export const sdkFolds = {
  'key.api_issued'(body, { world, fail }) {
    if (world.apiKeys.has(body.prefix)) fail('I21', `the API key ${body.prefix} was issued twice`);
    world.apiKeys.set(body.prefix, { isRevoked: false });
  },
  'key.api_revoked'(body, { world, fail }) {
    const key = world.apiKeys.get(body.prefix);
    if (key === undefined || key.isRevoked) fail('I22', `the API key ${body.prefix} is revoked twice, or unknown`);
    else key.isRevoked = true;
  },
  'sdk.session_registered'(body, { world, fail }) {
    const known = world.sdkSessions.get(body.session_id);
    if (known !== undefined && known !== body.key_prefix) fail('I32', `session ${body.session_id} changed its API key`);
    if (world.apiKeys.get(body.key_prefix)?.isRevoked !== false)
      fail('I22', `the API key ${body.key_prefix} is not in force and registered ${body.session_id}`);
    world.sdkSessions.set(body.session_id, body.key_prefix);
  },
  'sdk.session_ended'(body, { world, fail }) {
    if (!world.sdkSessions.delete(body.session_id)) fail('I25', `session ${body.session_id} ended and was not there`);
  },
} satisfies Folds;

/** Compares keys and sessions with state and memory. */
export function compareSdk(report: Report, world: FoldedWorld, state: State, hot: Hot): void {
  const keys = new Map(loadApiKeys(state.db).map((k) => [k.prefix, k.revokedAt !== null]));
  if (keys.size !== world.apiKeys.size || hot.sdk.keys.size !== keys.size)
    report(
      'I25',
      `${keys.size} API keys in the state, ${hot.sdk.keys.size} in memory, ${world.apiKeys.size} by the log`,
    );
  for (const [prefix, { isRevoked }] of world.apiKeys)
    if (keys.get(prefix) !== isRevoked || (hot.sdk.keys.get(prefix)?.revokedAt !== null) !== isRevoked)
      report('I22', `the API key ${prefix} is ${isRevoked ? '' : 'not '}revoked by the log alone`);
  const sessions = new Map(loadSdkSessions(state.db).map((s) => [s.sessionId, s.keyPrefix]));
  if (sessions.size !== world.sdkSessions.size || hot.sdk.sessions.size !== sessions.size)
    report('I25', `${sessions.size} SDK sessions in the state, ${world.sdkSessions.size} by the log`);
  for (const [sessionId, prefix] of world.sdkSessions)
    if (sessions.get(sessionId) !== prefix || hot.sdk.sessions.get(sessionId)?.keyPrefix !== prefix)
      report('I25', `the SDK session ${sessionId} is not of ${prefix}`);
}
