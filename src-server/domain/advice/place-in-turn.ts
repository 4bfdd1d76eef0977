import { scopesOf } from '../budgets/cost.ts';
import type { FleetGroup } from '../routing/fleet-group.ts';
import { ruleFor } from '../routing/policy.ts';
import { judgeFixed, judgeSide } from '../routing/rules.ts';
import { decide, judgeOnSide, type Placement } from './decide.ts';
import type { AdviceCase, AdviceWorld, AdvisedJob } from './world.ts';

/** Groups that are looked at for one job that comes before; of more it is taken to contest the next. */
const LOOKED_AT_MAX = 16;

/** May a job of this requirement ever stand in the way on one of these groups? In doubt it does. */
function contests(
  world: AdviceWorld,
  job: Pick<AdvisedJob, 'requirement'>,
  groups: readonly FleetGroup[],
): FleetGroup | null {
  const rule = ruleFor(world.policy, job.requirement);
  for (const group of groups.slice(0, LOOKED_AT_MAX)) {
    if (!judgeSide(rule.mode, group.profile.side).pass) continue;
    if (judgeFixed(job.requirement, group.profile).every((r) => r.pass)) return group;
  }
  return groups[LOOKED_AT_MAX] ?? null;
}

/** Free slots of all sources of the groups, counted no further than needed. */
function slotsOf(world: AdviceWorld, groups: readonly FleetGroup[], enough: number): number {
  let slots = 0;
  for (const { sourceIds } of groups)
    for (const id of sourceIds) {
      slots += Math.max(0, world.standingOf(id).free);
      if (slots >= enough) return slots;
    }
  return slots;
}

export interface InTurn extends Placement {
  /** Slots and budget that others take before it. */
  promised: ReadonlyMap<string, number>;
  takenSlots: number;
}

/**
 * Would the job be placed although others come first? Every job before it that could take one of its sources is counted as
 * taking one, with its worst case: so a yes holds whichever source asks first.
 */
export function placeInTurn(world: AdviceWorld, { job, others, unseen }: AdviceCase): InTurn | null {
  const alone = decide(world, job);
  if (alone === null) return null;
  const promised = new Map<string, number>();
  let taken = 0;
  for (const other of others) {
    if (!other.isAhead) continue;
    const group = contests(world, other, alone.eligible);
    if (group === null) continue;
    const { side } = group.profile;
    const verdict = judgeOnSide(world, other, side, promised);
    if (verdict.outcome !== 'room') continue;
    taken++;
    if (verdict.neededMcu === 0) continue;
    for (const scope of scopesOf(other.wuId, side, other.requirement.computeClass))
      promised.set(scope, (promised.get(scope) ?? 0) + verdict.neededMcu);
  }
  for (const { requirement, count } of unseen)
    if (contests(world, { requirement }, alone.eligible) !== null) taken += count;
  if (slotsOf(world, alone.eligible, taken + 1) <= taken) return null;
  const placed = promised.size === 0 ? alone : decide(world, job, promised);
  return placed === null ? null : { ...placed, promised, takenSlots: taken };
}
