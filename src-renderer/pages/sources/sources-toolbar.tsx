import { memo } from 'react';
import type { SourceList } from '../../../src-server/contract/source.ts';
import type { Side } from '../../../src-server/contract/terms.ts';
import { usePrepareSources } from '../../api/sources.ts';
import { ListSearch } from '../../components/list-search.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { type Choice, Segmented } from '../../ui/segmented.tsx';
import type { SourceRoom } from './source-columns.tsx';
import { type SourceFilters, stateFilters, toListQuery } from './source-filters.ts';

interface SourcesToolbarProps {
  filters: SourceFilters;
  counts: SourceList['counts'] | undefined;
  room: SourceRoom;
  onChange: (change: Partial<SourceFilters>) => void;
}
/** States beside the peek that have room for their words; of more only the shapes stay. */
const WORDS_MAX = 6;
const SIDE_CHOICES: readonly Choice<Side | 'all'>[] = [
  { value: 'all', label: 'All sides' },
  { value: 'byoc', label: 'BYOC' },
  { value: 'managed', label: 'Managed' },
];

/** State and side. A letter in the field beside them draws them no more. */
const Choices = memo(
  ({ state, side, counts, room, onChange }: Omit<SourcesToolbarProps, 'filters'> & Omit<SourceFilters, 'q'>) => {
    const shown = stateFilters(counts, state);
    return (
      <>
        <FilterBar
          label="Status"
          isCompact={room === 'least' || (room === 'tight' && shown.length > WORDS_MAX)}
          value={state}
          filters={shown}
          onChange={(next) => onChange({ state: next })}
        />
        {room !== 'wide' ? null : (
          <div className="push">
            <Segmented label="Side" value={side} choices={SIDE_CHOICES} onChange={(next) => onChange({ side: next })} />
          </div>
        )}
      </>
    );
  },
);

/** Text, state and side; all of them live in the address. */
export const SourcesToolbar = ({ filters, counts, room, onChange }: SourcesToolbarProps) => {
  const prepare = usePrepareSources();
  return (
    <>
      <ListSearch
        label="Filter sources"
        placeholder={room === 'wide' ? 'Name or label' : 'Name, label'}
        value={filters.q}
        onChange={(q) => onChange({ q })}
        prepare={(q, signal) => prepare(toListQuery({ ...filters, q }), signal)}
        width={room === 'wide' ? 240 : 144}
      />
      <span className="toolbar-rule" />
      <Choices state={filters.state} side={filters.side} counts={counts} room={room} onChange={onChange} />
    </>
  );
};
