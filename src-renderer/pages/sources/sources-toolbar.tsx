import { useRef } from 'react';
import type { SourceList } from '../../../src-server/contract/source.ts';
import type { Side } from '../../../src-server/contract/terms.ts';
import { useTypedFilter } from '../../components/use-typed-filter.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { type Choice, Segmented } from '../../ui/segmented.tsx';
import type { SourceRoom } from './source-columns.tsx';
import { type SourceFilters, stateFilters } from './source-filters.ts';

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

/** Text, state and side; all of them live in the address. */
export const SourcesToolbar = ({ filters, counts, room, onChange }: SourcesToolbarProps) => {
  const shown = stateFilters(counts, filters.state);
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useTypedFilter(filters.q, (q) => onChange({ q }));
  useCommand('filter', () => field.current?.focus());
  return (
    <>
      <SearchField
        ref={field}
        label="Filter sources"
        placeholder={room === 'wide' ? 'Name or label' : 'Name, label'}
        value={text}
        onChange={setText}
        width={room === 'wide' ? 240 : 144}
      />
      <span className="toolbar-rule" />
      <FilterBar
        label="Status"
        isCompact={room === 'least' || (room === 'tight' && shown.length > WORDS_MAX)}
        value={filters.state}
        filters={shown}
        onChange={(state) => onChange({ state })}
      />
      {room !== 'wide' ? null : (
        <div className="push">
          <Segmented label="Side" value={filters.side} choices={SIDE_CHOICES} onChange={(side) => onChange({ side })} />
        </div>
      )}
    </>
  );
};
