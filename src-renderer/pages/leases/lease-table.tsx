import { Timer } from 'lucide-react';
import { type ReactNode, useCallback, useMemo } from 'react';
import type { Lease } from '../../../src-server/contract/lease.ts';
import type { LeaseState } from '../../../src-server/contract/terms.ts';
import { useLeaseList } from '../../api/leases.ts';
import { useIsNarrow } from '../../components/narrow.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { LEASE_LOOKS } from '../../ui/state-vocabulary.ts';
import { Table } from '../../ui/table.tsx';
import { leaseColumns } from './lease-columns.tsx';

const idOf = (lease: Lease) => lease.lease_id;

interface LeaseTableProps {
  state: LeaseState;
  openId: string | null;
  onOpen: (lease: Lease) => void;
}

/** Leases of one state as rows, newest token first; ended ones are found here. */
export const LeaseTable = ({ state, openId, onOpen }: LeaseTableProps) => {
  const list = useLeaseList({ state });
  const { data, error, refetch, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const rows = useMemo(() => (data?.pages ?? []).flatMap((page) => page.items), [data]);
  const columns = leaseColumns(useIsNarrow());
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  let placeholder: ReactNode = <Skeleton rows={8} rowHeight={36} />;
  if (error !== null) placeholder = <ProblemPanel error={error} onRetry={() => void refetch()} />;
  else if (data !== undefined) {
    placeholder = (
      <EmptyState
        icon={<Timer aria-hidden="true" />}
        title={state === 'active' ? 'No lease is active' : `No lease ${LEASE_LOOKS[state].label.toLowerCase()}`}
      >
        {state === 'active' ? 'A source gets one when it takes a job.' : 'They are listed here once they ended.'}
      </EmptyState>
    );
  }
  return (
    <Table
      label="Leases"
      columns={columns}
      rows={rows}
      idOf={idOf}
      listKey={`${state} ${isPlaceholderData}`}
      selectedId={openId}
      onOpen={onOpen}
      onNearEnd={onNearEnd}
      placeholder={placeholder}
    />
  );
};
