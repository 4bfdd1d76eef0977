import type { z } from 'zod';
import type { Enrollment, Source, SourceDetail, SourceList, sourceListQuery } from '../../contract/source.ts';
import { leaseTiming } from '../../domain/leases/timing.ts';
import { confinementWord } from '../../domain/sources/confinement.ts';
import type { Engine } from '../engine.ts';
import { compareNames } from '../hot/fleet.ts';
import type { HotEnrollment } from '../hot/hot.ts';
import type { HotSource } from '../hot/source.ts';
import { seenAgo } from './explain-view.ts';
import { liveLeaseView } from './lease-view.ts';
import { cursorOf, pageOf, textOfCursor } from './page.ts';

/** The heartbeat row on screen looks back this far. */
const BEATS_BACK_MS = 600_000;

const expiresInMs = (engine: Engine, e: HotEnrollment): number =>
  e.state === 'issued' ? Math.max(0, e.ttlMs - (engine.planeMs - e.issuedPlaneMs)) : 0;

/** A row of the sources table. */
export function sourceView(engine: Engine, source: HotSource): Source {
  const session = source.sessionId === null ? undefined : engine.hot.fleet.sessions.get(source.sessionId);
  // Only a source without a runner needs its credential on the row.
  const enrollment = session === undefined ? engine.hot.newestEnrollment(source.sourceId) : undefined;
  const { doctor } = source;
  return {
    source_id: source.sourceId,
    name: source.name,
    kind: source.kind,
    side: source.side,
    state: source.state,
    quarantine_reason: source.state === 'quarantined' ? source.stateReason : null,
    cordoned: source.cordoned !== null,
    draining: source.draining !== null,
    revoked: source.revoked !== null,
    switches: { cordoned: source.cordoned, draining: source.draining, revoked: source.revoked },
    compute_class: source.pinnedClass ?? source.ownClass,
    pinned_class: source.pinnedClass,
    labels: source.labels,
    capacity: source.capacity,
    offered: source.offered,
    in_use: source.activeLeases.size,
    seen_ms_ago: seenAgo(engine, source),
    posture: source.posture,
    confined: confinementWord(source.posture),
    doctor:
      doctor === null
        ? null
        : {
            at: doctor.at,
            passed: doctor.checks.filter((c) => c.passed).length,
            total: doctor.checks.length,
            checks: doctor.checks,
          },
    session:
      session === undefined
        ? null
        : {
            session_id: session.sessionId,
            state: session.state,
            registered_at: session.registeredAt,
            ...session.facts,
          },
    enrollment:
      enrollment === undefined
        ? null
        : {
            enrollment_id: enrollment.enrollmentId,
            state: enrollment.state,
            fingerprint: enrollment.credentialSha256.slice(0, 8),
            expires_in_ms: expiresInMs(engine, enrollment),
          },
    pool:
      source.pool === null
        ? null
        : {
            pool_id: source.pool.poolId,
            compute_classes: [...source.pool.classes],
            runners: source.pool.seats.size,
          },
    enrolled_at: source.enrolledAt,
    enrolled_by: source.enrolledBy,
  };
}

/** The peek: one source with its leases and its heartbeats of the last 10 minutes. */
export function sourceDetailView(engine: Engine, source: HotSource): SourceDetail {
  const intervalMs = leaseTiming(engine.state.head.config.leaseTtlMs).heartbeatMs;
  const leases = [...source.activeLeases].flatMap((id) => {
    const lease = engine.hot.lease(id);
    if (lease === undefined) return [];
    const view = liveLeaseView(engine, lease);
    const { spec } = engine.submitted(lease.jobSeq);
    return [
      {
        lease_id: view.lease_id,
        job_id: view.job_id,
        wu_id: view.wu_id,
        title: view.title,
        fence: view.fence,
        attempt: view.attempt,
        max_attempts: spec.max_attempts,
        expires_in_ms: view.expires_in_ms ?? 0,
        ttl_ms: view.ttl_ms,
      },
    ];
  });
  return {
    ...sourceView(engine, source),
    heartbeat_interval_ms: intervalMs,
    heartbeats: beats(engine, source, intervalMs),
    leases,
  };
}

