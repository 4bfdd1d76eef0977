import { useMemo } from 'react';
import type { Job } from '../../../src-server/contract/job.ts';
import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { useCandidateNames } from '../../components/decision-table/candidate-names.ts';
import { useNow } from '../../stores/clock.ts';
import { ChartLegend } from '../../ui/chart-legend.tsx';
import { Gantt, type GanttRow } from '../../ui/gantt.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { layoutAttempts } from './attempt-gantt.ts';
import { eventsOf } from './entry-words.ts';

/** How long before their end leases were last renewed: that stands in the entry that ended them. */
const lastRenewals = (entries: readonly EvidenceItem[]): Map<string, number> => {
  const found = new Map<string, number>();
  for (const entry of entries) {
    for (const { body } of eventsOf(entry)) {
      if (typeof body.lease_id === 'string' && typeof body.last_renewal_ms_ago === 'number') {
        found.set(body.lease_id, body.last_renewal_ms_ago);
      }
    }
  }
  return found;
};

interface AttemptsPanelProps {
  job: Job;
  entries: readonly EvidenceItem[];
  /** Time since the live lease was last renewed; null when it is not known. */
  renewedMsAgo: number | null;
}

/** The job over time: waits, attempts with their tokens, time without renewal, writes that the fence refused. */
export const AttemptsPanel = ({ job, entries, renewedMsAgo }: AttemptsPanelProps) => {
  const nowMs = useNow();
  const nameOf = useCandidateNames(job.attempts.map(({ source_id }) => source_id));
  const renewals = useMemo(() => lastRenewals(entries), [entries]);
  const chart = layoutAttempts({
    job,
    lastRenewalMsAgo: renewals,
    liveRenewedMsAgo: renewedMsAgo,
    isManaged: (id) => nameOf(id).kind === 'managed_pool',
    nowMs,
  });
  if (job.attempts.length === 0) return null;
  const rows: GanttRow[] = [
    { id: 'queue', label: <GanttLabel shape="dashed-circle" text="Queue" />, bars: chart.queue },
    ...chart.lanes.map(({ id, attempt, bars, marks }) => ({
      id,
      label: (
        <span title={attempt.end_reason ?? undefined}>
          <b>{attempt.started_at === null && attempt.ended_at !== null ? '–' : Math.max(1, attempt.attempt)}</b>{' '}
          {attempt.source_name}
        </span>
      ),
      bars,
      marks,
    })),
    ...(chart.fence.length === 0
      ? []
      : [{ id: 'fence', label: <GanttLabel shape="fence" text="Fence" />, bars: [], marks: chart.fence }]),
  ];
  const told = job.attempts.map(
    (a) => `Attempt ${a.attempt} on ${a.source_name}, token ${a.fence}: ${a.end_reason ?? a.state}`,
  );
  return (
    <Panel
      title="Attempts"
      end={
        <ChartLegend
          items={[
            {
              label: 'Renewed',
              mark: <span className="attempt-tick" title="Their number is recorded, not each moment" />,
            },
            { label: 'Not renewed', mark: 'hatch', tone: 'wait' },
            { label: 'Fencing token', mark: <StateGlyph shape="fence" size={14} /> },
          ]}
        />
      }
    >
      <Gantt label={told.join('. ')} rows={rows} durationMs={chart.durationMs} nowMs={chart.nowMs} axis={chart.axis} />
    </Panel>
  );
};

const GanttLabel = ({ shape, text }: { shape: 'dashed-circle' | 'fence'; text: string }) => (
  <span className="row attempt-label">
    <StateGlyph shape={shape} size={14} />
    {text}
  </span>
);
