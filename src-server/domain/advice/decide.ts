import type { Side } from '../../contract/terms.ts';
import { holdMcu } from '../budgets/cost.ts';
import { type BudgetVerdict, judgeBudget } from '../budgets/judge.ts';
import type { LimitUse } from '../budgets/limits.ts';
import { crossingOf, type FallbackState, firstSideStanding } from '../routing/fallback.ts';
import type { FleetGroup } from '../routing/fleet-group.ts';
import { type Crossing, type RoutingPolicy, ruleFor, sidesOf } from '../routing/policy.ts';
import { type Ask, compareAsks } from '../routing/rank-asks.ts';
import { passesAll } from '../routing/record.ts';
import type { AdviceWorld, AdvisedJob } from './world.ts';

/** What is promised to others already: milli-CU by scope. */
export type Promised = ReadonlyMap<string, number>;
const NOTHING: Promised = new Map();

/** Where a job would go if every source with a free slot asked now. */
export interface Placement {
  sourceId: string;
  side: Side;
  crossing: Crossing | null;
  rule: RoutingPolicy;
  /** Groups whose sources may take it now, all with room in their side's budget. */
  eligible: readonly FleetGroup[];
  verdict: BudgetVerdict;
}

export interface Judged {
  rule: RoutingPolicy;
  groups: readonly FleetGroup[];
  /** What the rules are judged with; shared with decision records. */
  judge: { policy: RoutingPolicy; isPaused: boolean; isSecondSideOpen: boolean };
  /** Why a source of the second side may take it; null while it may not. */
  crossing: Crossing | null;
  fallback: FallbackState;
}

/** The rule and the sides that hold for a job in a world. */
export function judgeSides(world: AdviceWorld, job: AdvisedJob): Judged {
  const rule = ruleFor(world.policy, job.requirement);
  const groups = world.groupsFor(job.requirement, job.signature);
  const { first, second } = sidesOf(rule.mode);
  const isDue = rule.fallback.mode === 'auto' && job.fallback === 'closed' && job.waitedMs >= rule.fallback.afterMs;
  const fallback = isDue && firstSideStanding(groups, first) === 'there' ? 'open' : job.fallback;
  const found = second === null ? null : crossingOf(rule, second, fallback, () => firstSideStanding(groups, first));
  const crossing = found === 'first' ? null : found;
  return {
    rule,
    groups,
    judge: { policy: rule, isPaused: world.isPaused, isSecondSideOpen: crossing !== null },
    crossing,
    fallback,
  };
}

/** Room for the worst case of a job on one side, after what is promised to others. */
export function judgeOnSide(
  world: AdviceWorld,
  job: AdvisedJob,
  side: Side,
  promised: Promised = NOTHING,
): BudgetVerdict {
  const { computeClass } = job.requirement;
  const neededMcu = holdMcu(world.rates[side][computeClass], job.maxRuntimeMs, job.extrasMcu);
  return judgeBudget(withPromised(world.usesOf(job.wuId, side, computeClass), promised), neededMcu);
}

const withPromised = (uses: readonly LimitUse[], promised: Promised): readonly LimitUse[] =>
  promised.size === 0 ? uses : uses.map((u) => ({ ...u, heldMcu: u.heldMcu + (promised.get(u.scope) ?? 0) }));

/** Is the job refused before anything is granted? Its own side decides; the second only where it is open and the first has nobody. */
function isRefused(world: AdviceWorld, job: AdvisedJob, { rule, groups, fallback }: Judged): boolean {
  const { first, second } = sidesOf(rule.mode);
  const isOpened = fallback === 'open' || fallback === 'approved';
  const mayOpen = second !== null && fallback !== 'denied' && (isOpened || rule.fallback.mode === 'auto');
  const standing = mayOpen ? firstSideStanding(groups, first) : 'there';
  if (standing === 'there' || second === null) return judgeOnSide(world, job, first).outcome === 'refused';
  return standing !== 'none_online' && judgeOnSide(world, job, second).outcome === 'refused';
}

/**
 * The decision: the same rules, sides, budgets and ranks that a claim is judged by, for all sources at once.
 * @returns null when nobody may take the job now.
 */
export function decide(world: AdviceWorld, job: AdvisedJob, promised: Promised = NOTHING): Placement | null {
  const { judged, rooms, eligible } = eligibleFor(world, job, promised);
  const best = bestOf(world, eligible, judged.rule);
  if (best === null) return null;
  const { first } = sidesOf(judged.rule.mode);
  return {
    sourceId: best.ask.sourceId,
    side: best.side,
    crossing: best.side === first ? null : judged.crossing,
    rule: judged.rule,
    eligible,
    verdict: rooms[best.side],
  };
}

/** Would the decision place the job? Cheaper than to ask where, when ten thousand could take it. */
export function isPlaced(world: AdviceWorld, job: AdvisedJob): boolean {
  const { eligible } = eligibleFor(world, job, NOTHING);
  return eligible.some(({ sourceIds }) => sourceIds.some((id) => world.standingOf(id).free > 0));
}

/** Groups that every rule lets take the job and whose side has room for it. */
function eligibleFor(
  world: AdviceWorld,
  job: AdvisedJob,
  promised: Promised,
): { judged: Judged; rooms: Record<Side, BudgetVerdict>; eligible: readonly FleetGroup[] } {
  const judged = judgeSides(world, job);
  const fitting = judged.groups.filter((g) => passesAll(g, judged.judge));
  const rooms = {
    byoc: judgeOnSide(world, job, 'byoc', promised),
    managed: judgeOnSide(world, job, 'managed', promised),
  };
  const isNone = fitting.length === 0 || isRefused(world, job, judged);
  return { judged, rooms, eligible: isNone ? [] : fitting.filter((g) => rooms[g.profile.side].outcome === 'room') };
}

function bestOf(
  world: AdviceWorld,
  groups: readonly FleetGroup[],
  rule: RoutingPolicy,
): { ask: Ask; side: Side } | null {
  const { first } = sidesOf(rule.mode);
  let best: { ask: Ask; side: Side } | null = null;
  for (const { profile, sourceIds } of groups) {
    for (const sourceId of sourceIds) {
      const { free, total, lastGrantSeq } = world.standingOf(sourceId);
      if (free <= 0) continue;
      const isPreferredSide = profile.side === first;
      const ask = { sourceId, isPreferredSide, freeSlots: free, totalSlots: total, lastGrantSeq };
      if (best === null || compareAsks(ask, best.ask) < 0) best = { ask, side: profile.side };
    }
  }
  return best;
}
