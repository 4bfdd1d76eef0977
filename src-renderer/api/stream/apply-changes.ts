import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Job, JobList } from '../../../src-server/contract/job.ts';
import type { SourceDetail, SourceList } from '../../../src-server/contract/source.ts';
import type { StreamChange } from '../../../src-server/contract/stream.ts';
import { keys } from '../keys.ts';
import type { JobListQuery, SourceListQuery } from '../query-types.ts';
import { seqOf } from '../seqs.ts';
import { noteFigures } from '../volatile.ts';
import { type Merged, mergeJob, mergeJobPages, mergeSourceDetail, mergeSourcePages } from './merge.ts';
import type { Refresher } from './refresher.ts';

type Merge<T extends object> = (data: T, change: StreamChange, query: unknown) => Merged<T>;

/**
 * Lays changes over every cached answer below `prefix`, one write per answer. Changes older than the answer are
 * skipped; what a patch cannot finish is fetched again, at most once a second.
 */
const patch = <T extends object>(
  client: QueryClient,
  prefix: readonly unknown[],
  changes: readonly StreamChange[],
  refresher: Refresher,
  merge: Merge<T>,
) => {
  for (const query of client.getQueryCache().findAll({ queryKey: prefix })) {
    const before = query.state.data as T | undefined;
    if (before === undefined) continue;
    const answeredAt = seqOf(query.queryKey);
    let data = before;
    let isStale = false;
    for (const change of changes) {
      if (change.seq <= answeredAt) continue;
      const merged = merge(data, change, query.queryKey.at(-1));
      data = merged.data;
      isStale ||= merged.isStale;
    }
    if (data !== before) client.setQueryData(query.queryKey, data);
    if (isStale) refresher.refresh(query.queryKey);
  }
};

const patchJobs = (client: QueryClient, ws: string, all: readonly StreamChange[], refresher: Refresher) => {
  const changes = all.filter((change) => (change.rows.jobs ?? []).length > 0);
  if (changes.length === 0) return;
  patch<InfiniteData<JobList>>(client, keys.jobLists(ws), changes, refresher, (data, change, query) =>
    mergeJobPages(data, change.rows.jobs ?? [], query as JobListQuery, change.types.includes('job.submitted')),
  );
  for (const id of new Set(changes.flatMap((change) => (change.rows.jobs ?? []).map((row) => row.job_id)))) {
    patch<Job>(client, keys.job(ws, id), changes, refresher, (data, change) => mergeJob(data, change.rows.jobs ?? []));
    refresher.refresh(keys.jobParts(ws, id));
  }
};

const patchSources = (client: QueryClient, ws: string, all: readonly StreamChange[], refresher: Refresher) => {
  const changes = all.filter((change) => (change.rows.sources ?? []).length > 0);
  if (changes.length === 0) return;
  patch<InfiniteData<SourceList>>(client, keys.sourceLists(ws), changes, refresher, (data, change, query) =>
    mergeSourcePages(data, change.rows.sources ?? [], query as SourceListQuery),
  );
  for (const id of new Set(changes.flatMap((change) => (change.rows.sources ?? []).map((row) => row.source_id)))) {
    patch<SourceDetail>(client, keys.source(ws, id), changes, refresher, (data, change) =>
      mergeSourceDetail(data, change.rows.sources ?? []),
    );
  }
};

/** Approvals and admissions, and what a yes would do, which follows the fleet. */
const refreshGovernance = (
  ws: string,
  types: ReadonlySet<string>,
  changes: readonly StreamChange[],
  refresher: Refresher,
) => {
  const names = [...types];
  if (names.some((type) => type.startsWith('approval.'))) refresher.refresh(keys.approvalLists(ws));
  if (names.some((type) => type.startsWith('admission.'))) refresher.refresh(keys.admissionLists(ws));
  const isFleetMoved = changes.some(({ rows }) => (rows.leases ?? []).length > 0 || (rows.sources ?? []).length > 0);
  if (isFleetMoved || names.some((type) => /^(approval|admission|policy|budget)\./.test(type))) {
    refresher.refresh(keys.approvalDetails(ws));
  }
};

/** Limits with their use, and the lists beside them. */
const refreshBudgets = (ws: string, types: ReadonlySet<string>, isLeaseMoved: boolean, refresher: Refresher) => {
  const isMoved = [...types].some((type) => type.startsWith('budget.') || type === 'time.jumped');
  if (isMoved || isLeaseMoved) refresher.refresh(keys.budgets(ws));
  if (types.has('budget.refused')) refresher.refresh(keys.budgetRefusals(ws));
  if (isLeaseMoved) refresher.refresh(keys.budgetHolds(ws));
  if ([...types].some((type) => type.startsWith('usage.'))) {
    refresher.refresh(keys.usage(ws));
    refresher.refresh(keys.wallet(ws));
  }
};

/** What no row carries and only a fetch can renew. */
const refreshRest = (ws: string, changes: readonly StreamChange[], refresher: Refresher) => {
  const types = new Set(changes.flatMap((change) => change.types));
  const leases = changes.flatMap((change) => change.rows.leases ?? []);
  for (const lease of leases) refresher.refresh(keys.source(ws, lease.source_id));
  if (leases.length > 0) refresher.refresh(keys.leases(ws));
  if ([...types].some((type) => /^(credential|session|source)\./.test(type))) refresher.refresh(keys.enrollments(ws));
  refreshGovernance(ws, types, changes, refresher);
  if (types.has('policy.published')) {
    refresher.refresh(keys.policy(ws));
    refresher.refresh(keys.policyVersions(ws));
  }
  refreshBudgets(ws, types, leases.length > 0, refresher);
  if (types.has('config.changed')) {
    refresher.refresh(keys.session);
    refresher.refresh(keys.settings(ws));
  }
  refresher.refresh(keys.overviews(ws));
};

/** Entries of the log, oldest first, laid over everything cached of their workspace. */
export const applyChanges = (
  client: QueryClient,
  ws: string,
  changes: readonly StreamChange[],
  refresher: Refresher,
): void => {
  if (changes.length === 0) return;
  for (const { rows } of changes) noteFigures({ ...rows });
  patchJobs(client, ws, changes, refresher);
  patchSources(client, ws, changes, refresher);
  refreshRest(ws, changes, refresher);
};
