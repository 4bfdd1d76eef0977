import type { StreamChange, StreamPulse } from '../../contract/stream.ts';
import { jobById } from '../../state/queries/jobs.ts';
import type { Change } from '../change-feed.ts';
import type { Engine } from '../engine.ts';
import { approvalView } from './approval-view.ts';
import { limitRows } from './budget-view.ts';
import { lastSeenMs } from './explain-view.ts';
import { jobListItem } from './job-view.ts';
import { leaseView } from './lease-view.ts';

import { sourceView } from './source-view.ts';

/** The rows that a change touched, as they are now: a reader that is behind still ends at the truth. */
export function changeRows(engine: Engine, change: Change): StreamChange['rows'] {
  const rows: StreamChange['rows'] = {};
  const jobs = change.jobIds.flatMap((id) => {
    const row = jobById(engine.state.db, id);
    return row === undefined ? [] : [jobListItem(engine, row)];
  });
  const sources = change.sourceIds.flatMap((id) => {
    const source = engine.hot.fleet.sources.get(id);
    return source === undefined ? [] : [sourceView(engine, source)];
  });
  const leases = change.leaseIds.flatMap((id) => leaseView(engine, id) ?? []);
  const approvals = change.approvalIds.flatMap((id) => approvalView(engine, id) ?? []);
  if (jobs.length > 0) rows.jobs = jobs;
  if (sources.length > 0) rows.sources = sources;
  if (leases.length > 0) rows.leases = leases;
  if (approvals.length > 0) rows.approvals = approvals;
  const budgets = limitRows(engine, change.scopes);
  if (budgets.length > 0) rows.budgets = budgets;
  return rows;
}

/** Signs of life that were heard after a moment of the monotonic clock, and the time left on the leases renewed since. */
export function pulseView(engine: Engine, sinceMs: number): StreamPulse {
  const nowMs = engine.clock.monoMs();
  const pulse: StreamPulse = { leases: {}, sources: {} };
  for (const source of engine.hot.fleet.sources.values()) {
    const seenMs = lastSeenMs(source);
    if (seenMs !== null && seenMs >= sinceMs) pulse.sources[source.sourceId] = Math.max(0, nowMs - seenMs);
  }
  for (const lease of engine.hot.leases.values()) {
    if (lease.lastRenewalMs >= sinceMs) pulse.leases[lease.leaseId] = Math.max(0, lease.deadlineMs - nowMs);
  }
  return pulse;
}
