import { LATE_AFTER_MS, OFFLINE_AFTER_MS } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { SdkHeartbeat, SdkRegister, SdkSession } from '../../contract/sdk.ts';
import type { Actor, CommandContext } from '../commands/context.ts';
import type { Engine } from '../engine.ts';
import type { HotSdkSession } from '../hot/sdk.ts';
import { endMostSilentSdk } from './unseen.ts';

/** Sessions of SDK clients that a workspace keeps at most. */
const SESSIONS_MAX = 10_000;

/** The actor of everything that came with a key: the key, whatever a body says of itself. */
export const keyActor = (prefix: string): Actor => ({ kind: 'api_key', id: `api_key:${prefix}` });

/** @throws ProblemError `not_found`; `right.missing` for the session of another key. */
function ownSession(ctx: CommandContext, prefix: string, sessionId: string): HotSdkSession | undefined {
  const session = ctx.engine.hot.sdk.sessions.get(sessionId);
  if (session !== undefined && session.keyPrefix !== prefix)
    throw new ProblemError('right.missing', 'This session belongs to another API key. Register one of your own.');
  return session;
}

/** Registers a session of this key, or changes what it said of itself. The same again changes nothing. */
export function registerSdkSession(ctx: CommandContext, prefix: string, body: SdkRegister): HotSdkSession {
  const { engine } = ctx;
  const sessionId = body.session_id ?? engine.ids.make('session');
  const known = ownSession(ctx, prefix, sessionId);
  const agentId = body.agent_id ?? known?.agentId ?? null;
  const wuId = body.wu_id ?? known?.wuId ?? null;
  if (known === undefined && engine.hot.sdk.sessions.size >= SESSIONS_MAX && !endMostSilentSdk(engine))
    throw new ProblemError('conflict.state', `${SESSIONS_MAX} sessions are active. Deregister some first.`);
  if (known === undefined || known.agentId !== agentId || known.wuId !== wuId)
    engine.emit(keyActor(prefix), [
      {
        type: 'sdk.session_registered',
        body: { session_id: sessionId, key_prefix: prefix, agent_id: agentId, wu_id: wuId },
      },
    ]);
  const session = engine.hot.sdk.sessions.get(sessionId) as HotSdkSession;
  session.lastSeenMs = engine.clock.monoMs();
  return session;
}

/** Ends a session of this key. @throws ProblemError `not_found`, `right.missing`. */
export function endSdkSession(ctx: CommandContext, prefix: string, sessionId: string, reason: string | null): void {
  if (ownSession(ctx, prefix, sessionId) === undefined)
    throw new ProblemError('not_found', 'There is no such session of this API key.');
  ctx.engine.emit(keyActor(prefix), [{ type: 'sdk.session_ended', body: { session_id: sessionId, reason } }]);
}

/** A sign of life; a session that is not known is registered by it. Its beats are volatile, like those of a runner. */
export function beatSdkSession(ctx: CommandContext, prefix: string, body: SdkHeartbeat): HotSdkSession {
  const { session_id, agent_id, wu_id } = body;
  const session = registerSdkSession(ctx, prefix, {
    session_id,
    ...(agent_id === undefined ? {} : { agent_id }),
    ...(wu_id === undefined ? {} : { wu_id }),
  });
  if (body.health !== undefined) session.health = { ...body.health } as HotSdkSession['health'];
  return session;
}

export function sdkSessionView(engine: Engine, session: HotSdkSession): SdkSession {
  const quietMs = session.lastSeenMs === null ? null : Math.max(0, engine.clock.monoMs() - session.lastSeenMs);
  return {
    session_id: session.sessionId,
    workspace_id: engine.workspaceId,
    agent_id: session.agentId,
    wu_id: session.wuId,
    api_key: session.keyPrefix,
    status: quietMs === null || quietMs > OFFLINE_AFTER_MS ? 'offline' : quietMs > LATE_AFTER_MS ? 'late' : 'active',
    registered_at: session.registeredAt,
    last_seen_ms_ago: quietMs,
    health: session.health,
  };
}
