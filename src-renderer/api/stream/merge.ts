import type { InfiniteData } from '@tanstack/react-query';
import type { Job, JobList, JobListItem } from '../../../src-server/contract/job.ts';
import type { Source, SourceDetail, SourceList } from '../../../src-server/contract/source.ts';
import type { JobListQuery, SourceListQuery } from '../query-types.ts';

/** Result of patching a cached answer: the same object when nothing changed, and whether only a refetch can finish it. */
export interface Merged<T> {
  data: T;
  isStale: boolean;
}

const splitStates = (state: string | undefined): string[] => (state ?? '').split(',').filter((part) => part !== '');

/** Does the job belong to a list with these filters? */
export const jobMatches = (row: JobListItem, query: JobListQuery): boolean => {
  const states = splitStates(query.state);
  if (states.length > 0 && !states.includes(row.state)) return false;
  if (query.source_id !== undefined && query.source_id !== row.source_id) return false;
  if (query.wu_id !== undefined && query.wu_id !== row.wu_id) return false;
  if (query.compute_class !== undefined && query.compute_class !== row.compute_class) return false;
  const text = query.q?.toLowerCase();
  return text === undefined || `${row.wu_id} ${row.title}`.toLowerCase().includes(text);
};

/** States by which the source list filters: the state itself and the operator's switches; a revoked one is only that. */
export const sourceStates = (row: Source): string[] =>
  row.revoked ? ['revoked'] : [row.state, ...(row.cordoned ? ['cordoned'] : []), ...(row.draining ? ['draining'] : [])];

/** Does the source belong to a list with these filters? */
export const sourceMatches = (row: Source, query: SourceListQuery): boolean => {
  const states = splitStates(query.state);
  if (states.length > 0 && !sourceStates(row).some((state) => states.includes(state))) return false;
  if (query.side !== undefined && query.side !== row.side) return false;
  const text = query.q?.toLowerCase();
  const labels = Object.entries(row.labels).map(([key, value]) => `${key}=${value}`);
  return text === undefined || [row.name.toLowerCase(), ...labels].some((part) => part.includes(text));
};

/**
 * Puts a row that newly matches where its age belongs. Below what was fetched it is left for the page that brings it:
 * fetching every page again for each such change would not end on a long list.
 */
const place = (pages: JobList[], row: JobListItem): void => {
  const target = pages.find((page) => page.next_cursor === null || page.items.some((item) => item.seq < row.seq));
  if (target === undefined) return;
  const at = target.items.findIndex((item) => item.seq < row.seq);
  target.items.splice(at === -1 ? target.items.length : at, 0, row);
};

/** Patches the pages of a jobs list: known rows in place, new ones on top, those that left the filter taken out. */
export const mergeJobPages = (
  data: InfiniteData<JobList>,
  rows: readonly JobListItem[],
  query: JobListQuery,
  isSubmit: boolean,
): Merged<InfiniteData<JobList>> => {
  const byId = new Map(rows.map((row) => [row.job_id, row]));
  const counts = { ...data.pages[0]?.counts } as JobList['counts'];
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.flatMap((item) => {
      const row = byId.get(item.job_id);
      if (row === undefined) return [item];
      byId.delete(item.job_id);
      counts[item.state] = Math.max(0, (counts[item.state] ?? 0) - 1);
      counts[row.state] = (counts[row.state] ?? 0) + 1;
      return jobMatches(row, query) ? [row] : [];
    }),
  }));
  const [first] = pages;
  const fresh = [...byId.values()];
  for (const row of fresh) {
    if (isSubmit) counts[row.state] = (counts[row.state] ?? 0) + 1;
    else if (jobMatches(row, query)) place(pages, row);
  }
  if (first !== undefined && isSubmit) {
    first.items = [...fresh.filter((row) => jobMatches(row, query)).reverse(), ...first.items];
  }
  return { data: { ...data, pages: pages.map((page) => ({ ...page, counts })) }, isStale: false };
};

type SourceCounts = SourceList['counts'];
const takesJobs = (row: Source) => row.state === 'online' && !row.cordoned && !row.draining && !row.revoked;

/** Adds (`sign` 1) or takes away (-1) one source from the counts of the workspace. */
const countSource = (counts: SourceCounts, row: Source, sign: 1 | -1): void => {
  for (const state of sourceStates(row)) {
    counts.by_state[state] = Math.max(0, (counts.by_state[state] ?? 0) + sign);
  }
  if (row.revoked) return;
  counts.total += sign;
  counts.slots += sign * row.capacity;
  counts.in_use += sign * row.in_use;
  if (takesJobs(row)) counts.taking_jobs += sign;
};

/** Patches the pages of a source list in place, counts too; a source that is new to it makes it stale. */
export const mergeSourcePages = (
  data: InfiniteData<SourceList>,
  rows: readonly Source[],
  query: SourceListQuery,
): Merged<InfiniteData<SourceList>> => {
  const byId = new Map(rows.map((row) => [row.source_id, row]));
  const [first] = data.pages;
  if (first === undefined) return { data, isStale: true };
  const counts: SourceCounts = { ...first.counts, by_state: { ...first.counts.by_state } };
  const pages = data.pages.map((page) => ({
    ...page,
    counts,
    items: page.items.flatMap((item) => {
      const row = byId.get(item.source_id);
      if (row === undefined) return [item];
      byId.delete(item.source_id);
      countSource(counts, item, -1);
      countSource(counts, row, 1);
      return sourceMatches(row, query) ? [row] : [];
    }),
  }));
  return { data: { ...data, pages }, isStale: byId.size > 0 };
};

/** Lays a changed row over the peek; leases and heartbeats come with the next fetch. */
export const mergeSourceDetail = (data: SourceDetail, rows: readonly Source[]): Merged<SourceDetail> => {
  const row = rows.find((candidate) => candidate.source_id === data.source_id);
  return row === undefined ? { data, isStale: false } : { data: { ...data, ...row }, isStale: true };
};

/** Lays a changed list row over the job page; attempts come with the next fetch. */
export const mergeJob = (data: Job, rows: readonly JobListItem[]): Merged<Job> => {
  const row = rows.find((candidate) => candidate.job_id === data.job_id);
  return row === undefined ? { data, isStale: false } : { data: { ...data, ...row }, isStale: true };
};
