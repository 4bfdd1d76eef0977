import { Plug, Server } from 'lucide-react';
import { type ReactNode, useCallback, useMemo } from 'react';
import { Link } from 'react-router';
import type { Source } from '../../../src-server/contract/source.ts';
import { useOverview } from '../../api/overview.ts';
import { useSources } from '../../api/sources.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { useIsNarrow } from '../../components/narrow.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { useAddress } from '../../components/use-address.ts';
import { useRowPosition } from '../../components/use-row-position.ts';
import { formatCount, formatPlural } from '../../format/number.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { routes } from '../../routes.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { KeyCaps } from '../../ui/key-caps.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Table } from '../../ui/table.tsx';
import { sourceColumns } from './source-columns.tsx';
import { filterCount, readFilters, type SourceFilters, toListQuery } from './source-filters.ts';
import { SourcePeek } from './source-peek.tsx';
import { SourcesToolbar } from './sources-toolbar.tsx';

const ROW_PX = 48;
/** Filters of which `all` is none; a text may be that word. */
const CHOICES = ['state', 'side'];
const idOf = (source: Source) => source.source_id;

const AddRunnerLink = ({ isFirst = false }: { isFirst?: boolean }) => (
  <Link className={buttonClass('primary')} to={routes.addRunner(useWorkspaceId())}>
    <Plug aria-hidden="true" />
    {isFirst ? 'Add your first runner' : 'Add runner'}
    <KeyCaps keys={keysOf('runner.add')} />
  </Link>
);

/** Find a source, judge whether it can be trusted with work. */
export const SourcesPage = () => {
  const [search, setAddress] = useAddress();
  const filters = readFilters(search);
  const openId = search.get('source');
  const isNarrow = useIsNarrow();
  const room = openId === null ? (isNarrow ? 'tight' : 'wide') : isNarrow ? 'least' : 'tight';
  const { data: overview } = useOverview();
  const list = useSources(toListQuery(filters));
  const { data, error, refetch, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  // Revoked sources ended for good: they are found under their own filter only.
  const rows = useMemo(() => {
    const all = (data?.pages ?? []).flatMap((page) => page.items);
    return filters.state === 'revoked' ? all : all.filter((source) => !source.revoked);
  }, [data, filters.state]);
  const columns = useMemo(() => sourceColumns(room), [room]);
  const position = useRowPosition();
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const setParams = useCallback(
    (change: Record<string, string | null>) =>
      setAddress({
        ...change,
        ...Object.fromEntries(CHOICES.flatMap((key) => (change[key] === 'all' ? [[key, null]] : []))),
      }),
    [setAddress],
  );
  const onFilter = useCallback((change: Partial<SourceFilters>) => setParams({ ...change }), [setParams]);
  const close = useCallback(() => setParams({ source: null }), [setParams]);
  const on = filterCount(filters);
  // The overview is renewed with every change; the counts of a long list that was read earlier would drift.
  const counts = overview?.source_counts ?? data?.pages[0]?.counts;

  let placeholder: ReactNode = <Skeleton rows={8} rowHeight={ROW_PX} />;
  if (error !== null) placeholder = <ProblemPanel error={error} onRetry={() => void refetch()} />;
  else if (data !== undefined && on > 0) {
    placeholder = (
      <EmptyState
        icon={<Server aria-hidden="true" />}
        title="No sources match"
        actions={<Button onClick={() => setParams({ state: null, side: null, q: null })}>Clear filters</Button>}
      >
        {on === 1 ? '1 filter is on.' : `${on} filters are on.`}
      </EmptyState>
    );
  } else if (data !== undefined) {
    placeholder = (
      <EmptyState icon={<Server aria-hidden="true" />} title="No sources yet" actions={<AddRunnerLink isFirst />}>
        Add a runner you operate, or let the managed pool take work.
      </EmptyState>
    );
  }
  return (
    <Page
      title="Sources"
      isFlush
      sub={
        counts === undefined
          ? undefined
          : `${formatCount(counts.total)} enrolled, ${formatCount(counts.taking_jobs)} taking jobs, ${formatCount(counts.in_use)} of ${formatPlural(counts.slots, 'slot')} in use`
      }
      actions={counts?.total === 0 ? undefined : <AddRunnerLink />}
      toolbar={<SourcesToolbar filters={filters} counts={counts} room={room} onChange={onFilter} />}
      aside={openId === null ? undefined : <SourcePeek key={openId} sourceId={openId} onClose={close} />}
    >
      <Table
        label="Sources"
        columns={columns}
        rows={rows}
        onNearEnd={onNearEnd}
        {...position}
        idOf={idOf}
        rowHeight={ROW_PX}
        listKey={`${JSON.stringify(filters)} ${isPlaceholderData}`}
        selectedId={openId}
        onOpen={(source) => setParams({ source: source.source_id === openId ? null : source.source_id })}
        placeholder={placeholder}
      />
    </Page>
  );
};
