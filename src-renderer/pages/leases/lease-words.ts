import type { Lease } from '../../../src-server/contract/lease.ts';
import type { Source } from '../../../src-server/contract/source.ts';
import { formatAge, formatDuration } from '../../format/duration.ts';
import { takeOverMs } from '../../format/lease-time.ts';
import { EXPIRING_SHARE } from '../../ui/countdown-ring.tsx';
import { LEASE_LOOKS, type StateLook, sourceLook } from '../../ui/state-vocabulary.ts';

export interface LeaseEnd {
  leftMs: number;
  /** What a full ring stands for. */
  totalMs: number;
  /** What ends it at that time: nobody renewed it, or the work ran as long as it may. */
  by: 'renewal' | 'runtime';
}

/** The nearer end of an active lease: of its time plus grace, or of the runtime that the job may take. */
export const leaseEnd = (
  lease: Pick<Lease, 'ttl_ms' | 'max_runtime_ms'>,
  expiresInMs: number,
  runtimeLeftMs: number | null,
): LeaseEnd =>
  runtimeLeftMs !== null && runtimeLeftMs < expiresInMs
    ? { leftMs: runtimeLeftMs, totalMs: lease.max_runtime_ms, by: 'runtime' }
    : // Ages are rounded down to whole seconds: no lease has more left than it was given.
      { leftMs: Math.min(expiresInMs, takeOverMs(lease.ttl_ms)), totalMs: takeOverMs(lease.ttl_ms), by: 'renewal' };

/** A lease is expiring while under a fifth of its time is left, and near its runtime limit. */
export const isExpiring = (end: LeaseEnd): boolean => end.leftMs < end.totalMs * EXPIRING_SHARE;

export const leaseLook = (lease: Pick<Lease, 'state'>, end: LeaseEnd): StateLook =>
  lease.state === 'active' && isExpiring(end) ? LEASE_LOOKS.expiring : LEASE_LOOKS[lease.state];

/** `lease 7718 ends in 0:13` of the list "Ends soon": the source and the cause. */
export const endCause = (end: LeaseEnd, lease: Pick<Lease, 'started_at' | 'stopping'>): string => {
  if (end.by === 'runtime') return 'runtime limit';
  if (lease.stopping) return 'stopping';
  if (lease.started_at === null) return 'not started';
  return isExpiring(end) ? 'not renewed' : 'renewed';
};

type LaneSource = Pick<
  Source,
  'state' | 'cordoned' | 'draining' | 'revoked' | 'in_use' | 'capacity' | 'offered' | 'quarantine_reason' | 'pool'
>;

/** Under the name of a lane: slots where it takes work, else the state that keeps work away. */
export const laneWords = (source: LaneSource, seenMsAgo: number | null): { look: StateLook; text: string } => {
  const look = sourceLook(source);
  if (source.state === 'online' && !source.draining && !source.cordoned && !source.revoked)
    return { look, text: `${source.in_use} of ${Math.max(source.in_use, Math.min(source.capacity, source.offered))}` };
  if (source.state === 'late' && seenMsAgo !== null) return { look, text: `Late, ${formatAge(seenMsAgo)}` };
  return { look, text: look.label };
};

/** What stands in a lane without leases; null where free slots say it. */
export const idleLaneWords = (source: LaneSource, seenMsAgo: number | null): string | null => {
  if (source.revoked) return 'Revoked. Gets no jobs.';
  if (source.state === 'quarantined') {
    const reason = source.quarantine_reason ?? 'Quarantined.';
    return /no jobs/.test(reason) ? reason : `${reason} Gets no jobs until it passes.`;
  }
  if (source.state === 'offline')
    return seenMsAgo === null ? 'Offline. Gets no jobs.' : `Offline ${formatDuration(seenMsAgo)}. Gets no jobs.`;
  if (source.state === 'pending') return 'No runner has connected yet.';
  if (source.state === 'late') return 'Gets no new job until a heartbeat comes.';
  if (source.draining) return 'Drained. Gets no jobs.';
  if (source.cordoned) return 'Cordoned. Gets no jobs.';
  return null;
};

/** Slots that may take a job now; none where a switch or the state closes the source. */
export const freeSlots = (source: LaneSource): number =>
  source.state === 'online' && !source.draining && !source.cordoned && !source.revoked
    ? Math.max(0, Math.min(source.capacity, source.offered) - source.in_use)
    : 0;

/** What the retry does when the lease ends unrenewed. */
export const atExpiryWords = (attempt: number, maxAttempts: number): string =>
  attempt >= maxAttempts ? 'Dead letter, attempts used up' : 'Retry with a higher token';
