import { Plug, Server } from 'lucide-react';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { Lease } from '../../../src-server/contract/lease.ts';
import { LEASE_STATES, type LeaseState } from '../../../src-server/contract/terms.ts';
import { useActiveLeases } from '../../api/leases.ts';
import { useOverview } from '../../api/overview.ts';
import { useSource, useSources } from '../../api/sources.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatCount, formatPlural } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { Section } from '../../ui/panel.tsx';
import { type Choice, Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { LEASE_LOOKS } from '../../ui/state-vocabulary.ts';
import { EndsSoon } from './ends-soon.tsx';
import { LaneList } from './lane-list.tsx';
import { LeasePanel } from './lease-panel.tsx';
import { LeaseTable } from './lease-table.tsx';
import { freeSlots } from './lease-words.ts';
import './leases-page.css';

type View = 'lanes' | 'table';
const VIEWS: readonly Choice<View>[] = [
  { value: 'lanes', label: 'Lanes' },
  { value: 'table', label: 'Table' },
];
const STATES = LEASE_STATES.map((state) => ({
  value: state,
  label: LEASE_LOOKS[state].label,
  look: LEASE_LOOKS[state],
}));
const stateOf = (text: string | null): LeaseState => LEASE_STATES.find((state) => state === text) ?? 'active';
const NONE: readonly Lease[] = [];

/** Act before a lease is lost: who holds what, for how long, and where there is room. */
export const LeasesPage = () => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const view: View = search.get('view') === 'table' ? 'table' : 'lanes';
  const state = stateOf(search.get('state'));
  const openId = search.get('lease');
  const [opened, setOpened] = useState<Lease>();
  const { data: overview } = useOverview();
  const active = useActiveLeases();
  const list = useSources();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const sources = useMemo(
    () =>
      (list.data?.pages ?? []).flatMap((page) => page.items).filter((source) => !source.revoked || source.in_use > 0),
    [list.data],
  );
  const leases = active.data?.items ?? NONE;
  const open = leases.find((lease) => lease.lease_id === openId);
  const listed = sources.find((source) => source.source_id === open?.source_id);
  // Of a long list only the first pages are here, and the lease may be held further down.
  const { data: asked } = useSource(open === undefined || listed !== undefined ? null : open.source_id);
  const openSource = listed ?? asked ?? null;
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const setParams = (change: Record<string, string | null>) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [key, value] of Object.entries(change)) {
          if (value === null) next.delete(key);
          else next.set(key, value);
        }
        return next;
      },
      { replace: true },
    );
  /** Enter opens the lease, Enter once more its job. */
  const onOpen = (lease: Lease) => {
    if (lease.lease_id === openId) void navigate(routes.job(ws, lease.job_id));
    else {
      setOpened(lease);
      setParams({ lease: lease.lease_id });
    }
  };
  const error = active.error ?? list.error;
  const retry = () => {
    void active.refetch();
    void list.refetch();
  };

  let placeholder: ReactNode = <Skeleton rows={6} rowHeight={68} />;
  if (error !== null) placeholder = <ProblemPanel error={error} onRetry={retry} />;
  else if (list.data !== undefined) {
    placeholder = (
      <EmptyState
        icon={<Server aria-hidden="true" />}
        title="No sources yet"
        actions={
          <Link className={buttonClass('primary')} to={routes.addRunner(ws)}>
            <Plug aria-hidden="true" />
            Add your first runner
          </Link>
        }
      >
        Each source has a lane here, with a place for every slot.
      </EmptyState>
    );
  }
  const figures = overview?.leases;
  const free = sources.reduce((sum, source) => sum + freeSlots(source), 0);
  const isWaiting = active.data === undefined;
  return (
    <Page
      title="Leases"
      isFlush
      sub={
        figures === undefined
          ? undefined
          : `${formatCount(figures.active)} active on ${formatPlural(figures.sources, 'source')}, ${formatPlural(hasNextPage ? Math.max(0, figures.slots - figures.active) : free, 'slot')} free`
      }
      actions={
        <Segmented
          label="View"
          value={view}
          choices={VIEWS}
          onChange={(next) => setParams({ view: next === 'table' ? next : null, state: null })}
        />
      }
      toolbar={
        view === 'table' ? (
          <FilterBar
            label="State"
            value={state}
            filters={STATES}
            onChange={(next) => setParams({ state: next === 'active' ? null : next })}
          />
        ) : undefined
      }
      aside={
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
        <aside className="lease-aside" aria-label="Lease" tabIndex={0}>
          {openId === null ? (
            <Section title="Lease">
              <p className="text-2">Open one to see its token and time, revoke it or drain its source.</p>
            </Section>
          ) : (
            <LeasePanel
              key={openId}
              openId={openId}
              lease={open}
              opened={opened?.lease_id === openId ? opened : undefined}
              source={openSource}
            />
          )}
          {isWaiting ? null : <EndsSoon leases={leases} onOpen={(lease) => setParams({ lease: lease.lease_id })} />}
          {active.data?.isWhole === false ? (
            <p className="lease-hint">Judged among the newest {formatCount(leases.length)} leases.</p>
          ) : null}
        </aside>
      }
    >
      {view === 'table' ? (
        <LeaseTable state={state} openId={openId} onOpen={onOpen} />
      ) : (
        <LaneList
          sources={isWaiting ? [] : sources}
          active={active.data ?? { items: [], isWhole: true }}
          openId={openId}
          onOpen={onOpen}
          onNearEnd={onNearEnd}
          placeholder={isWaiting && error === null ? <Skeleton rows={6} rowHeight={68} /> : placeholder}
        />
      )}
    </Page>
  );
};
