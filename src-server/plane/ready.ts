import { sidesOf } from '../domain/routing/policy.ts';
import { FALLBACK } from '../state/appliers/job.ts';
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
  armWaiting(engine, job.seq, job.fallback, job.maxQueueMs, job.queuedPlaneMs, job.readyPlaneMs);
  if (engine.hot.budgets.lots.lotOf(job.seq) !== undefined) return;
  const bucket = engine.hot.queue.bucket(job.bucket);
  if (bucket.answer === null || bucket.answer.outcome !== 'waiting') answerBucket(engine, bucket);
}

/** Timers of a job that waits: when the second side opens, and when it waited too long. Counted in plane time. */
export function armWaiting(
  engine: Engine,
  jobSeq: number,
  fallback: number,
  maxQueueMs: number | null,
  queuedPlaneMs: number,
  readyPlaneMs: number,
): void {
  const { policy, timers } = engine.hot;
  const nowMs = engine.clock.monoMs();
  const inPlaneMs = (planeMs: number): number => nowMs + Math.max(0, planeMs - engine.planeMs) + SLACK_MS;
  if (sidesOf(policy.mode).second !== null && policy.fallback.mode !== 'never' && fallback === FALLBACK.closed) {
    timers.set(inPlaneMs(readyPlaneMs + policy.fallback.afterMs), 'job.fallback', String(jobSeq));
  }
  const limits = [maxQueueMs, policy.refuseAfterMs].filter((ms): ms is number => ms !== null);
  if (limits.length > 0) timers.set(inPlaneMs(queuedPlaneMs + Math.min(...limits)), 'job.queue_limit', String(jobSeq));
}
