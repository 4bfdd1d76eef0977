import { LATE_AFTER_MS, OFFLINE_AFTER_MS } from '../../contract/limits.ts';
import type { Engine } from '../engine.ts';
import { type HotSource, placeIdOf } from '../hot/source.ts';
import { healthEvents } from '../presence.ts';
import { SLACK_MS } from '../timers.ts';

const HEARTBEATS_KEPT = 300;

/** Every call of a session is a sign of life: a source that was late or offline is online again, a lost session is found. */
export function sign(engine: Engine, source: HotSource): void {
  source.lastSeenMs = engine.clock.monoMs();
  if (!source.isWatched) watchHealth(engine, source);
  const session = source.sessionId === null ? undefined : engine.hot.fleet.sessions.get(source.sessionId);
  const isQuiet = source.state === 'late' || source.state === 'offline';
  if (!isQuiet && session?.state !== 'lost') return;
  const found = source.draining === null ? ('active' as const) : ('draining' as const);
  engine.emit(
    { kind: 'runner', id: source.sessionId ?? source.sourceId },
    [
      ...(session?.state === 'lost'
        ? [
            {
              type: 'session.state' as const,
              body: { session_id: session.sessionId, state: found, reason: 'heard again' },
            },
          ]
        : []),
      // A quarantine is lifted by its doctor or an operator, not by being heard.
      ...(isQuiet ? healthEvents(source, 'online') : []),
    ],
    { source: source.sourceId },
  );
}

/** A heartbeat proper, for the row of beats on screen. */
export function beat(engine: Engine, source: HotSource): void {
  source.heartbeatsMs.push(engine.clock.monoMs());
  if (source.heartbeatsMs.length > HEARTBEATS_KEPT) source.heartbeatsMs.shift();
}

/**
 * Sets when this source is looked at next: when it would be late, then until it is offline as often as that, since it may
 * come back and fall quiet again. One timer at a time; its handler sets the next from the newest sign of life, so a
 * heartbeat sets none.
 */
export function watchHealth(engine: Engine, source: HotSource): void {
  source.isWatched = true;
  const nowMs = engine.clock.monoMs();
  const seenMs = source.lastSeenMs ?? nowMs;
  const isLate = nowMs - seenMs > LATE_AFTER_MS;
  engine.hot.timers.set(
    (isLate ? Math.min(seenMs + OFFLINE_AFTER_MS, nowMs + LATE_AFTER_MS) : seenMs + LATE_AFTER_MS) + SLACK_MS,
    isLate ? 'source.offline' : 'source.late',
    placeIdOf(source),
  );
}
