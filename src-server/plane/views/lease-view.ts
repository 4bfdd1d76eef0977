import type { z } from 'zod';
import type { Lease, leaseListQuery } from '../../contract/lease.ts';
import { type EndedLeaseRow, endedLease, listEndedLeases } from '../../state/queries/leases.ts';
import { instantOf } from '../clock.ts';
import type { Engine } from '../engine.ts';
import type { HotLease } from '../hot/lease.ts';
import { keyOfCursor, pageOf } from './page.ts';
import { replayPath } from './replay-path.ts';

/** A live lease with its countdown. */
export function liveLeaseView(engine: Engine, lease: HotLease): Lease {
  const { spec } = engine.submitted(lease.jobSeq);
  const nowMs = engine.clock.monoMs();
  return {
    lease_id: lease.leaseId,
    job_id: lease.jobId,
    wu_id: spec.wu_id,
    title: spec.title,
    attempt: lease.attempt,
    fence: lease.fence,
    source_id: lease.sourceId,
    source_name: engine.hot.fleet.source(lease.sourceId).name,
    session_id: lease.sessionId,
    state: 'active',
    granted_at: instantOf(lease.grantedWallMs),
    started_at: lease.startedWallMs === null ? null : instantOf(lease.startedWallMs),
    ended_at: null,
    ttl_ms: lease.ttlMs,
    expires_in_ms: Math.max(0, (lease.startedPlaneMs === null ? lease.startDeadlineMs : lease.deadlineMs) - nowMs),
    runtime_left_ms:
      lease.startedPlaneMs === null ? null : Math.max(0, lease.maxRuntimeMs - (engine.planeMs - lease.startedPlaneMs)),
    renewals: lease.renewals,
    max_runtime_ms: lease.maxRuntimeMs,
    stopping: lease.directive !== null,
    replay_path: replayPath(engine.workspaceId, lease.grantedSeq),
  };
}

function endedLeaseView(engine: Engine, row: EndedLeaseRow): Lease {
  return {
    lease_id: row.leaseId,
    job_id: row.jobId,
    wu_id: row.wuId,
    title: row.title,
    attempt: row.attempt,
    fence: row.fence,
    source_id: row.sourceId,
    source_name: engine.hot.fleet.sources.get(row.sourceId)?.name ?? row.sourceId,
    session_id: row.sessionId,
    state: row.state,
    granted_at: instantOf(row.grantedMs),
    started_at: row.startedMs === null ? null : instantOf(row.startedMs),
    ended_at: instantOf(row.endedMs),
    ttl_ms: row.ttlMs,
    expires_in_ms: null,
    runtime_left_ms: null,
    renewals: row.renewals,
    max_runtime_ms: row.maxRuntimeMs,
    stopping: false,
    replay_path: replayPath(engine.workspaceId, row.endSeq),
  };
}

/** One lease, live or among the newest that ended; null when it is neither. */
export function leaseView(engine: Engine, leaseId: string): Lease | null {
  const live = engine.hot.lease(leaseId);
  if (live !== undefined) return liveLeaseView(engine, live);
  const row = endedLease(engine.state.db, leaseId);
  return row === undefined ? null : endedLeaseView(engine, row);
}

/** Newest fence first: the live ones among those that ended. */
export function listLeasesView(
  engine: Engine,
  query: z.output<typeof leaseListQuery>,
): { items: Lease[]; next_cursor: string | null } {
  const before = keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER;
  const isShown = query.state === undefined || query.state === 'active';
  const live = isShown
    ? [...engine.hot.leases.values()]
        .filter((l) => l.fence < before && (query.source_id === undefined || l.sourceId === query.source_id))
        .sort((a, b) => b.fence - a.fence)
        .slice(0, query.limit + 1)
        // Only what is shown is looked up: each view reads its job.
        .map((l) => liveLeaseView(engine, l))
    : [];
  const ended =
    query.state === 'active'
      ? []
      : listEndedLeases(engine.state.db, engine.state.head.fence, {
          state: query.state,
          sourceIds: query.source_id === undefined ? undefined : [query.source_id],
          beforeFence: before,
          limit: query.limit + 1,
        }).map((row) => endedLeaseView(engine, row));
  const all = [...live, ...ended].sort((a, b) => b.fence - a.fence).slice(0, query.limit + 1);
  return pageOf(
    all,
    query.limit,
    (l) => l.fence,
    (l) => l,
  );
}
