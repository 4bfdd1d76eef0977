import type { SourceDetail } from '../../../src-server/contract/source.ts';
import { useExpiresInMs, useSeenMsAgo } from '../../api/volatile.ts';
import { formatAge, formatDuration, formatSpan } from '../../format/duration.ts';
import { formatWhen } from '../../format/instant.ts';
import { graceMs } from '../../format/lease-time.ts';
import { formatPlural } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { Banner } from '../../ui/banner.tsx';
import { SOURCE_LOOKS, SWITCH_LOOKS } from '../../ui/state-vocabulary.ts';

const LateNotice = ({ source }: { source: SourceDetail }) => {
  const seen = useSeenMsAgo(source.source_id);
  const [first] = [...source.leases].sort((a, b) => a.expires_in_ms - b.expires_in_ms);
  const left = useExpiresInMs(first?.lease_id ?? '');
  return (
    <Banner
      tone="wait"
      shape="triangle"
      title={seen === null ? 'No heartbeat since the plane started.' : `No heartbeat for ${formatAge(seen)}.`}
    >
      It gets no new jobs.
      {first === undefined || left === null
        ? null
        : ` In ${formatDuration(left)} the lease ends (${formatSpan(first.ttl_ms)} plus ${formatSpan(graceMs(first.ttl_ms))} grace) and ${first.wu_id} is retried elsewhere with a higher token.`}
    </Banner>
  );
};

const SwitchNotice = ({ source, name }: { source: SourceDetail; name: 'cordoned' | 'draining' | 'revoked' }) => {
  const clock = useNow();
  const set = source.switches[name];
  const words = {
    cordoned: 'It takes no new job. Running leases go on.',
    draining:
      source.leases.length === 0
        ? 'It holds no lease and takes none.'
        : `It finishes ${formatPlural(source.leases.length, 'lease')}, then takes none.`,
    revoked: 'Its session has ended. Add a runner to enroll it again.',
  } as const;
  return (
    <Banner
      tone="idle"
      shape={SWITCH_LOOKS[name].shape}
      title={
        set === null
          ? `${SWITCH_LOOKS[name].label}.`
          : `${SWITCH_LOOKS[name].label} by ${set.by}, ${formatWhen(set.since, clock)}.`
      }
    >
      {set?.reason ? `${set.reason}. ` : null}
      {words[name]}
    </Banner>
  );
};

/** What stands out about a source, the gravest first; nothing for a healthy one. */
export const SourceNotice = ({ source }: { source: SourceDetail }) => {
  if (source.revoked) return <SwitchNotice source={source} name="revoked" />;
  if (source.state === 'quarantined') {
    return (
      <Banner tone="refuse" shape={SOURCE_LOOKS.quarantined.shape} title="Quarantined. It gets no jobs.">
        {source.quarantine_reason}
      </Banner>
    );
  }
  if (source.state === 'late') return <LateNotice source={source} />;
  if (source.state === 'pending') {
    return (
      <Banner tone="idle" shape={SOURCE_LOOKS.pending.shape} title="No runner has connected yet.">
        Run the three commands of its enrollment where it lives. The credential works once.
      </Banner>
    );
  }
  if (source.draining) return <SwitchNotice source={source} name="draining" />;
  if (source.cordoned) return <SwitchNotice source={source} name="cordoned" />;
  return null;
};
