import { pastRegistration } from '../../state/queries/pools.ts';
import type { Engine } from '../engine.ts';

/** The key of a session, base64 of its 32 raw bytes, and the entry that registered it. */
export interface RunnerKey {
  publicKey: string;
  registeredSeq: number;
}

/** From memory, or for a runner of a pool that ended long ago from the log. Undefined when there never was such a session. */
export function runnerKeyOf(engine: Engine, sessionId: string): RunnerKey | undefined {
  const known = engine.hot.fleet.sessions.get(sessionId);
  if (known !== undefined) return known;
  const registeredSeq = pastRegistration(engine.state.db, sessionId);
  if (registeredSeq === undefined) return undefined;
  for (const event of engine.entry(registeredSeq).events)
    if (event.type === 'session.registered' && event.body.session_id === sessionId)
      return { publicKey: event.body.public_key, registeredSeq };
  return undefined;
}
