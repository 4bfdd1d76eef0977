import type { z } from 'zod';
import { LIST_LIMIT_DEFAULT } from '../../contract/limits.ts';
import type { ReplayAnswer, replayQuery } from '../../contract/replay.ts';
import { instantOf } from '../clock.ts';
import type { Engine } from '../engine.ts';
import { RecentDecisions } from '../recent-decisions.ts';
import { Samples } from '../samples.ts';
import { budgetsView } from './budget-view.ts';
import { listJobsView } from './job-view.ts';
import { listLeasesView } from './lease-view.ts';
import { overviewView } from './overview-view.ts';
import { policyView } from './policy-view.ts';
import { listSourcesView } from './source-view.ts';

/** A past engine in the shapes of the live routes; what lived only in memory is null. @param createdAt of the workspace. */
export function replayView(past: Engine, createdAt: string, query: z.output<typeof replayQuery>): ReplayAnswer {
  const { view } = query;
  const page = { limit: LIST_LIMIT_DEFAULT, ...(query.cursor === undefined ? {} : { cursor: query.cursor }) };
  const part = <T>(name: NonNullable<typeof view>, make: () => T): T | null =>
    view === undefined || view === name ? make() : null;
  return {
    at_seq: past.nextSeq - 1,
    at: instantOf(past.clock.wallMs()),
    overview: part('overview', () => pastOverview(past, createdAt)),
    sources: part('sources', () => listSourcesView(past, page)),
    jobs: part('jobs', () => listJobsView(past, page)),
    leases: part('leases', () => pastLeases(past, page)),
    budgets: part('budgets', () => ({ ...budgetsView(past), waiting_jobs: null })),
    routing_policy: part('routing_policy', () => policyView(past)),
  };
}

function pastOverview(past: Engine, createdAt: string): ReplayAnswer['overview'] {
  const workspace = {
    engine: past,
    samples: new Samples(),
    recent: new RecentDecisions(past),
    status: 'open' as const,
  };
  const seen = overviewView({ workspace, createdAt }, { range: '1h' });
  return {
    ...seen,
    leases: { ...seen.leases, expiring: null, next_expiry_in_ms: null },
    series: null,
    lanes: seen.lanes.map((lane) => ({ ...lane, spans: lane.spans.map((span) => ({ ...span, late: null })) })),
  };
}

function pastLeases(past: Engine, page: { limit: number; cursor?: string }): ReplayAnswer['leases'] {
  const { items, next_cursor } = listLeasesView(past, page);
  return {
    items: items.map((lease) =>
      lease.state === 'active'
        ? { ...lease, expires_in_ms: null, runtime_left_ms: null, renewals: null, stopping: null }
        : lease,
    ),
    next_cursor,
  };
}
