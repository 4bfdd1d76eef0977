import { holdMcu } from '../../domain/budgets/cost.ts';
import { hadRoom } from './fold-budgets.ts';
import type { FoldedJob, FoldedSource, FoldedWorld } from './folded-rows.ts';
import type { FoldContext } from './log-fold.ts';
import { BACKOFF_SLACK_MS, ORDER_JUDGED_MAX } from './order-limits.ts';
import { ruleOver, sidesUnder } from './rule-over.ts';

/** Between two turns of a work unit another has one, which hands out less than two of the dearest jobs. */
const TURN_JOBS_MAX = 2;

/**
 * Under fair share: no work unit that waits on the preferred side is passed over for more than a turn of another.
 * Called at a grant, before it takes effect.
 */
export function checkTurns({ world, fail, siblings }: FoldContext, job: FoldedJob, source: FoldedSource): void {
  const { first } = sidesUnder(ruleOver(world.policy, job.signature).mode);
  if (source.side !== first) return;
  const costOf = (of: Pick<FoldedJob, 'maxRuntimeMs' | 'extrasMcu'>): number =>
    Math.max(1, holdMcu(world.budgets.rates[first][job.computeClass], of.maxRuntimeMs, of.extrasMcu));
  const key = `${job.priority} ${job.signature}`;
  const held = new Map(siblings('budget.held').map((h) => [h.scope, h.mcu]));
  const waiting = waitingBeside(world, job, (other) => hadRoom(world, other, source.side, held));
  const known = world.passedOver.get(key);
  const next = new Map<string, Map<string, number>>();
  const dearest = costOf(world.largest.get(job.signature) ?? job);
  for (const wuId of waiting) {
    if (wuId === job.wuId) continue;
    const passed = known?.get(wuId) ?? new Map<string, number>();
    const mcu = (passed.get(job.wuId) ?? 0) + costOf(job);
    passed.set(job.wuId, mcu);
    next.set(wuId, passed);
    if (mcu > TURN_JOBS_MAX * dearest)
      fail('I29', `${wuId} waits while ${job.wuId} was served ${mcu} mCU, the dearest job holds ${dearest}`);
  }
  world.passedOver.set(key, next);
}

/** Work units with a job that is ready, alike in requirement and priority. */
function waitingBeside(world: FoldedWorld, job: FoldedJob, hasRoom: (job: FoldedJob) => boolean): Set<string> {
  const waiting = new Set<string>();
  const queue = world.queued.get(job.signature);
  if (queue === undefined || queue.size > ORDER_JUDGED_MAX) return waiting;
  for (const jobId of queue) {
    const other = world.jobs.get(jobId) as FoldedJob;
    const slackMs = other.readyPlaneMs > other.queuedPlaneMs ? BACKOFF_SLACK_MS : 0;
    const isReady = other.priority === job.priority && other.readyPlaneMs + slackMs <= world.planeMs;
    if (isReady && hasRoom(other)) waiting.add(other.wuId);
  }
  return waiting;
}
