import type { Overview } from '../../../src-server/contract/workspace.ts';
import { useBudgets } from '../../api/budgets.ts';
import { refusalWords } from '../../components/needs/refusal-words.ts';
import { formatDuration, formatSpan } from '../../format/duration.ts';
import { formatCount, formatCu, formatCuNumber, formatPlural } from '../../format/number.ts';
import { Meter } from '../../ui/meter.tsx';
import { Stat, StatStrip } from '../../ui/stat-strip.tsx';
import { committedPercent, meterWords, windowWords } from '../budgets/limit-words.ts';

const leaseNote = ({ leases }: Overview) => {
  if (leases.expiring > 0) {
    const soon = leases.next_expiry_in_ms === null ? '' : ` within ${formatSpan(leases.next_expiry_in_ms)}`;
    return `${leases.expiring} ${leases.expiring === 1 ? 'expires' : 'expire'}${soon}`;
  }
  if (leases.slots === 0) return 'No source has a slot yet';
  return `${formatPlural(Math.max(0, leases.slots - leases.active), 'slot')} free`;
};

const queueNote = ({ queue }: Overview) => {
  const moved = `${formatCount(queue.joined_5m)} joined, ${formatCount(queue.left_5m)} left in 5 min`;
  if (queue.held === 0) return moved;
  return (
    <>
      {formatCount(queue.held)} held<span className="hide-narrow">, {moved}</span>
    </>
  );
};

const waitNote = ({ oldest_wait, policy }: Overview) => {
  if (oldest_wait === null) return 'Nothing waits';
  const isOver = oldest_wait.wait_ms > policy.fallback_after_ms;
  return isOver ? `${oldest_wait.wu_id}, over ${formatSpan(policy.fallback_after_ms)}` : oldest_wait.wu_id;
};

/** What is left of the managed tier where it has a limit, else what it used today. */
const Managed = ({ data: { managed_today: today } }: { data: Overview }) => {
  const { data } = useBudgets();
  const limits = (data?.limits ?? []).filter(({ scope }) => scope === 'tier:managed');
  const limit = limits.find(({ window }) => window === 'day') ?? limits[0];
  if (limit === undefined) {
    return (
      <Stat
        label="Managed use today"
        value={formatCuNumber(today.spent_mcu)}
        unit="CU"
        note={`Metering preview${today.held_mcu === 0 ? '' : `, ${formatCuNumber(today.held_mcu)} held`}`}
      />
    );
  }
  const percent = committedPercent(limit);
  return (
    <Stat
      label={`Managed budget, ${limit.window === 'day' ? 'today' : windowWords(limit.window)}`}
      value={String(percent)}
      unit={`% of ${formatCu(limit.limit_mcu)}`}
      meter={
        <Meter label={meterWords(limit)} settled={limit.spent_mcu} held={limit.held_mcu} limit={limit.limit_mcu} />
      }
      note={`${formatCuNumber(limit.left_mcu)} left`}
      alarm={percent > 90 ? { shape: 'triangle', tone: 'wait' } : undefined}
    />
  );
};

/** Is it healthy, in five figures. */
export const HealthStrip = ({ data }: { data: Overview }) => {
  const { leases, queue, oldest_wait, refusals_24h, series, policy } = data;
  const isWaitLong = oldest_wait !== null && oldest_wait.wait_ms > policy.fallback_after_ms;
  return (
    <StatStrip label="Health">
      <Stat
        label="Active leases"
        value={formatCount(leases.active)}
        unit={`of ${formatPlural(leases.slots, 'slot')}`}
        series={series.active}
        note={leaseNote(data)}
        isCurveQuiet
        alarm={leases.expiring > 0 ? { shape: 'hourglass', tone: 'wait' } : undefined}
      />
      <Stat label="Queue depth" value={formatCount(queue.depth)} series={series.queued} note={queueNote(data)} />
      <Stat
        label="Oldest wait"
        value={oldest_wait === null ? '–' : formatDuration(oldest_wait.wait_ms)}
        series={series.oldest_wait_ms}
        note={waitNote(data)}
        alarm={isWaitLong ? { shape: 'triangle', tone: 'wait' } : undefined}
      />
      <Stat
        label="Refusals, 24 h"
        value={formatCount(refusals_24h.total)}
        series={series.refusals}
        note={refusalWords(refusals_24h)}
        alarm={refusals_24h.total > 0 ? { shape: 'bar-octagon', tone: 'refuse' } : undefined}
      />
      <Managed data={data} />
    </StatStrip>
  );
};
