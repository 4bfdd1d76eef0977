import { sidesOf } from '../domain/routing/policy.ts';
import { FALLBACK } from '../state/appliers/job.ts';
import type { JobRow } from '../state/queries/jobs.ts';
import { holdUnadmitted } from './admission-gate.ts';
import { enqueue } from './budgets/admit.ts';
import type { Engine } from './engine.ts';
import { dispatch } from './placing.ts';
import { SLACK_MS } from './timers.ts';
import { answerBucket } from './waiting.ts';

/**
 * A job may be taken, now or after its backoff: puts it at its place, offers it to the open polls, and makes sure that
 * its waiting has an answer.
 */
export function becomeReady(engine: Engine, jobSeq: number, delayMs = 0): void {
  const nowMs = engine.clock.monoMs();
  if (delayMs > 0) {
    engine.hot.timers.set(nowMs + delayMs + SLACK_MS, 'job.ready', String(jobSeq));
    return;
  }
  const job = engine.jobAt(jobSeq);
  if (job.state !== 'queued' || holdUnadmitted(engine, job)) return;
  if (enqueue(engine, job) && dispatch(engine, job)) return;
  if (engine.jobAt(jobSeq).state !== 'queued') return;
  armWaiting(engine, job);
  if (engine.hot.budgets.lots.lotOf(job.seq) !== undefined) return;
  const bucket = engine.hot.queue.bucket(job.bucket);
  if (bucket.answer === null || bucket.answer.outcome !== 'waiting') answerBucket(engine, bucket);
}

/** Timers of a job that waits: when the second side opens, and when it waited too long. Counted in plane time. */
export function armWaiting(
  engine: Engine,
  job: Pick<JobRow, 'seq' | 'bucket' | 'fallback' | 'maxQueueMs' | 'queuedPlaneMs' | 'readyPlaneMs'>,
): void {
  const { timers, queue } = engine.hot;
  const policy = queue.bucket(job.bucket).rule;
  const nowMs = engine.clock.monoMs();
  const inPlaneMs = (planeMs: number): number => nowMs + Math.max(0, planeMs - engine.planeMs) + SLACK_MS;
  if (sidesOf(policy.mode).second !== null && policy.fallback.mode !== 'never' && job.fallback === FALLBACK.closed) {
    timers.set(inPlaneMs(job.readyPlaneMs + policy.fallback.afterMs), 'job.fallback', String(job.seq));
  }
  const limits = [job.maxQueueMs, policy.refuseAfterMs].filter((ms): ms is number => ms !== null);
  if (limits.length > 0)
    timers.set(inPlaneMs(job.queuedPlaneMs + Math.min(...limits)), 'job.queue_limit', String(job.seq));
}
