import type { JobList } from '../../../src-server/contract/job.ts';
import { COMPUTE_CLASSES, type ComputeClass, JOB_STATES, type JobState } from '../../../src-server/contract/terms.ts';
import type { JobListQuery } from '../../api/query-types.ts';
import { formatCount, formatPlural } from '../../format/number.ts';
import type { Filter } from '../../ui/filter-bar.tsx';
import { JOB_LOOKS } from '../../ui/state-vocabulary.ts';

export type StateFilter = JobState | 'all';
/** In the order of a job's life. */
const ORDER: readonly JobState[] = [
  'queued',
  'claimed',
  'running',
  'held',
  'succeeded',
  'failed',
  'refused',
  'dead_letter',
  'canceled',
];

export interface JobFilters {
  state: StateFilter;
  sourceId: string | null;
  computeClass: ComputeClass | null;
  q: string;
}

/** Reads the filters of the address; what it does not know is left out. */
export const readFilters = (search: URLSearchParams): JobFilters => ({
  state: JOB_STATES.find((state) => state === search.get('state')) ?? 'all',
  sourceId: search.get('source_id'),
  computeClass: COMPUTE_CLASSES.find((name) => name === search.get('compute_class')) ?? null,
  q: search.get('q') ?? '',
});

/** The query of the list that the filters ask for. */
export const toListQuery = ({ state, sourceId, computeClass, q }: JobFilters): JobListQuery => ({
  ...(state === 'all' ? {} : { state }),
  ...(sourceId === null ? {} : { source_id: sourceId }),
  ...(computeClass === null ? {} : { compute_class: computeClass }),
  ...(q.trim() === '' ? {} : { q: q.trim() }),
});

/** How many filters are on. */
export const filterCount = (filters: JobFilters): number => Object.keys(toListQuery(filters)).length;

type Counts = JobList['counts'];
/** Jobs in all. */
export const totalOf = (counts: Counts): number => JOB_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);

/** The states as filters with the counts of the whole workspace; canceled ones only when there are some. */
export const stateFilters = (counts: Counts | undefined, current: StateFilter): Filter<StateFilter>[] => [
  { value: 'all', label: 'All', count: counts === undefined ? undefined : totalOf(counts) },
  ...ORDER.filter((state) => state !== 'canceled' || state === current || (counts?.canceled ?? 0) > 0).map(
    (state): Filter<StateFilter> => ({
      value: state,
      label: JOB_LOOKS[state].label,
      look: JOB_LOOKS[state],
      count: counts?.[state],
    }),
  ),
];

/** `64 jobs, 18 active, 7 queued`. */
export const countWords = (counts: Counts): string => {
  const total = totalOf(counts);
  return `${formatPlural(total, 'job')}, ${formatCount(counts.claimed + counts.running)} active, ${formatCount(counts.queued)} queued`;
};
