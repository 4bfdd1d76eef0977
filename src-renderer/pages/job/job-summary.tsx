import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Job } from '../../../src-server/contract/job.ts';
import { imageOf, programOf } from '../../../src-server/contract/job-program.ts';
import type { Lease } from '../../../src-server/contract/lease.ts';
import { useExpiresInMs } from '../../api/volatile.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatAge, formatDuration } from '../../format/duration.ts';
import { formatWhen } from '../../format/instant.ts';
import { takeOverMs } from '../../format/lease-time.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { LabelChips } from '../../ui/chip.tsx';
import { EXPIRING_SHARE } from '../../ui/countdown-ring.tsx';
import { Facts, Section } from '../../ui/panel.tsx';
import { currentAttempt } from './job-facts.ts';

/** Time since the lease was last renewed, from its countdown to the end of time and grace; null when not known. */
export const useRenewedMsAgo = (lease: Lease | null): number | null => {
  const left = useExpiresInMs(lease?.lease_id ?? '');
  if (lease === null || left === null) return null;
  return Math.max(0, takeOverMs(lease.ttl_ms) - left);
};

const LeaseFact = ({ lease }: { lease: Lease }) => {
  const left = useExpiresInMs(lease.lease_id);
  const renewed = useRenewedMsAgo(lease);
  if (left === null || renewed === null) return <>Token {lease.fence}</>;
  const isExpiring = left < takeOverMs(lease.ttl_ms) * EXPIRING_SHARE;
  return (
    <span data-tone="wait" className={isExpiring ? 'tone' : undefined}>
      Renewed {formatAge(renewed)} ago, {formatDuration(left)} left
    </span>
  );
};

const runtimeWords = (job: Job, nowMs: number): string => {
  const most = formatDuration(job.spec.max_runtime_ms);
  const attempt = currentAttempt(job);
  if (attempt?.started_at == null) return `At most ${most}`;
  const end = attempt.ended_at === null ? nowMs : Date.parse(attempt.ended_at);
  return `${formatDuration(end - Date.parse(attempt.started_at))} of at most ${most}`;
};

/** What the job is, asks for and holds now. */
export const JobSummary = ({ job, lease }: { job: Job; lease: Lease | null }) => {
  const ws = useWorkspaceId();
  const clock = useNow();
  const attempt = currentAttempt(job);
  const program = programOf(job.spec);
  const image = imageOf(job.spec);
  const facts: (readonly [string, ReactNode] | null)[] = [
    [
      'Command',
      <code key="command" className="job-command" title={program.argv.join(' ')}>
        {program.argv.length === 0 ? 'What the image starts' : program.argv.join(' ')}
      </code>,
    ],
    image === null
      ? null
      : [
          'Image',
          <code key="image" className="job-command" title={image}>
            {image}
          </code>,
        ],
    ['Class', job.compute_class],
    Object.keys(job.labels).length === 0 ? null : ['Requires', <LabelChips key="labels" labels={job.labels} />],
    ['Submitted', `${formatWhen(job.created_at, clock)} by ${job.submitted_by}`],
    job.retry_of === null
      ? null
      : [
          'Retry of',
          <Link key="retry" className="text-link" to={routes.job(ws, job.retry_of)}>
            the earlier job
          </Link>,
        ],
    ['Network', job.spec.egress.length > 0 ? job.spec.egress.join(', ') : job.network],
    ['Confinement', job.spec.confinement],
    ['Priority', `${job.priority} of 100`],
    lease === null ? null : ['Lease', <LeaseFact key="lease" lease={lease} />],
    ['Runtime', runtimeWords(job, clock)],
    job.finished_at === null ? null : ['Ended', formatWhen(job.finished_at, clock)],
    attempt?.exit_code == null ? null : ['Exit code', String(attempt.exit_code)],
    attempt === null || attempt.state !== 'released' || attempt.has_run_receipt
      ? null
      : ['Receipt', 'Settled without a run receipt'],
  ];
  return (
    <Section title="Job">
      <Facts items={facts.filter((fact) => fact !== null)} />
    </Section>
  );
};
