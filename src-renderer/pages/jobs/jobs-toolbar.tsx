import { Gauge, Server } from 'lucide-react';
import { useRef } from 'react';
import type { JobList } from '../../../src-server/contract/job.ts';
import { COMPUTE_CLASSES } from '../../../src-server/contract/terms.ts';
import { SourceSelect } from '../../components/source-select.tsx';
import { useTypedFilter } from '../../components/use-typed-filter.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { type JobFilters, stateFilters } from './job-filters.ts';

const ANY = 'any';

/** States with their counts; they live in the address. */
export const StateBar = ({
  filters,
  counts,
  isNarrow,
  onChange,
}: {
  filters: JobFilters;
  counts: JobList['counts'] | undefined;
  isNarrow: boolean;
  onChange: (change: Record<string, string | null>) => void;
}) => (
  <FilterBar
    label="State"
    isCompact={isNarrow}
    value={filters.state}
    filters={stateFilters(counts, filters.state)}
    onChange={(state) => onChange({ state })}
  />
);

/** Text, source and class; they live in the address. */
export const JobSearchBar = ({
  filters,
  onChange,
}: {
  filters: JobFilters;
  onChange: (change: Record<string, string | null>) => void;
}) => {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useTypedFilter(filters.q, (q) => onChange({ q }));
  useCommand('filter', () => field.current?.focus());
  return (
    <>
      <SearchField
        ref={field}
        label="Filter jobs"
        placeholder="WU or title"
        value={text}
        onChange={setText}
        width={280}
      />
      <SourceSelect
        isLabelHidden
        isSmall
        icon={<Server />}
        noneLabel="Any source"
        value={filters.sourceId}
        onChange={(sourceId) => onChange({ source_id: sourceId })}
      />
      <SelectField
        label="Class"
        isLabelHidden
        isSmall
        icon={<Gauge />}
        value={filters.computeClass ?? ANY}
        items={[{ value: ANY, label: 'Any class' }, ...COMPUTE_CLASSES.map((name) => ({ value: name, label: name }))]}
        onChange={(value) => onChange({ compute_class: value === ANY ? null : value })}
      />
    </>
  );
};
