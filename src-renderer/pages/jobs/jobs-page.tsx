import { ListChecks, Plus } from 'lucide-react';
import { type ReactNode, useCallback, useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { JobListItem } from '../../../src-server/contract/job.ts';
import { useJobs } from '../../api/jobs.ts';
import { useOverview } from '../../api/overview.ts';
import { useLackOf } from '../../api/session.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { useIsNarrow } from '../../components/narrow.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { useAddress } from '../../components/use-address.ts';
import { useRowPosition } from '../../components/use-row-position.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { routes } from '../../routes.ts';
import { useAppearance } from '../../stores/appearance.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Table } from '../../ui/table.tsx';
import { jobColumns } from './job-columns.tsx';
import { countWords, filterCount, readFilters, toListQuery, totalOf } from './job-filters.ts';
import { JobSearchBar, StateBar } from './jobs-toolbar.tsx';
import { SubmitDrawer } from './submit-drawer.tsx';
import './jobs-page.css';

/** Filters of which `all` is none; a text may be that word. */
const CHOICES = ['state'];
const idOf = (job: JobListItem) => job.job_id;
/** Until the policy is known. */
const LONG_WAIT_MS = 60_000;
const CLEARED = { state: null, source_id: null, compute_class: null, q: null };

/** Find a job, and why it is where it is. */
export const JobsPage = () => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const isNarrow = useIsNarrow();
  const lack = useLackOf('operate');
  const [search, setAddress] = useAddress();
  const filters = readFilters(search);
  const list = useJobs(toListQuery(filters));
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData } = list;
  const { data: overview } = useOverview();
  const rows = useMemo(() => (data?.pages ?? []).flatMap((page) => page.items), [data]);
  // The overview is renewed with every change; the counts of a long list that was read earlier would drift.
  const counts = overview?.job_counts ?? data?.pages[0]?.counts;
  const on = filterCount(filters);

  const setParams = useCallback(
    (change: Record<string, string | null>) =>
      setAddress({
        ...change,
        ...Object.fromEntries(CHOICES.flatMap((key) => (change[key] === 'all' ? [[key, null]] : []))),
      }),
    [setAddress],
  );
  const openSubmit = useCallback(() => setParams({ open: 'submit' }), [setParams]);
  const close = useCallback(() => setParams({ open: null }), [setParams]);
  const longWaitMs = overview?.policy.fallback_after_ms ?? LONG_WAIT_MS;
  const isCompact = useAppearance(({ density }) => density === 'compact');
  const columns = useMemo(() => jobColumns({ isNarrow, isCompact, longWaitMs }), [isNarrow, isCompact, longWaitMs]);
  const position = useRowPosition();
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const submit = (
    <Button look="primary" icon={<Plus />} keys={keysOf('job.submit')} disabledReason={lack} onClick={openSubmit}>
      Submit job
    </Button>
  );
  let placeholder: ReactNode = <Skeleton rows={14} />;
  if (error !== null) placeholder = <ProblemPanel error={error} onRetry={() => void refetch()} />;
  else if (data !== undefined && on > 0) {
    placeholder = (
      <EmptyState
        icon={<ListChecks aria-hidden="true" />}
        title="No jobs match"
        actions={<Button onClick={() => setParams(CLEARED)}>Clear filters</Button>}
      >
        {on === 1 ? '1 filter is on.' : `${on} filters are on.`}
      </EmptyState>
    );
  } else if (data !== undefined) {
    placeholder = (
      <EmptyState icon={<ListChecks aria-hidden="true" />} title="No jobs in the queue" actions={submit}>
        Submitted jobs appear here with where they go and why.
      </EmptyState>
    );
  }
  const isEmpty = counts !== undefined && totalOf(counts) === 0;
  return (
    <Page
      title="Jobs"
      isFlush
      sub={counts === undefined ? undefined : countWords(counts)}
      actions={isEmpty && rows.length === 0 ? undefined : submit}
      toolbar={<StateBar state={filters.state} counts={counts} isNarrow={isNarrow} onChange={setParams} />}
    >
      <div className="page-toolbar">
        <JobSearchBar filters={filters} onChange={setParams} />
        <span className="push text-2 text-xs">Newest first</span>
      </div>
      <Table
        label="Jobs"
        columns={columns}
        rows={rows}
        idOf={idOf}
        total={on === 0 && counts !== undefined ? totalOf(counts) : undefined}
        onOpen={(job) => void navigate(routes.job(ws, job.job_id))}
        onNearEnd={onNearEnd}
        {...position}
        listKey={`${JSON.stringify(filters)} ${isPlaceholderData}`}
        placeholder={placeholder}
      />
      <SubmitDrawer isOpen={search.get('open') === 'submit'} onClose={close} />
    </Page>
  );
};
