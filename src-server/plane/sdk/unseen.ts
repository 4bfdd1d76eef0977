import { OFFLINE_AFTER_MS, SDK_SESSION_UNSEEN_MS } from '../../contract/limits.ts';
import { type Engine, PLANE_ACTOR } from '../engine.ts';
import type { HotSdkSession } from '../hot/sdk.ts';
import { SLACK_MS } from '../timers.ts';

const SWEEP_EVERY_MS = 3_600_000;
/** Sessions that one sweep ends at most; the next follows at once while there are more. */
const ENDED_PER_SWEEP = 500;
const NEXT_SWEEP_MS = 1_000;

const quietMs = (engine: Engine, { lastSeenMs }: HotSdkSession): number =>
  engine.clock.monoMs() - (lastSeenMs ?? engine.hot.sdk.heardSinceMs);

/** Begins to listen for beats, at the start of the plane. */
export function startSdkSessions(engine: Engine): void {
  engine.hot.sdk.heardSinceMs = engine.clock.monoMs();
  armSweep(engine, SWEEP_EVERY_MS);
}

/** Ends the sessions that were not heard of for a day, so that clients that come and go do not fill the workspace. */
export function endUnseenSdk(engine: Engine): void {
  let left = ENDED_PER_SWEEP;
  for (const session of [...engine.hot.sdk.sessions.values()]) {
    if (quietMs(engine, session) < SDK_SESSION_UNSEEN_MS) continue;
    end(engine, session, 'not heard of for 24 h');
    if (--left === 0) break;
  }
  armSweep(engine, left === 0 ? NEXT_SWEEP_MS : SWEEP_EVERY_MS);
}

/**
 * Makes room for one more where the workspace is full: the session that was silent longest ends, if it is offline.
 * @returns false when all of them are there.
 */
export function endMostSilentSdk(engine: Engine): boolean {
  let most: HotSdkSession | null = null;
  for (const session of engine.hot.sdk.sessions.values())
    if (most === null || quietMs(engine, session) > quietMs(engine, most)) most = session;
  if (most === null || quietMs(engine, most) <= OFFLINE_AFTER_MS) return false;
  end(engine, most, 'silent longest when the workspace was full');
  return true;
}

const end = (engine: Engine, { sessionId }: HotSdkSession, reason: string): unknown =>
  engine.emit(PLANE_ACTOR, [{ type: 'sdk.session_ended', body: { session_id: sessionId, reason } }]);

const armSweep = (engine: Engine, afterMs: number): void =>
  engine.hot.timers.set(engine.clock.monoMs() + afterMs + SLACK_MS, 'sdk.unseen', 'sweep');
