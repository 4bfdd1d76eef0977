import type { JobListItem } from '../../../src-server/contract/job.ts';
import { shortWhy } from '../../components/short-why.ts';
import { SourceName } from '../../components/source-name.tsx';
import { formatDuration } from '../../format/duration.ts';
import { useNow } from '../../stores/clock.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { jobLook } from '../../ui/state-vocabulary.ts';
import type { Column } from '../../ui/table.tsx';

const NONE = <span className="text-3">–</span>;

const Elapsed = ({ from, isLate }: { from: string; isLate: (ms: number) => boolean }) => {
  const ms = Math.max(0, useNow() - Date.parse(from));
  return <span className={isLate(ms) ? 'tone medium' : 'text-2'}>{formatDuration(ms)}</span>;
};

/** How long it waits or runs, or how long it ran; nothing for one that never ran. */
const JobTime = ({ job, longWaitMs }: { job: JobListItem; longWaitMs: number }) => {
  if (job.finished_at !== null) {
    if (job.started_at === null) return NONE;
    const ms = Date.parse(job.finished_at) - Date.parse(job.started_at);
    return <span className="text-2">{formatDuration(ms)}</span>;
  }
  const waits = job.state === 'queued' || job.state === 'held';
  return (
    <span data-tone="wait">
      <Elapsed
        from={waits ? job.created_at : (job.started_at ?? job.created_at)}
        isLate={(ms) => job.state === 'queued' && ms > longWaitMs}
      />
    </span>
  );
};

interface ColumnOptions {
  isNarrow: boolean;
  /** Rows of one line. */
  isCompact: boolean;
  /** A wait over this is amber: the time after which the second side may be asked. */
  longWaitMs: number;
}

/** Columns of the jobs list; in a narrow window those of low priority leave. */
export const jobColumns = ({ isNarrow, isCompact, longWaitMs }: ColumnOptions): readonly Column<JobListItem>[] => {
  const all: (Column<JobListItem> & { isLow?: boolean })[] = [
    {
      id: 'wu',
      header: 'WU',
      width: '88px',
      cell: (job) => <span className="text-2">{job.wu_id}</span>,
    },
    {
      id: 'title',
      header: 'Title',
      width: isNarrow ? 'minmax(140px, 1fr)' : 'minmax(208px, 1fr)',
      cell: (job) => (
        <span className="medium" title={job.title}>
          {job.title}
        </span>
      ),
    },
    { id: 'state', header: 'State', width: '148px', cell: (job) => <StateBadge look={jobLook(job)} /> },
    {
      id: 'class',
      header: 'Class',
      width: '88px',
      isLow: true,
      cell: (job) => <span className="text-2">{job.compute_class}</span>,
    },
    {
      id: 'source',
      header: 'Source',
      width: isNarrow ? '140px' : '152px',
      cell: (job) =>
        job.source_id === null ? NONE : <SourceName kind={job.source_kind} name={job.source_name ?? job.source_id} />,
    },
    {
      id: 'why',
      header: 'Why',
      width: 'minmax(160px, 1.6fr)',
      // Quiet: the title is what stands out in a row.
      cell: (job) => (
        <span className={isCompact ? 'text-2 text-xs' : 'text-2 text-xs job-why'} title={job.why}>
          {shortWhy(job.why, isNarrow ? undefined : job.compute_class)}
        </span>
      ),
    },
    {
      id: 'time',
      header: 'Time',
      width: '64px',
      align: 'right',
      cell: (job) => <JobTime job={job} longWaitMs={longWaitMs} />,
    },
    {
      id: 'attempt',
      header: 'Attempt',
      width: '56px',
      align: 'right',
      isLow: true,
      cell: (job) =>
        job.attempt === 0 ? NONE : <span className="text-2">{`${job.attempt} of ${job.max_attempts}`}</span>,
    },
  ];
  return isNarrow ? all.filter((column) => column.isLow !== true) : all;
};
