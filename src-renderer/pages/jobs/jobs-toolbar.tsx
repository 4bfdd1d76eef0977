import { Gauge, Server } from 'lucide-react';
import { memo } from 'react';
import type { JobList } from '../../../src-server/contract/job.ts';
import { COMPUTE_CLASSES } from '../../../src-server/contract/terms.ts';
import { usePrepareJobs } from '../../api/jobs.ts';
import { ListSearch } from '../../components/list-search.tsx';
import { SourceSelect } from '../../components/source-select.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { type JobFilters, type StateFilter, stateFilters, toListQuery } from './job-filters.ts';

const ANY = 'any';

type Change = (change: Record<string, string | null>) => void;

/** States with their counts; they live in the address. */
export const StateBar = memo(
  ({
    state,
    counts,
    isNarrow,
    onChange,
  }: {
    state: StateFilter;
    counts: JobList['counts'] | undefined;
    isNarrow: boolean;
    onChange: Change;
  }) => (
    <FilterBar
      label="State"
      isCompact={isNarrow}
      value={state}
      filters={stateFilters(counts, state)}
      onChange={(next) => onChange({ state: next })}
    />
  ),
);

const CLASS_ITEMS = [
  { value: ANY, label: 'Any class' },
  ...COMPUTE_CLASSES.map((name) => ({ value: name, label: name })),
];

/** Source and class. A letter in the field beside them draws them no more. */
const Choices = memo(
  ({ sourceId, computeClass, onChange }: Pick<JobFilters, 'sourceId' | 'computeClass'> & { onChange: Change }) => (
    <>
      <SourceSelect
        isLabelHidden
        isSmall
        icon={<Server />}
        noneLabel="Any source"
        value={sourceId}
        onChange={(next) => onChange({ source_id: next })}
      />
      <SelectField
        label="Class"
        isLabelHidden
        isSmall
        icon={<Gauge />}
        value={computeClass ?? ANY}
        items={CLASS_ITEMS}
        onChange={(next) => onChange({ compute_class: next === ANY ? null : next })}
      />
    </>
  ),
);

/** Text, source and class; they live in the address. */
export const JobSearchBar = ({ filters, onChange }: { filters: JobFilters; onChange: Change }) => {
  const prepare = usePrepareJobs();
  return (
    <>
      <ListSearch
        label="Filter jobs"
        placeholder="WU or title"
        value={filters.q}
        onChange={(q) => onChange({ q })}
        prepare={(q, signal) => prepare(toListQuery({ ...filters, q }), signal)}
        width={280}
      />
      <Choices sourceId={filters.sourceId} computeClass={filters.computeClass} onChange={onChange} />
    </>
  );
};