/** One flag per interval, oldest first: did a heartbeat come in it? */
function beats(engine: Engine, source: HotSource, intervalMs: number): boolean[] {
  const first = source.heartbeatsMs[0];
  if (first === undefined) return [];
  const nowMs = engine.clock.monoMs();
  const sinceMs = Math.max(first, nowMs - BEATS_BACK_MS);
  const flags = new Array<boolean>(Math.max(1, Math.ceil((nowMs - sinceMs) / intervalMs))).fill(false);
  // A beat a little late still belongs to its interval: jitter is no silence.
  const slackMs = intervalMs / 2;
  for (let i = 0; i < flags.length; i++) {
    const endMs = nowMs - (flags.length - 1 - i) * intervalMs;
    flags[i] = source.heartbeatsMs.some((ms) => ms > endMs - intervalMs - slackMs && ms <= endMs);
  }
  return flags;
}

/** Labels change as a whole, so that what was put together for one search serves the next ones. */
const LABEL_TEXTS = new WeakMap<HotSource['labels'], string>();
function labelText(labels: HotSource['labels']): string {
  let text = LABEL_TEXTS.get(labels);
  if (text === undefined) {
    text = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n')
      .toLowerCase();
    LABEL_TEXTS.set(labels, text);
  }
  return text;
}

/** One page of sources by name, with the counts of the whole fleet. */
export function listSourcesView(engine: Engine, query: z.output<typeof sourceListQuery>): SourceList {
  const states = query.state?.split(',');
  const search = query.q?.toLowerCase();
  const matches = (s: HotSource): boolean =>
    (states === undefined || states.some((state) => isShownAs(s, state))) &&
    (query.side === undefined || s.side === query.side) &&
    (search === undefined || s.name.toLowerCase().includes(search) || labelText(s.labels).includes(search));
  const all = engine.hot.fleet.byName();
  const shown: HotSource[] = [];
  // One more than is shown, so that the end is known.
  for (let at = placeAfter(engine, all, query.cursor); at < all.length && shown.length <= query.limit; at++) {
    const source = all[at] as HotSource;
    if (matches(source)) shown.push(source);
  }
  return {
    ...pageOf(
      shown,
      query.limit,
      (s) => s.sourceId,
      (s) => sourceView(engine, s),
    ),
    counts: countSources(engine),
  };
}

/** Where the page after the cursor's source begins, whether that still matches the filter or not; 0 without one of ours. */
function placeAfter(engine: Engine, all: readonly HotSource[], cursor: string | undefined): number {
  const last = cursor === undefined ? undefined : engine.hot.fleet.sources.get(textOfCursor(cursor));
  if (last === undefined) return 0;
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareNames(all[middle] as HotSource, last) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Switches are filters too: a draining source is found under `draining`. */
function isShownAs(source: HotSource, state: string): boolean {
  if (state === 'revoked') return source.revoked !== null;
  if (state === 'draining') return source.draining !== null && source.revoked === null;
  if (state === 'cordoned') return source.cordoned !== null && source.revoked === null;
  return source.state === state && source.revoked === null;
}

export function countSources(engine: Engine): SourceList['counts'] {
  const byState: Record<string, number> = {};
  const bump = (state: string): void => {
    byState[state] = (byState[state] ?? 0) + 1;
  };
  let slots = 0;
  let inUse = 0;
  let total = 0;
  for (const source of engine.hot.fleet.sources.values()) {
    if (source.revoked !== null) {
      bump('revoked');
      continue;
    }
    total++;
    bump(source.state);
    if (source.draining !== null) bump('draining');
    if (source.cordoned !== null) bump('cordoned');
    slots += source.capacity;
    inUse += source.activeLeases.size;
  }
  const conditions = engine.hot.fleet.countBy();
  return { total, taking_jobs: conditions.ready + conditions.full, slots, in_use: inUse, by_state: byState };
}

export function enrollmentView(engine: Engine, e: HotEnrollment): Enrollment {
  return {
    enrollment_id: e.enrollmentId,
    source_id: e.sourceId,
    state: e.state,
    fingerprint: e.credentialSha256.slice(0, 8),
    created_at: e.createdAt,
    created_by: e.createdBy,
    expires_in_ms: expiresInMs(engine, e),
  };
}

/** Newest first. */
export function listEnrollmentsView(
  engine: Engine,
  query: { cursor?: string | undefined; limit: number },
): { items: Enrollment[]; next_cursor: string | null } {
  const all = [...engine.hot.enrollments.values()].sort((a, b) => b.seq - a.seq);
  const after = query.cursor === undefined ? -1 : all.findIndex((e) => cursorOf(e.enrollmentId) === query.cursor);
  const shown = all.slice(after + 1, after + 1 + query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map((e) => enrollmentView(engine, e)),
    next_cursor: after + 1 + shown.length < all.length && last !== undefined ? cursorOf(last.enrollmentId) : null,
  };
}
