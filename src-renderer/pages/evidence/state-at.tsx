import type { ReplayAnswer } from '../../../src-server/contract/replay.ts';
import { scopeWords } from '../../../src-server/contract/scope-words.ts';
import type { Overview } from '../../../src-server/contract/workspace.ts';
import { useReplay } from '../../api/replay.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { formatCount, formatCu, formatPlural, formatSeq } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { Section } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { windowWords } from '../budgets/limit-words.ts';

const SHOWN_MAX = 20;

interface StateAtProps {
  at: number;
  /** As it stands now, to compare with. */
  now: Overview | undefined;
}

const Figure = ({ name, value, note }: { name: string; value: string; note?: string | undefined }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {value} {note === undefined ? null : <small>{note}</small>}
    </dd>
  </div>
);

const Rows = ({
  title,
  rows,
  total,
}: {
  title: string;
  rows: readonly (readonly [string, string])[];
  total: number;
}) =>
  rows.length === 0 ? null : (
    <Section title={title} end={formatCount(total)}>
      <ul className="state-rows">
        {rows.map(([name, state], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two sources of the past may bear one name
          <li key={i}>
            <span className="truncate">{name}</span>
            <span className="text-2">{state}</span>
          </li>
        ))}
      </ul>
    </Section>
  );

const budgetRows = ({ budgets }: ReplayAnswer): (readonly [string, string])[] =>
  (budgets?.limits ?? []).map((limit) => [
    `${scopeWords(limit.scope)}, ${windowWords(limit.window)}`,
    `${formatCu(limit.left_mcu)} left of ${formatCu(limit.limit_mcu)}`,
  ]);

const openCount = (counts: Overview['job_counts']): number =>
  counts.queued + counts.held + counts.claimed + counts.running;

/** Fleet, leases, queue, budgets and policy as they stood right after an entry. Nothing here can be acted upon. */
export const StateAt = ({ at, now }: StateAtProps) => {
  const clock = useNow();
  const { data, error, isPlaceholderData, refetch } = useReplay(at);
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined || data.overview === null) return <Skeleton rows={8} rowHeight={28} />;
  const { overview } = data;
  const active = (data.leases?.items ?? []).filter((lease) => lease.state === 'active');
  const open = (data.jobs?.items ?? []).filter((job) => job.finished_at === null);
  const sources = data.sources?.items ?? [];
  return (
    <div aria-busy={isPlaceholderData}>
      <Section title={`State at ${formatSeq(data.at_seq)}`} end={formatWhen(data.at, clock)}>
        <dl className="state-figures">
          <Figure
            name="Leases"
            value={formatCount(overview.leases.active)}
            note={now === undefined ? undefined : `now ${formatCount(now.leases.active)}`}
          />
          <Figure
            name="Queue"
            value={formatCount(overview.queue.depth)}
            note={now === undefined ? undefined : `now ${formatCount(now.queue.depth)}`}
          />
          <Figure name="Managed today" value={formatCu(overview.managed_today.spent_mcu)} />
          <Figure name="Policy" value={`v${overview.policy.version}`} note={overview.policy.mode} />
        </dl>
      </Section>
      <Rows
        title="Sources"
        total={overview.source_counts.total}
        rows={sources
          .slice(0, SHOWN_MAX)
          .map((s) => [s.name, `${s.state}, ${s.in_use} of ${formatPlural(s.capacity, 'slot')}`])}
      />
      <Rows
        title="Active leases"
        total={overview.leases.active}
        rows={active.slice(0, SHOWN_MAX).map((l) => [`${l.wu_id} on ${l.source_name}`, `token ${l.fence}`])}
      />
      <Rows
        title="Jobs that were not over"
        total={openCount(overview.job_counts)}
        rows={open
          .slice(0, SHOWN_MAX)
          .map((j) => [`${j.wu_id} ${j.title}`, j.hold === null ? j.state : `held, ${j.hold}`])}
      />
      <Rows title="Limits" total={data.budgets?.limits.length ?? 0} rows={budgetRows(data)} />
      <p className="log-note">
        {formatPlural(data.at_seq + 1, 'entry', 'entries')} folded again from the log. What lived in memory only (signs
        of life, deadlines, progress) is not told.
      </p>
    </div>
  );
};
