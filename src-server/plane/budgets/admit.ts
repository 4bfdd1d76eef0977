import type { Side } from '../../contract/terms.ts';
import type { BudgetVerdict, Shortfall } from '../../domain/budgets/judge.ts';
import { waitsSentence } from '../../domain/budgets/words.ts';
import { sidesOf } from '../../domain/routing/policy.ts';
import { isOpened } from '../../state/appliers/job.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import { type Answer, decided } from '../decided.ts';
import { type Engine, PLANE_ACTOR } from '../engine.ts';
import type { BudgetLot } from '../hot/budget-lots.ts';
import type { HotBucket } from '../hot/queue.ts';
import { shortCandidates } from './candidates.ts';
import { checkOf, judgeOn, standingOf } from './judge-job.ts';
import { refuseForBudget } from './refuse.ts';

/**
 * The last word before a grant: is there room on every limit of the side that asks?
 * @param heapSide the side in whose heap the job stood; it has been taken from there.
 * @returns the verdict of a job that has room; null when it may not be granted here: it is refused, held or parked then,
 *   with what wakes it.
 */
export function admit(
  engine: Engine,
  job: JobRow,
  bucket: HotBucket,
  heapSide: Side,
  side: Side,
): BudgetVerdict | null {
  const verdict = judgeOn(engine, job, bucket.requirement.computeClass, side);
  if (verdict.outcome === 'room') return verdict;
  const standing = standingOf(engine, job, bucket);
  if (standing.isRefused) refuseForBudget(engine, job, standing);
  else park(engine, job, bucket, heapSide, side, verdict);
  return null;
}

/**
 * Puts a job that may be taken at its place in the queue, or, where its budget is short, where it waits for room.
 * @returns true when it stands in the queue and may be handed out.
 */
export function enqueue(engine: Engine, job: JobRow): boolean {
  const { queue, budgets } = engine.hot;
  if (!budgets.isLimited) {
    queue.ready(job);
    return true;
  }
  const bucket = queue.bucket(job.bucket);
  const { first, second } = sidesOf(bucket.rule.mode);
  const standing = standingOf(engine, job, bucket);
  if (standing.isRefused) {
    refuseForBudget(engine, job, standing);
    return false;
  }
  if (standing.verdict.outcome === 'room') {
    queue.ready(job);
    return true;
  }
  park(engine, job, bucket, first, standing.side, standing.verdict);
  if (second === null || standing.side === second || !isOpened(job)) return false;
  // Its own side is full of other jobs' holds, and it may cross for another reason already.
  queue.openFallback(job);
  return true;
}

/** Takes a job off the heads, to where it waits for a limit. The first of its kind gets the answer for all. */
export function park(
  engine: Engine,
  job: JobRow,
  bucket: HotBucket,
  heapSide: Side,
  side: Side,
  verdict: BudgetVerdict,
): void {
  const { budgets, policy } = engine.hot;
  const { scope, window } = verdict.decisive as Shortfall;
  const wuId = policy.isFairShare ? job.wuId : null;
  const place = { bucket: bucket.id, side, heapSide, scope, window, neededMcu: verdict.neededMcu, wuId };
  const lot = budgets.lots.park(place, job);
  answerLot(engine, lot, bucket, verdict);
}

/** One record for all jobs of a lot, written when what it says has changed: its limits, not mere sums. */
function answerLot(engine: Engine, lot: BudgetLot, bucket: HotBucket, verdict: BudgetVerdict): void {
  const { budgets, policy } = engine.hot;
  const key = `budget.insufficient ${budgets.version}/${policy.version}`;
  const known = budgets.lots.answers.get(lot.key);
  if (known?.key === key) return;
  const record = decided(
    engine,
    { job_id: null, lot: lot.key, answer_key: key, supersedes: known?.decisionId ?? null },
    shortAnswer(engine, bucket, lot.side, verdict),
  );
  const ref = { bucket_id: bucket.id, ...(known === undefined ? {} : { after: known.decisionSeq }) };
  const decisionSeq = engine.emit(PLANE_ACTOR, [record], ref);
  budgets.lots.answer(lot.key, { key, decisionId: record.body.decision_id, decisionSeq });
}

/** Why jobs wait for a limit: other jobs' holds are in the way. */
export function shortAnswer(engine: Engine, bucket: HotBucket, side: Side, verdict: BudgetVerdict): Answer {
  const shortfall = verdict.decisive as Shortfall;
  return {
    outcome: 'waiting',
    source_id: null,
    sentence: waitsSentence(shortfall, verdict.neededMcu),
    policy_version: engine.hot.policy.version,
    compute_class: null,
    candidates: shortCandidates(engine, bucket, side, shortfall),
    budget: checkOf(engine, verdict, side, bucket.requirement.computeClass),
    crossing: null,
  };
}
