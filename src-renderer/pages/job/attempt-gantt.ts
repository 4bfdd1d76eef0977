import type { Attempt, Job } from '../../../src-server/contract/job.ts';
import { formatAge } from '../../format/duration.ts';
import { formatClock } from '../../format/instant.ts';
import type { GanttBar, GanttMark } from '../../ui/gantt.tsx';

export interface AttemptLane {
  id: string;
  attempt: Attempt;
  bars: GanttBar[];
  marks: GanttMark[];
}
export interface AttemptChart {
  durationMs: number;
  nowMs: number | null;
  axis: string[];
  queue: GanttBar[];
  lanes: AttemptLane[];
  /** Late writes that the fence refused. */
  fence: GanttMark[];
}
export interface GanttInput {
  job: Pick<Job, 'created_at' | 'finished_at' | 'attempts' | 'state'>;
  /** How long before its end each lease was last renewed, by lease id: from the entry that ended it. */
  lastRenewalMsAgo: ReadonlyMap<string, number>;
  /** Time since the live lease was last renewed; null when it is not known. */
  liveRenewedMsAgo: number | null;
  isManaged: (sourceId: string) => boolean;
  nowMs: number;
}
const MIN_MS = 5_000;
const AXIS_PARTS = 5;
const TICKS_MAX = 60;

/** Renewals are counted, not timed one by one: the ticks stand evenly between the start and the last one. */
const renewalMarks = (attempt: Attempt, from: number, last: number): GanttMark[] => {
  const count = Math.min(TICKS_MAX, attempt.renewals);
  if (count === 0 || last <= from) return [];
  return Array.from({ length: count }, (_, i) => ({
    id: `${attempt.lease_id}-r${i}`,
    at: from + ((i + 1) / count) * (last - from),
    look: 'renewal' as const,
  }));
};

const endNote = (attempt: Attempt): string | undefined => {
  if (attempt.ended_at === null) return undefined;
  if (attempt.state !== 'released') return attempt.state;
  if (attempt.outcome === 'failed' && attempt.exit_code !== null) return `exit ${attempt.exit_code}`;
  return (attempt.outcome ?? 'released').replace('_', ' ');
};

/** Bars and marks of a job's life, in ms from its submission. */
export const layoutAttempts = (input: GanttInput): AttemptChart => {
  const { job, nowMs } = input;
  const start = Date.parse(job.created_at);
  const rel = (at: string) => Date.parse(at) - start;
  const isOver = job.finished_at !== null;
  const rejected = job.attempts.flatMap((attempt) => attempt.rejected_writes);
  const lastMark = Math.max(0, ...rejected.map((write) => rel(write.at)));
  const end = Math.max(MIN_MS, lastMark, job.finished_at === null ? nowMs - start : rel(job.finished_at));

  const queue: GanttBar[] = [];
  let waitsFrom = 0;
  const lanes = job.attempts.map((attempt, i): AttemptLane => {
    const from = rel(attempt.granted_at);
    const before = job.attempts[i - 1];
    const backoffMs = before?.retry_delay_ms ?? 0;
    const waitMs = Math.max(0, from - waitsFrom);
    const restMs = Math.max(0, waitMs - backoffMs);
    queue.push({
      id: `q-${attempt.lease_id}`,
      from: waitsFrom,
      to: from,
      look: 'queue',
      note: backoffMs > 0 ? `${formatAge(backoffMs)} backoff, ${formatAge(restMs)} wait` : formatAge(waitMs),
    });
    const to = attempt.ended_at === null ? end : rel(attempt.ended_at);
    waitsFrom = to;
    const isLive = attempt.ended_at === null;
    const isLost = attempt.state === 'expired';
    const sinceRenewal = isLive ? (input.liveRenewedMsAgo ?? 0) : (input.lastRenewalMsAgo.get(attempt.lease_id) ?? 0);
    const last = Math.min(to, Math.max(from, to - sinceRenewal));
    const isHatched = input.isManaged(attempt.source_id);
    const solid: GanttBar = {
      id: attempt.lease_id,
      from,
      to: isLost ? last : to,
      look: isLive ? 'live' : 'past',
      isHatched,
      text: String(attempt.fence),
    };
    const bars: GanttBar[] = isLost
      ? [
          solid,
          {
            id: `${attempt.lease_id}-gap`,
            from: last,
            to,
            look: 'gap',
            note: `expired, not renewed for ${formatAge(to - last)}`,
          },
        ]
      : [{ ...solid, note: endNote(attempt) }];
    return {
      id: attempt.lease_id,
      attempt,
      bars,
      marks: [
        ...renewalMarks(attempt, attempt.started_at === null ? from : rel(attempt.started_at), last),
        ...(isLost ? [{ id: `${attempt.lease_id}-end`, at: to, look: 'end' as const }] : []),
      ],
    };
  });
  if (job.state === 'queued' || job.state === 'held') {
    queue.push({ id: 'q-now', from: waitsFrom, to: end, look: 'queue', note: formatAge(end - waitsFrom) });
  }
  const captions = Array.from({ length: AXIS_PARTS }, (_, i) => formatClock(start + (end * i) / (AXIS_PARTS - 1)));
  return {
    durationMs: end,
    nowMs: isOver ? null : end,
    axis: isOver ? captions : [...captions.slice(0, -1), 'now'],
    queue,
    lanes,
    fence: job.attempts.flatMap((attempt) =>
      attempt.rejected_writes.map((write) => ({
        id: `${attempt.lease_id}-${write.write}-${write.at}`,
        at: rel(write.at),
        look: 'rejected' as const,
        note: `${formatClock(write.at)} late ${write.write} with token ${write.fence} rejected`,
      })),
    ),
  };
};
