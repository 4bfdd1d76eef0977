import { Link } from 'react-router';
import type { SourceDetail } from '../../../src-server/contract/source.ts';
import { CLASS_FAMILIES } from '../../../src-server/contract/terms.ts';
import { useExpiresInMs } from '../../api/volatile.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { doctorWords } from '../../components/doctor-words.ts';
import { formatDuration, formatSpan } from '../../format/duration.ts';
import { formatDay, formatWhen } from '../../format/instant.ts';
import { takeOverMs } from '../../format/lease-time.ts';
import { formatBytes } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { CountChip, LabelChips } from '../../ui/chip.tsx';
import { CountdownRing, EXPIRING_SHARE } from '../../ui/countdown-ring.tsx';
import { KIND_LABELS } from '../../ui/kind-icon.tsx';
import { Facts, Section } from '../../ui/panel.tsx';
import { SideMark } from '../../ui/side-mark.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { CHECK_LOOKS, CREDENTIAL_LOOKS } from '../../ui/state-vocabulary.ts';

/** The heartbeats of the last 10 minutes, a mark each. */
export const HeartbeatSection = ({ source }: { source: SourceDetail }) => {
  const missed = source.heartbeats.filter((came) => !came).length;
  const shown = source.heartbeats.slice(-40);
  if (shown.length === 0) return null;
  return (
    <Section title="Heartbeats" end={`every ${formatSpan(source.heartbeat_interval_ms)}, last 10 min`}>
      <div
        className="heartbeats"
        role="img"
        aria-label={`${source.heartbeats.length - missed} received, ${missed} missed`}
      >
        {shown.map((came, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: intervals have no identity
          <i key={i} className={came ? undefined : 'is-missed'} />
        ))}
      </div>
    </Section>
  );
};

type LeaseRowData = SourceDetail['leases'][number];

const LeaseRow = ({ lease }: { lease: LeaseRowData }) => {
  const ws = useWorkspaceId();
  const left = useExpiresInMs(lease.lease_id) ?? 0;
  const total = takeOverMs(lease.ttl_ms);
  return (
    <li>
      <Link className="lease-row" to={routes.job(ws, lease.job_id)}>
        <CountdownRing leftMs={left} totalMs={total} />
        <span className="two-lines">
          <span className="medium truncate">{lease.title}</span>
          <span>
            {lease.wu_id}, token {lease.fence}, attempt {Math.max(1, lease.attempt)} of {lease.max_attempts}
          </span>
        </span>
        <span className="medium lease-left" data-tone={left < total * EXPIRING_SHARE ? 'wait' : undefined}>
          {formatDuration(left)}
        </span>
      </Link>
    </li>
  );
};

/** Leases that the source holds now. */
export const LeasesSection = ({ source }: { source: SourceDetail }) => (
  <Section title="Leases" beside={<CountChip count={source.leases.length} />}>
    {source.leases.length === 0 ? (
      <p className="text-2">It holds no lease.</p>
    ) : (
      <ul className="stack">
        {source.leases.map((lease) => (
          <LeaseRow key={lease.lease_id} lease={lease} />
        ))}
      </ul>
    )}
  </Section>
);

const classWords = (source: SourceDetail): string => {
  const own = source.compute_class;
  if (source.pool !== null) return source.pool.compute_classes.join(', ');
  if (own === null) return 'Detected at connect';
  const isSmallest = CLASS_FAMILIES.some(([smallest]) => smallest === own);
  return `${own}${isSmallest ? '' : ' and below'}${source.pinned_class === null ? '' : ', pinned'}`;
};

/** Facts of the source and its runner. */
export const DetailsSection = ({ source }: { source: SourceDetail }) => {
  const { session, enrollment } = source;
  return (
    <Section title="Details">
      <Facts
        items={[
          ['Kind', KIND_LABELS[source.kind]],
          ['Class', classWords(source)],
          ['Side', <SideMark key="side" side={source.side} />],
          ['Labels', <LabelChips key="labels" labels={source.labels} />],
          [
            'Slots',
            `${source.capacity}, ${source.in_use} in use${source.offered < source.capacity && session !== null ? `, ${source.offered} offered` : ''}`,
          ],
          ...(session === null
            ? []
            : ([
                [
                  'Runner',
                  [session.runner_version, session.node_version === '' ? '' : `Node ${session.node_version}`]
                    .filter((part) => part !== '')
                    .join(', ') || '–',
                ],
                [
                  'Platform',
                  `${session.platform} ${session.arch}, ${session.cpu_count} cores, ${formatBytes(session.memory_bytes)}${session.gpu === null ? '' : `, ${session.gpu}`}`,
                ],
              ] as const)),
          ['Enrolled', `${formatDay(source.enrolled_at)} by ${source.enrolled_by}`],
          ...(enrollment === null
            ? []
            : ([
                [
                  'Credential',
                  `${CREDENTIAL_LOOKS[enrollment.state].label}, fingerprint ${enrollment.fingerprint}, not stored`,
                ],
              ] as const)),
        ]}
      />
    </Section>
  );
};

const NETWORK_WORDS = { none: 'none', allow_list: 'allow list' } as const;

/** What the source can really enforce. */
export const PostureSection = ({ source }: { source: SourceDetail }) => {
  const { posture, session } = source;
  if (session === null) return null;
  const containers = [...(posture.containers ?? []), ...(posture.kubernetes ? ['Kubernetes Job'] : [])];
  const network = (posture.network ?? []).map((mode) => NETWORK_WORDS[mode]);
  return (
    <Section title="Posture" end={`Probed at connect, ${formatDay(session.registered_at)}`}>
      <Facts
        items={[
          ['Files', posture.files === 'confined' ? 'Confined' : 'Not confined'],
          ['Network', network.length === 0 ? 'Not enforced' : network.join(', ')],
          [
            'Processes',
            posture.pid === 'namespace' ? 'Own namespace' : posture.pid === 'group' ? 'Own group' : 'Not enforced',
          ],
          ['Containers', containers.length === 0 ? 'None' : containers.join(', ')],
        ]}
      />
    </Section>
  );
};

/** The runner's own checks, failed ones first with what to do. */
export const DoctorSection = ({ source }: { source: SourceDetail }) => {
  const clock = useNow();
  const { doctor } = source;
  // Each runner of a pool has its own checks.
  if (source.pool !== null) return null;
  if (doctor === null) {
    return (
      <Section title="Doctor">
        <p className="text-2">The runner has not reported its checks yet.</p>
      </Section>
    );
  }
  const failed = doctor.checks.filter((check) => !check.passed);
  const passed = doctor.checks.filter((check) => check.passed);
  return (
    <Section title="Doctor" end={`${doctor.passed} of ${doctor.total}, checked ${formatWhen(doctor.at, clock)}`}>
      {failed.map((check) => (
        <div key={check.id} className="doctor-failed" data-tone="fail">
          <StateGlyph shape={CHECK_LOOKS.fail.shape} size={14} className="tone" />
          <span>
            <span className="medium">{doctorWords(check.id)}</span>
            <span className="text-2">
              {check.required ? ', required. ' : '. '}
              {check.detail}
            </span>
          </span>
        </div>
      ))}
      <ul className="doctor-passed">
        {passed.map((check) => (
          <li key={check.id} data-tone="ok" title={check.detail}>
            <StateGlyph shape={CHECK_LOOKS.pass.shape} size={14} className="tone" />
            <span className="truncate">{doctorWords(check.id)}</span>
            <span className="visually-hidden">passed</span>
          </li>
        ))}
      </ul>
    </Section>
  );
};
