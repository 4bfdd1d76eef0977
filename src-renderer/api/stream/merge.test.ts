import type { InfiniteData } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { JobList, JobListItem } from '../../../src-server/contract/job.ts';
import type { Source, SourceDetail, SourceList } from '../../../src-server/contract/source.ts';
import { JOB_STATES } from '../../../src-server/contract/terms.ts';
import {
  jobMatches,
  mergeJobPages,
  mergeSourceDetail,
  mergeSourcePages,
  NEW_JOBS_MAX,
  sourceMatches,
} from './merge.ts';

const job = (id: string, more: Partial<JobListItem> = {}) =>
  ({
    job_id: id,
    wu_id: 'WU-1',
    title: `Job ${id}`,
    state: 'queued',
    source_id: null,
    compute_class: 'cpu-small',
    ...more,
  }) as JobListItem;
const pages = (...lists: JobListItem[][]): InfiniteData<JobList> => {
  const counts = Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as JobList['counts'];
  for (const row of lists.flat()) counts[row.state] += 1;
  return {
    pages: lists.map((items, i) => ({ items, next_cursor: i === lists.length - 1 ? null : `p${i + 1}`, counts })),
    pageParams: lists.map(() => undefined),
  };
};
const ids = (data: InfiniteData<JobList>) => data.pages.map((page) => page.items.map((row) => row.job_id));

describe('a jobs list', () => {
  it('renews a known row where it stands, on any page, and leaves the other pages alone', () => {
    const before = pages([job('a', { seq: 9 })], [job('b', { seq: 8 })]);
    const { data, isStale } = mergeJobPages(before, [job('b', { seq: 8, state: 'running' })], {});
    expect(ids(data)).toEqual([['a'], ['b']]);
    expect(data.pages[1]?.items[0]?.state).toBe('running');
    expect(data.pages[0]).toBe(before.pages[0]);
    expect(isStale).toBe(false);
  });
  it('puts new jobs on top, the newest first', () => {
    const merged = mergeJobPages(pages([job('a', { seq: 1 })]), [job('b', { seq: 2 }), job('c', { seq: 3 })], {});
    expect(ids(merged.data)).toEqual([['c', 'b', 'a']]);
    expect(merged.isStale).toBe(false);
  });
  it('is the same where every changed row is left out by the filter', () => {
    const before = pages([job('a', { seq: 1, state: 'running' })]);
    expect(mergeJobPages(before, [job('b', { seq: 2 })], { state: 'running' }).data).toBe(before);
  });
  it('takes out a row that left the filter', () => {
    const before = pages([job('a', { seq: 2 }), job('b', { seq: 1 })]);
    const { data } = mergeJobPages(before, [job('a', { seq: 2, state: 'running' })], { state: 'queued' });
    expect(ids(data)).toEqual([['b']]);
  });
  it('puts a job that comes to match where its age belongs', () => {
    const [a, c, e] = [job('a', { seq: 9 }), job('c', { seq: 7 }), job('e', { seq: 5 })];
    const merged = mergeJobPages(pages([a, c], [e]), [job('d', { seq: 6 })], {});
    expect(ids(merged.data)).toEqual([
      ['a', 'c'],
      ['d', 'e'],
    ]);
    expect(merged.isStale).toBe(false);
  });
  it('leaves a job that is older than all that was fetched to its page', () => {
    const before = pages([job('a', { seq: 9 })]);
    before.pages = before.pages.map((page) => ({ ...page, next_cursor: 'more' }));
    const merged = mergeJobPages(before, [job('z', { seq: 1 })], {});
    expect(ids(merged.data)).toEqual([['a']]);
    expect(merged.isStale).toBe(false);
  });
  it('begins afresh once more new jobs have gathered than anybody scrolls through', () => {
    const many = Array.from({ length: NEW_JOBS_MAX }, (_, n) => job(`j${n}`, { seq: NEW_JOBS_MAX - n + 1 }));
    const merged = mergeJobPages(pages(many, [job('a', { seq: 1 })]), [job('new', { seq: NEW_JOBS_MAX + 2 })], {});
    expect(merged.isStale).toBe(true);
    expect(merged.data.pages).toHaveLength(1);
    expect(merged.data.pages[0]?.items[0]?.job_id).toBe('new');
    expect(merged.data.pages[0]?.items.length).toBeLessThan(1_000);
  });
  it('does not change what it was given', () => {
    const before = pages([job('a', { seq: 1 })]);
    const copy = structuredClone(before);
    mergeJobPages(before, [job('a', { seq: 1, state: 'failed' }), job('c', { seq: 2 })], {});
    expect(before).toEqual(copy);
  });
});

