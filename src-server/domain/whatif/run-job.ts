import type { Side } from '../../contract/terms.ts';
import type { FallbackState } from '../routing/fallback.ts';
import type { Crossing } from '../routing/policy.ts';
import type { HistoryJob, MeasuredAttempt, Placement } from './history.ts';

/** Ends that say something about a source and nothing about the work. */
const OF_THE_SOURCE = new Set<MeasuredAttempt['outcome']>(['lost', 'lapsed', 'given_back', 'revoked']);

/** A job of a run. */
export interface RunJob {
  job: HistoryJob;
  state: 'queued' | 'held' | 'running' | 'refused' | 'canceled' | 'over';
  fallback: FallbackState;
  queuedMs: number;
  readyMs: number;
  /** Attempts that were started, those before the range included. */
  started: number;
  /** Next of the measured attempts. */
  next: number;
  /** Waits for room on this side's budget. */
  parked: Side | null;
  first: { sourceId: string; side: Side; crossing: Crossing | null; atMs: number } | null;
  arrivedMs: number;
  costMcu: number;
  code: string | null;
  /** A runtime had to be assumed: nothing was measured. */
  isAssumed: boolean;
}

export const newRunJob = (job: HistoryJob, queuedMs: number, readyMs: number): RunJob => ({
  job,
  state: 'queued',
  fallback: 'closed',
  queuedMs,
  readyMs,
  started: job.attemptsBefore,
  next: 0,
  parked: null,
  first: null,
  arrivedMs: readyMs,
  costMcu: 0,
  code: null,
  isAssumed: false,
});

/**
 * The attempt that a grant on this source runs: as recorded there; on another source the next one that tells how long the
 * work takes. Where nothing was measured, `assumedMs` and a success.
 */
export function takeAttempt(run: RunJob, sourceId: string, assumedMs: number): MeasuredAttempt {
  const { attempts } = run.job;
  for (; run.next < attempts.length; ) {
    const attempt = attempts[run.next++] as MeasuredAttempt;
    if (attempt.sourceId === sourceId || !OF_THE_SOURCE.has(attempt.outcome)) return attempt;
  }
  const measured = attempts.filter((a) => !OF_THE_SOURCE.has(a.outcome)).at(-1);
  if (measured !== undefined) return measured;
  run.isAssumed = true;
  return {
    sourceId,
    heldMs: assumedMs,
    runtimeMs: assumedMs,
    extrasMcu: 0,
    outcome: 'succeeded',
    exitCode: 0,
    delayMs: 0,
  };
}

/** What became of a job until the end of the range. */
export function placementOf(run: RunJob, toMs: number): Placement {
  const { first } = run;
  const fate =
    first !== null
      ? 'placed'
      : run.state === 'held' || run.state === 'refused' || run.state === 'canceled'
        ? run.state
        : 'waiting';
  return {
    fate,
    sourceId: first?.sourceId ?? null,
    side: first?.side ?? null,
    crossing: first?.crossing ?? null,
    waitMs: Math.max(0, (first?.atMs ?? toMs) - run.arrivedMs),
    costMcu: run.costMcu,
    code: first === null ? run.code : null,
  };
}
