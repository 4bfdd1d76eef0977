import { describe, expect, it } from 'vitest';
import { filterCount, readFilters, stateFilters, toListQuery } from './source-filters.ts';

describe('filters in the address', () => {
  it('are read and asked for', () => {
    const filters = readFilters(new URLSearchParams('state=late&side=byoc&q=eu'));
    expect(toListQuery(filters)).toEqual({ state: 'late', side: 'byoc', q: 'eu' });
    expect(filterCount(filters)).toBe(3);
  });
  it('fall back to all when unknown', () => {
    expect(toListQuery(readFilters(new URLSearchParams('state=gone&side=x')))).toEqual({});
  });
});

it('shows rare states only while a source is in them', () => {
  const counts = { total: 2, taking_jobs: 1, slots: 2, in_use: 0, by_state: { online: 1, cordoned: 1 } };
  expect(stateFilters(counts, 'all').map((filter) => filter.value)).toEqual([
    'all',
    'online',
    'late',
    'cordoned',
    'quarantined',
    'offline',
  ]);
});
