import type { BudgetCheck } from '../../contract/decision.ts';
import type { JobSpec } from '../../contract/job.ts';
import type { ComputeClass, Side } from '../../contract/terms.ts';
import { holdMcu } from '../../domain/budgets/cost.ts';
import { type BudgetVerdict, judgeBudget } from '../../domain/budgets/judge.ts';
import { type FirstSideStanding, firstSideStanding } from '../../domain/routing/fallback.ts';
import { sidesOf } from '../../domain/routing/policy.ts';
import { FALLBACK, isOpened } from '../../state/appliers/job.ts';
import { instantOf } from '../clock.ts';
import type { Engine } from '../engine.ts';
import type { HotBucket } from '../hot/queue.ts';

/** What a budget has to know of a job. */
export interface BudgetedJob {
  wuId: string;
  maxRuntimeMs: number;
  extrasMcu: number;
}

export const budgetedSpec = (spec: JobSpec): BudgetedJob => ({
  wuId: spec.wu_id,
  maxRuntimeMs: spec.max_runtime_ms,
  extrasMcu: spec.budget.extras_mcu,
});

/** Milli-CU per minute of a class on a side, by the workspace's own table. */
export const rateOf = (engine: Engine, side: Side, computeClass: ComputeClass): number =>
  engine.hot.budgets.rates[side][computeClass];

/** The worst case of a job on one side. */
export const neededOn = (engine: Engine, job: BudgetedJob, computeClass: ComputeClass, side: Side): number =>
  holdMcu(rateOf(engine, side, computeClass), job.maxRuntimeMs, job.extrasMcu);

/** Would there be room for the job on this side, now? */
export function judgeOn(engine: Engine, job: BudgetedJob, computeClass: ComputeClass, side: Side): BudgetVerdict {
  const { budgets } = engine.hot;
  const neededMcu = neededOn(engine, job, computeClass, side);
  if (!budgets.isLimited) return { outcome: 'room', neededMcu, decisive: null };
  return judgeBudget(budgets.limitUses({ wuId: job.wuId, side, computeClass, neededMcu }), neededMcu);
}

/** Where a job would go now, and what that side's budget says to it. */
export interface Standing {
  side: Side;
  verdict: BudgetVerdict;
  first: FirstSideStanding;
  /** The job is over: no side that could ever take it as things are has what it needs. */
  isRefused: boolean;
}

/**
 * Judges a job for budget before anything is granted. Its own side decides, and a limit there refuses it: it is never
 * moved to another side for want of budget. Where the policy has opened the second side because the first has nobody,
 * that side's budget decides; it refuses the job only when no source of the first could ever take it.
 */
export function standingOf(
  engine: Engine,
  job: BudgetedJob & { fallback: number },
  bucket: Pick<HotBucket, 'requirement' | 'rule' | 'verdicts'>,
): Standing {
  const { fleet } = engine.hot;
  const policy = bucket.rule;
  const { first, second } = sidesOf(policy.mode);
  const { computeClass } = bucket.requirement;
  const mayOpen =
    second !== null && job.fallback !== FALLBACK.denied && (isOpened(job) || policy.fallback.mode === 'auto');
  const standing = mayOpen ? firstSideStanding(fleet.groupsFor(bucket.requirement, bucket.verdicts), first) : 'there';
  if (standing === 'there' || second === null) {
    const verdict = judgeOn(engine, job, computeClass, first);
    return { side: first, verdict, first: standing, isRefused: verdict.outcome === 'refused' };
  }
  const verdict = judgeOn(engine, job, computeClass, second);
  return {
    side: second,
    verdict,
    first: standing,
    isRefused: verdict.outcome === 'refused' && standing !== 'none_online',
  };
}

/** A verdict as a decision record, a refusal and `explain` carry it. */
export function checkOf(engine: Engine, verdict: BudgetVerdict, side: Side, computeClass: ComputeClass): BudgetCheck {
  const { decisive } = verdict;
  return {
    needed_mcu: verdict.neededMcu,
    rate_mcu_per_minute: rateOf(engine, side, computeClass),
    side,
    scope: decisive?.scope ?? null,
    window: decisive?.window ?? null,
    limit_mcu: decisive?.limitMcu ?? null,
    spent_mcu: decisive?.spentMcu ?? null,
    held_mcu: decisive?.heldMcu ?? null,
    missing_mcu: decisive?.missingMcu ?? null,
    resets_at: decisive?.resetsMs == null ? null : instantOf(decisive.resetsMs),
  };
}
