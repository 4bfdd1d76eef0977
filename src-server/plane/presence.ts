import type { PlaneEvent } from '../contract/events.ts';
import type { SourceState } from '../contract/terms.ts';
import { poolStateAfter } from '../domain/pools/pool-state.ts';
import type { HotSource } from './hot/source.ts';

type Health = Exclude<SourceState, 'pending'>;

/**
 * What has to be written when the health of a source, or of one runner of a pool, changes. A pool follows its runners: it
 * is online while one of them is, and its own change stands in the same entry.
 */
export function healthEvents(place: HotSource, health: Health, reason: string | null = null): PlaneEvent[] {
  if (place.seat === null) return [ofSource(place.sourceId, health, reason ?? '')];
  const { of } = place.seat;
  return [
    {
      type: 'session.health',
      body: { session_id: place.sessionId as string, source_id: place.sourceId, health, reason },
    },
    ...followed(of, place.state, health),
  ];
}

/** What has to be written beside the end of a runner of a pool. */
export const goneEvents = (seat: HotSource): PlaneEvent[] =>
  seat.seat === null ? [] : followed(seat.seat.of, seat.state, null);

/** What has to be written beside a new runner of a pool, which is online from the start. */
export const joinedEvents = (source: HotSource, sessionId: string): PlaneEvent[] => [
  {
    type: 'session.health',
    body: { session_id: sessionId, source_id: source.sourceId, health: 'online', reason: null },
  },
  ...followed(source, null, 'online'),
];

function followed(source: HotSource, from: SourceState | null, to: Health | null): PlaneEvent[] {
  if (source.pool === null) return [];
  const state = poolStateAfter(source.pool.byState, from, to);
  return state === source.state ? [] : [ofSource(source.sourceId, state, 'No runner of the pool is online.')];
}

function ofSource(sourceId: string, health: Health, reason: string): PlaneEvent {
  switch (health) {
    case 'online':
      return { type: 'source.online', body: { source_id: sourceId } };
    case 'late':
      return { type: 'source.late', body: { source_id: sourceId } };
    case 'offline':
      return { type: 'source.offline', body: { source_id: sourceId, reason } };
    case 'quarantined':
      return { type: 'source.quarantined', body: { source_id: sourceId, reason } };
  }
}
