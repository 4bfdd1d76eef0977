import { describe, expect, it } from 'vitest';
import type { JobList } from '../../../src-server/contract/job.ts';
import { JOB_STATES } from '../../../src-server/contract/terms.ts';
import { countWords, filterCount, readFilters, stateFilters, toListQuery } from './job-filters.ts';

const counts = { ...Object.fromEntries(JOB_STATES.map((state) => [state, 0])), queued: 7, running: 17, claimed: 1 };

describe('filters of the jobs list', () => {
  it('come from the address, unknown ones are left out', () => {
    const filters = readFilters(new URLSearchParams('state=held&compute_class=gpu-small&q=fold+3&source_id=src_1'));
    expect(toListQuery(filters)).toEqual({
      state: 'held',
      compute_class: 'gpu-small',
      q: 'fold 3',
      source_id: 'src_1',
    });
    expect(filterCount(filters)).toBe(4);
    expect(toListQuery(readFilters(new URLSearchParams('state=lost&compute_class=huge')))).toEqual({});
  });
  it('count every state, canceled only when there are some', () => {
    expect(stateFilters(counts as JobList['counts'], 'all').map((filter) => filter.label)).toEqual([
      'All',
      'Queued',
      'Claimed',
      'Running',
      'Held',
      'Succeeded',
      'Failed',
      'Refused',
      'Dead letter',
    ]);
    expect(stateFilters(counts as JobList['counts'], 'canceled').at(-1)?.label).toBe('Canceled');
  });
  it('speak in one line', () => expect(countWords(counts as JobList['counts'])).toBe('25 jobs, 18 active, 7 queued'));
});
