import type { Lease } from '../../../src-server/contract/lease.ts';
import { formatDuration } from '../../format/duration.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatCount } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { CountdownRing } from '../../ui/countdown-ring.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { LEASE_LOOKS } from '../../ui/state-vocabulary.ts';
import type { Column } from '../../ui/table.tsx';
import { useLeaseEnd } from './lease-tile.tsx';
import { isExpiring, leaseLook } from './lease-words.ts';

const LiveState = ({ lease }: { lease: Lease }) => <StateBadge look={leaseLook(lease, useLeaseEnd(lease))} />;
const Left = ({ lease }: { lease: Lease }) => {
  const end = useLeaseEnd(lease);
  return (
    <span className="row lease-tile-left" data-tone={isExpiring(end) ? 'wait' : undefined}>
      <CountdownRing leftMs={end.leftMs} totalMs={end.totalMs} size={16} />
      {formatDuration(end.leftMs)}
    </span>
  );
};
const When = ({ at }: { at: string }) => <>{formatWhen(at, useNow())}</>;

const work: Column<Lease> = {
  id: 'work',
  header: 'Work',
  width: 'minmax(180px, 2.4fr)',
  cell: (lease) => (
    <span className="row" title={lease.title}>
      <span className="medium">{lease.wu_id}</span>
      <span className="truncate text-2">{lease.title}</span>
    </span>
  ),
};
const state: Column<Lease> = {
  id: 'state',
  header: 'State',
  width: '88px',
  cell: (lease) =>
    lease.state === 'active' ? <LiveState lease={lease} /> : <StateBadge look={LEASE_LOOKS[lease.state]} />,
};
const end: Column<Lease> = {
  id: 'end',
  header: 'Ends',
  width: '96px',
  cell: (lease) =>
    lease.ended_at === null ? <Left lease={lease} /> : <span className="text-2">{<When at={lease.ended_at} />}</span>,
};
const source: Column<Lease> = {
  id: 'source',
  header: 'Source',
  width: 'minmax(96px, 1fr)',
  cell: (lease) => <span title={lease.source_name}>{lease.source_name}</span>,
};
const token: Column<Lease> = {
  id: 'token',
  header: 'Token',
  width: '56px',
  align: 'right',
  // A token is a name: everywhere it stands without commas.
  cell: (lease) => lease.fence,
};
const attempt: Column<Lease> = {
  id: 'attempt',
  header: 'Attempt',
  width: '52px',
  align: 'right',
  cell: (lease) => Math.max(1, lease.attempt),
};
const renewals: Column<Lease> = {
  id: 'renewals',
  header: 'Renewed',
  width: '60px',
  align: 'right',
  cell: (lease) => formatCount(lease.renewals),
};
const granted: Column<Lease> = {
  id: 'granted',
  header: 'Granted',
  width: '96px',
  cell: (lease) => <span className="text-2">{<When at={lease.granted_at} />}</span>,
};

/** Columns of the table; those of low priority leave a narrow window. */
export const leaseColumns = (isNarrow: boolean): readonly Column<Lease>[] =>
  isNarrow ? [work, state, end, source, token] : [work, state, end, source, token, attempt, renewals, granted];
