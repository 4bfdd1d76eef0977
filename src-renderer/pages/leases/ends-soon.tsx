import type { Lease } from '../../../src-server/contract/lease.ts';
import { leaseEndsInMs } from '../../api/volatile.ts';
import { formatDuration } from '../../format/duration.ts';
import { takeOverMs } from '../../format/lease-time.ts';
import { useNow } from '../../stores/clock.ts';
import { CountdownRing } from '../../ui/countdown-ring.tsx';
import { Section } from '../../ui/panel.tsx';
import { endCause, isExpiring, leaseEnd } from './lease-words.ts';

const SHOWN_MAX = 5;

/** The leases that end first, whatever ends them. */
export const EndsSoon = ({ leases, onOpen }: { leases: readonly Lease[]; onOpen: (lease: Lease) => void }) => {
  const clock = useNow();
  const rows = leases
    .map((lease) => {
      const { expiresInMs, runtimeLeftMs } = leaseEndsInMs(lease.lease_id, clock);
      return { lease, end: leaseEnd(lease, expiresInMs ?? 0, runtimeLeftMs) };
    })
    .sort((a, b) => a.end.leftMs - b.end.leftMs || a.lease.fence - b.lease.fence)
    .slice(0, SHOWN_MAX);
  const [first] = leases;
  const full = first === undefined ? null : formatDuration(takeOverMs(first.ttl_ms));
  const least = first === undefined ? null : formatDuration(first.ttl_ms);
  return (
    <Section title="Ends soon">
      {rows.length === 0 ? <p className="text-2">No lease is active.</p> : null}
      <ul>
        {rows.map(({ lease, end }) => (
          <li key={lease.lease_id}>
            <button type="button" className="ends-row" onClick={() => onOpen(lease)}>
              <CountdownRing leftMs={end.leftMs} totalMs={end.totalMs} />
              <span className="two-lines">
                <span className="medium truncate">{lease.wu_id}</span>
                <span>
                  {lease.source_name}, {endCause(end, lease)}
                </span>
              </span>
              <span className="ends-left" data-tone={isExpiring(end) ? 'wait' : undefined}>
                {formatDuration(end.leftMs)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {full === null ? null : (
        <p className="lease-hint">
          A heartbeat renews every lease the runner names, so a healthy lease shows {least} to {full}. Renewals never
          pass the runtime limit.
        </p>
      )}
    </Section>
  );
};
