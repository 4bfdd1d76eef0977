import { BadgeCheck, Network } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useAdmissions, useApprovals } from '../../api/approvals.ts';
import { useOverview } from '../../api/overview.ts';
import { useLackOf } from '../../api/session.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatCount } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { AdmissionView } from './admission-view.tsx';
import { AdmitDrawer } from './admit-drawer.tsx';
import { ApprovalView } from './approval-view.tsx';
import { decidedItems, inboxWords, waitingItems } from './inbox.ts';
import { InboxList } from './inbox-list.tsx';
import './approvals-page.css';

const DECIDED = { approvals: 'approved,rejected,expired', admissions: 'granted,rejected,revoked,expired' };

/** The rows of one half of the inbox, and how to get more of them. */
const useInbox = (isWaiting: boolean) => {
  const approvals = useApprovals(isWaiting ? 'pending' : DECIDED.approvals);
  const admissions = useAdmissions(isWaiting ? 'pending' : DECIDED.admissions);
  const items = useMemo(() => {
    const asked = (approvals.data?.pages ?? []).flatMap((page) => page.items);
    const admitted = (admissions.data?.pages ?? []).flatMap((page) => page.items);
    return isWaiting ? waitingItems(asked, admitted) : decidedItems(asked, admitted);
  }, [approvals.data, admissions.data, isWaiting]);
  return {
    items,
    isReady: approvals.data !== undefined && admissions.data !== undefined && !approvals.isPlaceholderData,
    error: approvals.error ?? admissions.error,
    retry: () => {
      void approvals.refetch();
      void admissions.refetch();
    },
    more:
      approvals.hasNextPage || admissions.hasNextPage
        ? () => {
            if (approvals.hasNextPage) void approvals.fetchNextPage();
            if (admissions.hasNextPage) void admissions.fetchNextPage();
          }
        : undefined,
  };
};

const Nothing = ({ isWaiting }: { isWaiting: boolean }) => (
  <div className="approvals-empty">
    {isWaiting ? (
      <EmptyState icon={<BadgeCheck aria-hidden="true" />} title="Nothing needs you">
        Jobs that need approval wait here, and requests for private networks.
      </EmptyState>
    ) : (
      <EmptyState icon={<BadgeCheck aria-hidden="true" />} title="No decisions yet">
        Approved, rejected and expired requests appear here with who decided and why.
      </EmptyState>
    )}
  </div>
);

/** Decide with the facts on one page. */
export const ApprovalsPage = () => {
  const clock = useNow();
  const lack = useLackOf('operate');
  const [search, setSearch] = useSearchParams();
  const isWaiting = search.get('show') !== 'decided';
  const inbox = useInbox(isWaiting);
  const waiting = useInbox(true);
  // The list holds its first pages, newest first; how many wait in all, the overview knows.
  const { data: overview } = useOverview();
  const waitingCount =
    waiting.more === undefined || overview === undefined
      ? waiting.items.length
      : overview.questions.approvals + overview.questions.admissions;
  const wanted = search.get('item');
  const selected = inbox.items.find(({ id }) => id === wanted) ?? inbox.items[0];
  const setParams = useCallback(
    (change: Record<string, string | null>) =>
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
      ),
    [setSearch],
  );
  return (
    <Page
      title="Approvals"
      isFlush
      sub={
        !waiting.isReady
          ? undefined
          : waiting.more === undefined
            ? (inboxWords(waiting.items, clock) ?? 'Nothing waits')
            : `${formatCount(waitingCount)} waiting`
      }
      actions={
        <>
          <Segmented
            label="Show"
            value={isWaiting ? 'waiting' : 'decided'}
            choices={[
              { value: 'waiting', label: 'Waiting', count: waiting.isReady ? waitingCount : undefined },
              { value: 'decided', label: 'Decided' },
            ]}
            onChange={(value) => setParams({ show: value === 'waiting' ? null : 'decided', item: null })}
          />
          <Button icon={<Network />} disabledReason={lack} onClick={() => setParams({ open: 'admit' })}>
            Request admission
          </Button>
        </>
      }
    >
      {!inbox.isReady ? (
        inbox.error === null ? (
          <div className="approvals">
            <div className="inbox">
              <Skeleton rows={8} rowHeight={61} />
            </div>
          </div>
        ) : (
          <ProblemPanel error={inbox.error} onRetry={inbox.retry} />
        )
      ) : selected === undefined ? (
        <Nothing isWaiting={isWaiting} />
      ) : (
        <div className="approvals">
          <InboxList
            items={inbox.items}
            selectedId={selected.id}
            isWaiting={isWaiting}
            onSelect={(id) => setParams({ item: id })}
            onMore={inbox.more}
          />
          {selected.type === 'approval' ? (
            <ApprovalView key={selected.id} id={selected.id} />
          ) : (
            <AdmissionView key={selected.id} admission={selected.admission} />
          )}
        </div>
      )}
      <AdmitDrawer
        isOpen={search.get('open') === 'admit'}
        network={search.get('network') ?? ''}
        onClose={() => setParams({ open: null, network: null })}
        onAsked={(id) => setParams({ open: null, network: null, show: null, item: id })}
      />
    </Page>
  );
};
