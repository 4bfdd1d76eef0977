import { useEffect, useRef, useState } from 'react';
import type { SourceList } from '../../../src-server/contract/source.ts';
import type { Side } from '../../../src-server/contract/terms.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { after } from '../../stores/clock.ts';
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
const TYPING_MS = 150;
const SIDE_CHOICES: readonly Choice<Side | 'all'>[] = [
  { value: 'all', label: 'All sides' },
  { value: 'byoc', label: 'BYOC' },
  { value: 'managed', label: 'Managed' },
];

/** Text, state and side; all of them live in the address. */
export const SourcesToolbar = ({ filters, counts, room, onChange }: SourcesToolbarProps) => {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(filters.q);
  useCommand('filter', () => field.current?.focus());
  useEffect(() => setText(filters.q), [filters.q]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the typed text starts the wait
  useEffect(() => {
    if (text === filters.q) return;
    return after(TYPING_MS, () => onChange({ q: text }));
  }, [text]);
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
        isCompact={room === 'least'}
        value={filters.state}
        filters={stateFilters(counts, filters.state)}
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