it('filters jobs as the plane does', () => {
  const row = job('a', { state: 'held', title: 'Unit tests', source_id: 'src_1' });
  expect(jobMatches(row, { state: 'queued,held', q: 'UNIT' })).toBe(true);
  expect(jobMatches(row, { state: 'queued' })).toBe(false);
  expect(jobMatches(row, { source_id: 'src_2' })).toBe(false);
  expect(jobMatches(row, { q: 'wu-1' })).toBe(true);
});

const source = (id: string, more: Partial<Source> = {}) =>
  ({
    source_id: id,
    name: id,
    state: 'online',
    side: 'byoc',
    cordoned: false,
    draining: false,
    revoked: false,
    in_use: 0,
    capacity: 1,
    labels: { region: 'eu' },
    compute_class: 'cpu-small',
    ...more,
  }) as Source;
const list = (...items: Source[]): InfiniteData<SourceList> => ({
  pages: [
    {
      items,
      next_cursor: null,
      counts: {
        total: items.length,
        taking_jobs: items.length,
        slots: items.length,
        in_use: 0,
        by_state: { online: items.length },
      },
    },
  ],
  pageParams: [undefined],
});

describe('a source list', () => {
  it('renews a row in place', () => {
    const { data, isStale } = mergeSourcePages(list(source('a'), source('b')), [source('a', { name: 'new' })], {});
    expect(data.pages[0]?.items.map((item) => item.name)).toEqual(['new', 'b']);
    expect(isStale).toBe(false);
  });
  it('puts a new source where its name belongs', () => {
    const { data, isStale } = mergeSourcePages(list(source('a'), source('c')), [source('b'), source('d')], {});
    expect(data.pages[0]?.items.map((item) => item.name)).toEqual(['a', 'b', 'c', 'd']);
    expect(isStale).toBe(false);
  });
  it('leaves a source below all that was fetched to its page, and fetches nothing for it', () => {
    const before = list(source('a'));
    before.pages = before.pages.map((page) => ({ ...page, next_cursor: 'more' }));
    expect(mergeSourcePages(before, [source('z')], {})).toEqual({ data: before, isStale: false });
  });
  it('takes out a row that left the filter', () => {
    const { data } = mergeSourcePages(list(source('a')), [source('a', { state: 'late' })], { state: 'online' });
    expect(data.pages[0]?.items).toEqual([]);
  });
  it('filters by state, switch, side and text', () => {
    const row = source('dock', { draining: true });
    expect(sourceMatches(row, { state: 'draining' })).toBe(true);
    expect(sourceMatches(row, { state: 'late' })).toBe(false);
    expect(sourceMatches(row, { side: 'managed' })).toBe(false);
    expect(sourceMatches(row, { q: 'region=eu' })).toBe(true);
  });
});

it('lays a row over the peek and keeps what only the peek knows', () => {
  const detail = { ...source('a'), heartbeats: [true], leases: [], heartbeat_interval_ms: 15_000 } as SourceDetail;
  const merged = mergeSourceDetail(detail, [source('a', { state: 'late' })]);
  expect(merged.data).toMatchObject({ state: 'late', heartbeats: [true] });
  expect(merged.isStale).toBe(true);
  expect(mergeSourceDetail(detail, [source('b')]).data).toBe(detail);
});
