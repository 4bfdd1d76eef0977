import { sidesOf } from '../../domain/routing/policy.ts';
import { type JobRow, jobBySeq } from '../../state/queries/jobs.ts';
import type { Engine } from '../engine.ts';
import type { BudgetLot } from '../hot/budget-lots.ts';
import type { HotSource } from '../hot/source.ts';
import { park } from './admit.ts';
import { judgeOn, standingOf } from './judge-job.ts';
import { refuseForBudget } from './refuse.ts';

/** Jobs that one look at the lots moves at most; the rest follows with the next tick. */
const MOVED_PER_LOOK = 512;
/** Jobs of a used-up limit that one tick refuses at most. */
const REFUSED_PER_TICK = 200;

/**
 * Looks at the lots on whose scopes something was given back, and calls as many jobs to the queue as there is room for now,
 * the best first. Costs the lots of those scopes, not the jobs that wait.
 * @returns the jobs that may be handed out now.
 */
export function callBack(engine: Engine): JobRow[] {
  const { lots } = engine.hot.budgets;
  const called: JobRow[] = [];
  let left = MOVED_PER_LOOK;
  while (lots.isDue && left > 0) {
    for (const { scope, lots: waiting } of lots.takeFreed()) {
      left = callScope(engine, waiting, called, left);
      if (left <= 0) lots.free(scope);
    }
  }
  return called;
}

function callScope(engine: Engine, waiting: BudgetLot[], called: JobRow[], most: number): number {
  const { budgets, queue } = engine.hot;
  /**
   * What the jobs called here will hold, by the queue that they stand in: nothing is in the sums before their grants. Who
   * asks next may fit one queue and not the other, and under fair share the turn decides between work units, so the room
   * is offered in each; the last word is said at the grant.
   */
  const promised = new Map<string, number>();
  let left = most;
  for (;;) {
    const open = waiting.filter((lot) => standsOpen(engine, lot, promised.get(queueOf(lot)) ?? 0));
    const lot = open.reduce<BudgetLot | null>((a, b) => (a === null || b.ranks.top < a.ranks.top ? b : a), null);
    if (lot === null || left-- <= 0) return left;
    const seq = budgets.lots.best(lot);
    const job = seq === null ? undefined : jobBySeq(engine.state.db, seq);
    if (job === undefined) continue;
    const bucket = queue.bucket(job.bucket);
    const verdict = judgeOn(engine, job, bucket.requirement.computeClass, lot.side);
    if (verdict.outcome !== 'room') {
      // Another of its limits is short: it waits for that one from here on.
      budgets.lots.takeBest(lot, false);
      park(engine, job, bucket, lot.heapSide, lot.side, verdict);
      continue;
    }
    budgets.lots.takeBest(lot, true);
    promised.set(queueOf(lot), (promised.get(queueOf(lot)) ?? 0) + lot.neededMcu);
    backToQueue(engine, job, lot);
    called.push(job);
  }
}

const queueOf = (lot: BudgetLot): string => `${lot.bucket} ${lot.heapSide} ${lot.wuId ?? ''}`;

/** Has the limit of this lot room for one more? A limit that is used up dooms the lot instead. */
function standsOpen(engine: Engine, lot: BudgetLot, promisedMcu: number): boolean {
  const { budgets } = engine.hot;
  if (lot.ranks.size === 0) return false;
  const limit = budgets.limitsOn(lot.scope).find((l) => l.window === lot.window);
  if (limit === undefined) return true;
  const { limitMcu, spentMcu, heldMcu } = budgets.limitUse(limit);
  if (limitMcu - spentMcu < lot.neededMcu) budgets.lots.doomed.add(lot);
  return limitMcu - spentMcu - heldMcu - promisedMcu >= lot.neededMcu;
}

function backToQueue(engine: Engine, job: JobRow, lot: BudgetLot): void {
  const { queue } = engine.hot;
  if (lot.heapSide === sidesOf(queue.bucket(job.bucket).rule.mode).first) queue.ready(job);
  else queue.openFallback(job);
}

/** A source of their own side asks: jobs that waited for the other side's budget stand in the queue again. */
export function callToOwnSide(engine: Engine, source: HotSource): void {
  const { budgets, queue, fleet } = engine.hot;
  for (const lot of budgets.lots.crossing()) {
    if (lot.heapSide !== source.side) continue;
    const bucket = queue.bucket(lot.bucket);
    if (!fleet.verdictFor(bucket.requirement, bucket.verdicts, source.profileId).fits) continue;
    for (let seq = budgets.lots.best(lot); seq !== null; seq = budgets.lots.best(lot)) {
      const job = jobBySeq(engine.state.db, seq);
      budgets.lots.takeBest(lot, false);
      if (job !== undefined) backToQueue(engine, job, lot);
    }
  }
}

/** Refuses jobs whose limit was used up while they waited, a bounded number at a time. */
export function refuseDoomed(engine: Engine): void {
  const { budgets, queue } = engine.hot;
  let left = REFUSED_PER_TICK;
  for (const lot of [...budgets.lots.doomed]) {
    budgets.lots.doomed.delete(lot);
    for (let seq = budgets.lots.best(lot); seq !== null; seq = budgets.lots.best(lot)) {
      const job = jobBySeq(engine.state.db, seq);
      const standing = job === undefined ? null : standingOf(engine, job, queue.bucket(job.bucket));
      // It may still be taken by its own side, or the limit has changed since: then it goes on waiting.
      if (job === undefined || standing?.isRefused !== true) break;
      if (left-- <= 0) {
        budgets.lots.doomed.add(lot);
        return;
      }
      budgets.lots.takeBest(lot, false);
      refuseForBudget(engine, job, standing);
    }
  }
}
