import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import type { Job, JobList, JobListItem } from '../../../src-server/contract/job.ts';
import type { Source, SourceDetail, SourceList } from '../../../src-server/contract/source.ts';
import type { StreamChange } from '../../../src-server/contract/stream.ts';
import { keys } from '../keys.ts';
import type { JobListQuery, SourceListQuery } from '../query-types.ts';
import { seqOf } from '../seqs.ts';
import { noteFigures } from '../volatile.ts';
import { type Merged, mergeJob, mergeJobPages, mergeSourceDetail, mergeSourcePages } from './merge.ts';
import type { Refresher } from './refresher.ts';

/** A changed row and the entry that changed it. */
interface Changed<T> {
  seq: number;
  row: T;
}

/** Of each row the newest, in the order of the log: what lies between is not on screen for a frame. */
const newestRows = <T>(
  changes: readonly StreamChange[],
  rowsOf: (change: StreamChange) => readonly T[] | undefined,
  idOf: (row: T) => string,
): Map<string, Changed<T>> => {
  const newest = new Map<string, Changed<T>>();
  for (const change of changes)
    for (const row of rowsOf(change) ?? []) {
      newest.delete(idOf(row));
      newest.set(idOf(row), { seq: change.seq, row });
    }
  return newest;
};

/**
 * Lays rows over every cached answer below `prefix`, one write per answer. Rows older than the answer are skipped; what a
 * patch cannot finish is fetched again, at most once a second.
 * @param isMeant leaves out answers that no row is about.
 */
const patch = <T extends object, R>(
  client: QueryClient,
  prefix: readonly unknown[],
  rows: ReadonlyMap<string, Changed<R>>,
  refresher: Refresher,
  merge: (data: T, rows: readonly R[], query: unknown) => Merged<T>,
  isMeant: (key: QueryKey, hash: string) => boolean = () => true,
) => {
  for (const query of client.getQueryCache().findAll({ queryKey: prefix })) {
    const before = query.state.data as T | undefined;
    if (before === undefined || !isMeant(query.queryKey, query.queryHash)) continue;
    const answeredAt = seqOf(query.queryKey);
    const newer = [...rows.values()].flatMap(({ seq, row }) => (seq > answeredAt ? [row] : []));
    if (newer.length === 0) continue;
    const { data, isStale } = merge(before, newer, query.queryKey.at(-1));
    // What a merge leaves as it was is the same object: to compare all of it once more cost most of a storm.
    if (data !== before) query.setState({ data });
    if (isStale) refresher.refresh(query.queryKey);
  }
};

/** Lists that no screen shows are kept up to date for whoever comes back to one; so many of them. */
const IDLE_LISTS_MAX = 3;

/** Each letter of a filter leaves a list behind: forgets all but the newest, which else would all be patched. */
const forgetIdleLists = (client: QueryClient, prefix: QueryKey): void => {
  const idle = client.getQueryCache().findAll({ queryKey: prefix, type: 'inactive', fetchStatus: 'idle' });
  idle.sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  for (const query of idle.slice(IDLE_LISTS_MAX)) client.getQueryCache().remove(query);
};

/** What is cached of single jobs or sources that are among these; all others are on no screen. */
const shownOf = (client: QueryClient, prefix: readonly unknown[], ids: { has: (id: string) => boolean }): string[] => {
  const shown = client.getQueryCache().findAll({ queryKey: prefix });
  return [...new Set(shown.map(({ queryKey }) => String(queryKey[prefix.length])))].filter((id) => ids.has(id));
};

/** The answers that hold rows of one kind, and how rows are laid over them. */
interface Holders<L extends object, D extends object, R> {
  lists: QueryKey;
  mergeList: (data: InfiniteData<L>, rows: readonly R[], query: unknown) => Merged<InfiniteData<L>>;
  details: QueryKey;
  mergeDetail: (data: D, rows: readonly R[]) => Merged<D>;
}

/** Lays rows over every list, and over the single answers that they are about; with `only`, over the one answer of that hash. */
const patchHolders = <L extends object, D extends object, R>(
  client: QueryClient,
  { lists, mergeList, details, mergeDetail }: Holders<L, D, R>,
  rows: ReadonlyMap<string, Changed<R>>,
  refresher: Refresher,
  only: string | undefined,
) => {
  const isAsked = (hash: string) => only === undefined || only === hash;
  patch<InfiniteData<L>, R>(client, lists, rows, refresher, mergeList, (_key, hash) => isAsked(hash));
  const isMeant = (key: QueryKey, hash: string) => isAsked(hash) && rows.has(String(key[3]));
  patch<D, R>(client, details, rows, refresher, mergeDetail, isMeant);
};

/** @param only the hash of the one answer that is meant; every cached one where it is left out. */
const patchJobs = (
  client: QueryClient,
  ws: string,
  changes: readonly StreamChange[],
  refresher: Refresher,
  only?: string,
) => {
  const rows = newestRows(
    changes,
    (change) => change.rows.jobs,
    (row) => row.job_id,
  );
  if (rows.size === 0) return;
  const holders: Holders<JobList, Job, JobListItem> = {
    lists: keys.jobLists(ws),
    mergeList: (data, newer, query) => mergeJobPages(data, newer, query as JobListQuery),
    details: keys.jobDetails(ws),
    mergeDetail: mergeJob,
  };
  patchHolders(client, holders, rows, refresher, only);
  if (only !== undefined) return;
  for (const id of shownOf(client, keys.allJobParts(ws), rows)) refresher.refresh(keys.jobParts(ws, id));
};

const patchSources = (
  client: QueryClient,
  ws: string,
  changes: readonly StreamChange[],
  refresher: Refresher,
  only?: string,
) => {
  const rows = newestRows(
    changes,
    (change) => change.rows.sources,
    (row) => row.source_id,
  );
  if (rows.size === 0) return;
  const holders: Holders<SourceList, SourceDetail, Source> = {
    lists: keys.sourceLists(ws),
    mergeList: (data, newer, query) => mergeSourcePages(data, newer, query as SourceListQuery),
    details: keys.sourceDetails(ws),
    mergeDetail: mergeSourceDetail,
  };
  patchHolders(client, holders, rows, refresher, only);
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
const refreshRest = (client: QueryClient, ws: string, changes: readonly StreamChange[], refresher: Refresher) => {
  const types = new Set(changes.flatMap((change) => change.types));
  const leases = changes.flatMap((change) => change.rows.leases ?? []);
  const leaseSources = new Set(leases.map((lease) => lease.source_id));
  for (const id of shownOf(client, keys.sourceDetails(ws), leaseSources)) refresher.refresh(keys.source(ws, id));
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
  noteFigures({
    sources: changes.flatMap(({ rows }) => rows.sources ?? []),
    leases: changes.flatMap(({ rows }) => rows.leases ?? []),
    approvals: changes.flatMap(({ rows }) => rows.approvals ?? []),
  });
  forgetIdleLists(client, keys.jobLists(ws));
  forgetIdleLists(client, keys.sourceLists(ws));
  patchJobs(client, ws, changes, refresher);
  patchSources(client, ws, changes, refresher);
  refreshRest(client, ws, changes, refresher);
};

/** Lays changes over one answer that did not know them when it was read. */
export const relayChanges = (
  client: QueryClient,
  ws: string,
  changes: readonly StreamChange[],
  refresher: Refresher,
  hash: string,
): void => {
  patchJobs(client, ws, changes, refresher, hash);
  patchSources(client, ws, changes, refresher, hash);
};
