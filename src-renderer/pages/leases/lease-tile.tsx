import type { Lease } from '../../../src-server/contract/lease.ts';
import { useExpiresInMs, useRuntimeLeftMs } from '../../api/volatile.ts';
import { formatDuration } from '../../format/duration.ts';
import { CountdownRing } from '../../ui/countdown-ring.tsx';
import { isExpiring, type LeaseEnd, leaseEnd } from './lease-words.ts';

/** The lease's nearer end, renewed each second. */
export const useLeaseEnd = (lease: Lease): LeaseEnd => {
  const left = useExpiresInMs(lease.lease_id);
  return leaseEnd(lease, left ?? 0, useRuntimeLeftMs(lease.lease_id));
};

interface LeaseTileProps {
  lease: Lease;
  isOpen: boolean;
  /** The one tile of the screen that Tab reaches; J and K go on from it. */
  isEntry: boolean;
  onOpen: (lease: Lease) => void;
}

/** A slot in use: its ring, its work and what is left. */
export const LeaseTile = ({ lease, isOpen, isEntry, onOpen }: LeaseTileProps) => {
  const end = useLeaseEnd(lease);
  return (
    <button
      type="button"
      className="lease-tile"
      data-tone={isExpiring(end) ? 'wait' : 'run'}
      data-lease={lease.lease_id}
      aria-pressed={isOpen}
      tabIndex={isEntry ? 0 : -1}
      title={`${lease.title}, token ${lease.fence}`}
      onClick={() => onOpen(lease)}
    >
      <CountdownRing leftMs={end.leftMs} totalMs={end.totalMs} size={28} />
      <span className="lease-tile-words">
        <span className="truncate">{lease.wu_id}</span>
        <span className="truncate lease-tile-left">{formatDuration(end.leftMs)} left</span>
      </span>
    </button>
  );
};
