import type { SourceList } from '../../../src-server/contract/source.ts';
import { SIDES, type Side } from '../../../src-server/contract/terms.ts';
import type { Filter } from '../../ui/filter-bar.tsx';
import { SOURCE_LOOKS, SWITCH_LOOKS } from '../../ui/state-vocabulary.ts';

export const STATE_FILTERS = [
  'online',
  'late',
  'draining',
  'cordoned',
  'quarantined',
  'offline',
  'pending',
  'revoked',
] as const;
export type StateFilter = (typeof STATE_FILTERS)[number] | 'all';
const LOOKS = { ...SOURCE_LOOKS, ...SWITCH_LOOKS };
/** Shown also when no source is in them, so that the bar does not jump. */
const STEADY: readonly StateFilter[] = ['online', 'late', 'quarantined', 'offline'];

export interface SourceFilters {
  state: StateFilter;
  side: Side | 'all';
  q: string;
}

/** Reads the filters of the address; what it does not know is left out. */
export const readFilters = (search: URLSearchParams): SourceFilters => ({
  state: STATE_FILTERS.find((state) => state === search.get('state')) ?? 'all',
  side: SIDES.find((side) => side === search.get('side')) ?? 'all',
  q: search.get('q') ?? '',
});

/** The query of the list that the filters ask for. */
export const toListQuery = ({ state, side, q }: SourceFilters) => ({
  ...(state === 'all' ? {} : { state }),
  ...(side === 'all' ? {} : { side }),
  ...(q.trim() === '' ? {} : { q: q.trim() }),
});

/** How many filters are on. */
export const filterCount = (filters: SourceFilters): number => Object.keys(toListQuery(filters)).length;

/** The states as filters with the counts of the whole workspace; rare ones only while a source is in them. */
export const stateFilters = (counts: SourceList['counts'] | undefined, current: StateFilter): Filter<StateFilter>[] => [
  { value: 'all', label: 'All', count: counts?.total },
  ...STATE_FILTERS.filter(
    (state) => STEADY.includes(state) || state === current || (counts?.by_state[state] ?? 0) > 0,
  ).map(
    (state): Filter<StateFilter> => ({
      value: state,
      label: LOOKS[state].label,
      look: LOOKS[state],
      count: counts === undefined ? undefined : (counts.by_state[state] ?? 0),
    }),
  ),
];
