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
  const labels = Object.entries(row.labels).map(([key, value]) => `${key}=${value}`.toLowerCase());
  return text === undefined || [row.name.toLowerCase(), ...labels].some((part) => part.includes(text));
};

interface ListPage<T> {
  items: T[];
  next_cursor: string | null;
}

/**
 * Renews known rows where they stand and takes out those that left the filter. Pages without any of them stay the same
 * object, so that a long list costs a look and no copy.
 * @param fresh rows by id; those that were found are taken out of it.
 */
const renew = <T, P extends ListPage<T>>(
  pages: readonly P[],
  fresh: Map<string, T>,
  idOf: (row: T) => string,
  matches: (row: T) => boolean,
): P[] =>
  pages.map((page) => {
    if (fresh.size === 0 || !page.items.some((item) => fresh.has(idOf(item)))) return page;
    const items = page.items.flatMap((item) => {
      const row = fresh.get(idOf(item));
      if (row === undefined) return [item];
      fresh.delete(idOf(item));
      return matches(row) ? [row] : [];
    });
    return { ...page, items };
  });

/**
 * Puts a row that newly matches where it belongs. Below what was fetched it is left for the page that brings it:
 * fetching every page again for each such change would not end on a long list.
 * @param isBefore whether a row stands above another in this list.
 */
const place = <T, P extends ListPage<T>>(pages: P[], row: T, isBefore: (a: T, b: T) => boolean): void => {
  const at = pages.findIndex((page) => {
    const last = page.items.at(-1);
    return page.next_cursor === null || (last !== undefined && isBefore(row, last));
  });
  const page = pages[at];
  if (page === undefined) return;
  const below = page.items.findIndex((item) => isBefore(row, item));
  pages[at] = { ...page, items: page.items.toSpliced(below === -1 ? page.items.length : below, 0, row) };
};

const mergePages = <T, P extends ListPage<T>>(
  data: InfiniteData<P>,
  rows: readonly T[],
  idOf: (row: T) => string,
  matches: (row: T) => boolean,
  isBefore: (a: T, b: T) => boolean,
): Merged<InfiniteData<P>> => {
  const fresh = new Map(rows.map((row) => [idOf(row), row]));
  const pages = renew(data.pages, fresh, idOf, matches);
  for (const row of fresh.values()) if (matches(row)) place(pages, row, isBefore);
  const isSame = pages.every((page, at) => page === data.pages[at]);
  return { data: isSame ? data : { ...data, pages }, isStale: false };
};

/** New jobs that gather above the first page before it is fetched afresh: what nobody scrolls back to must not grow for days. */
export const NEW_JOBS_MAX = 20_000;
/** Of them so many stay on screen until the fresh page is there. */
const KEPT_ON_SCREEN = 200;

/** Patches the pages of a jobs list, newest first. Its counts are those of its answer; the overview has newer ones. */
export const mergeJobPages = (
  data: InfiniteData<JobList>,
  rows: readonly JobListItem[],
  query: JobListQuery,
): Merged<InfiniteData<JobList>> => {
  const merged = mergePages(
    data,
    rows,
    (row) => row.job_id,
    (row) => jobMatches(row, query),
    (a, b) => a.seq > b.seq,
  );
  const [first] = merged.data.pages;
  if (first === undefined || first.items.length <= NEW_JOBS_MAX) return merged;
  const pages = [{ ...first, items: first.items.slice(0, KEPT_ON_SCREEN) }];
  return { data: { pages, pageParams: merged.data.pageParams.slice(0, 1) }, isStale: true };
};

const isNamedBefore = (a: Source, b: Source): boolean =>
  a.name < b.name || (a.name === b.name && a.source_id < b.source_id);

/** Patches the pages of a source list, by name. Its counts are those of its answer; the overview has newer ones. */
export const mergeSourcePages = (
  data: InfiniteData<SourceList>,
  rows: readonly Source[],
  query: SourceListQuery,
): Merged<InfiniteData<SourceList>> =>
  mergePages(
    data,
    rows,
    (row) => row.source_id,
    (row) => sourceMatches(row, query),
    isNamedBefore,
  );

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
