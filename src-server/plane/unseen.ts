import { POOL_SESSION_UNSEEN_MS } from '../contract/limits.ts';
import type { Engine } from './engine.ts';
import type { HotSource } from './hot/source.ts';
import { SLACK_MS } from './timers.ts';

/** How much longer a lost runner of a pool may stay away before it is gone, ms. Counts in plane time, over restarts. */
export function unseenLeftMs(engine: Engine, seat: NonNullable<HotSource['seat']>): number {
  return POOL_SESSION_UNSEEN_MS - (engine.planeMs - seat.healthPlaneMs);
}

/** Looks at a lost runner of a pool again when its time is over. No effect on other sources: their runners come back. */
export function armUnseen(engine: Engine, place: HotSource): void {
  if (place.seat === null || place.sessionId === null) return;
  if (engine.hot.fleet.sessions.get(place.sessionId)?.state !== 'lost') return;
  const dueMs = engine.clock.monoMs() + Math.max(0, unseenLeftMs(engine, place.seat)) + SLACK_MS;
  engine.hot.timers.set(dueMs, 'session.unseen', place.sessionId);
}
