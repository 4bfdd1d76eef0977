import { useRef } from 'react';
import type { Lease } from '../../../src-server/contract/lease.ts';
import type { Source } from '../../../src-server/contract/source.ts';
import { useJob } from '../../api/jobs.ts';
import { useRuntimeLeftMs } from '../../api/volatile.ts';
import { formatAge, formatDuration, formatSpan } from '../../format/duration.ts';
import { formatWhen } from '../../format/instant.ts';
import { graceMs } from '../../format/lease-time.ts';
import { formatPlural } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { CountdownRing } from '../../ui/countdown-ring.tsx';
import { Facts, Section } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { LEASE_LOOKS } from '../../ui/state-vocabulary.ts';
import { LeaseActions } from './lease-actions.tsx';
import { useLeaseEnd } from './lease-tile.tsx';
import { atExpiryWords, leaseLook } from './lease-words.ts';

const LeaseClock = ({ lease }: { lease: Lease }) => {
  const end = useLeaseEnd(lease);
  const runtimeLeft = useRuntimeLeftMs(lease.lease_id);
  const total = formatDuration(end.totalMs);
  let note = `of ${total}, not started yet`;
  if (end.by === 'runtime') note = `to the runtime limit of ${total}`;
  else if (lease.started_at !== null) note = `of ${total}, last renewed ${formatAge(end.totalMs - end.leftMs)} ago`;
  return (
    <>
      <div className="lease-clock">
        <CountdownRing leftMs={end.leftMs} totalMs={end.totalMs} size={56} />
        <div>
          <div className="lease-clock-left">{formatDuration(end.leftMs)}</div>
          <div className="text-2 text-xs">{note}</div>
        </div>
      </div>
      <LeaseFacts
        lease={lease}
        runtime={
          runtimeLeft === null
            ? `At most ${formatDuration(lease.max_runtime_ms)}`
            : `${formatDuration(lease.max_runtime_ms - runtimeLeft)} of at most ${formatDuration(lease.max_runtime_ms)}`
        }
      />
    </>
  );
};

const LeaseFacts = ({ lease, runtime }: { lease: Lease; runtime?: string }) => {
  const clock = useNow();
  const { data: job } = useJob(lease.job_id);
  const attempt = Math.max(1, lease.attempt);
  const ended = job?.attempts.find((candidate) => candidate.lease_id === lease.lease_id);
  return (
    <Facts
      items={[
        ['Source', lease.source_name],
        ['Token', lease.state === 'active' ? lease.fence : `${lease.fence}, fenced`],
        ['Attempt', job === undefined ? attempt : `${attempt} of ${job.max_attempts}`],
        ['Lease time', `${formatSpan(lease.ttl_ms)} plus ${formatSpan(graceMs(lease.ttl_ms))} grace`],
        ['Renewed', formatPlural(lease.renewals, 'time')],
        ['Granted', formatWhen(lease.granted_at, clock)],
        ...(runtime === undefined ? [] : ([['Runtime', runtime]] as const)),
        ...(lease.ended_at === null ? [] : ([['Ended', formatWhen(lease.ended_at, clock)]] as const)),
        ...(lease.state === 'active' || !ended?.end_reason ? [] : ([['Why', ended.end_reason]] as const)),
        ...(lease.state !== 'active' || job === undefined
          ? []
          : ([['At expiry', atExpiryWords(attempt, job.max_attempts)]] as const)),
      ]}
    />
  );
};

const LivePill = ({ lease }: { lease: Lease }) => <StateBadge isPill look={leaseLook(lease, useLeaseEnd(lease))} />;

interface LeasePanelProps {
  openId: string;
  /** As the lists hold it now; undefined once it left them. */
  lease: Lease | undefined;
  /** As it stood in the row that opened it. */
  opened: Lease | undefined;
  source: Source | null;
}

/** The open lease: what is left, its facts, what can be done. It stays on screen after it ended. */
export const LeasePanel = ({ openId, lease, opened, source }: LeasePanelProps) => {
  const last = useRef<Lease | undefined>(lease ?? opened);
  if (lease !== undefined) last.current = lease;
  const seen = last.current?.lease_id === openId ? last.current : undefined;
  const { data: job } = useJob(seen?.job_id ?? '', seen !== undefined);
  if (seen === undefined) {
    return (
      <Section title="Lease">
        <p className="text-2">This lease is not among the active ones. It may have ended.</p>
      </Section>
    );
  }
  const attempt = job?.attempts.find((candidate) => candidate.lease_id === openId);
  const shown: Lease =
    lease === undefined && attempt !== undefined && attempt.state !== 'active'
      ? { ...seen, state: attempt.state, ended_at: attempt.ended_at, renewals: attempt.renewals }
      : seen;
  return (
    <Section
      title={shown.wu_id}
      beside={
        shown.state === 'active' ? <LivePill lease={shown} /> : <StateBadge isPill look={LEASE_LOOKS[shown.state]} />
      }
    >
      <p className="medium">{shown.title}</p>
      {shown.state === 'active' ? <LeaseClock lease={shown} /> : <LeaseFacts lease={shown} />}
      <LeaseActions lease={shown} source={source} />
      {shown.state === 'active' ? (
        <p className="lease-hint">Revoking fences token {shown.fence} at once. Later writes from it are rejected.</p>
      ) : null}
    </Section>
  );
};
