import { ruleFor } from '../routing/policy.ts';
import { applyChange, NEW_SOURCE_ID } from './apply-change.ts';
import { candidateChanges } from './candidates.ts';
import { type Change, KINDS_BY_SIZE } from './change.ts';
import { isPlaced, type Placement } from './decide.ts';
import { type InTurn, placeInTurn } from './place-in-turn.ts';
import type { AdviceCase, AdviceWorld, AdvisedJob } from './world.ts';

/** Suggestions that one answer holds, and of one kind. */
const SUGGESTIONS_MAX = 8;
const PER_KIND_MAX = 2;
/** Other jobs that a suggestion names. */
const NAMED_MAX = 5;

export interface Suggestion {
  change: Change;
  /** Where the job would be placed; `NEW_SOURCE_ID` for a source that is enrolled by the change. */
  placement: Placement;
  /** Milli-CU left in the tightest limit once the job holds its worst case; null where no limit applies. */
  leftAfterMcu: number | null;
  /** Other waiting jobs for which the answer changes as well: those named, and how many in all. */
  alsoMoves: readonly AdvisedJob[];
  alsoMovesCount: number;
}

/**
 * Single changes that would place the job now, least side effects first, then smallest first. Each was checked by the
 * decision itself, with everybody who comes before the job served first. Nothing where the job is placed as things are.
 */
export function advise(advised: AdviceCase): Suggestion[] {
  const isHeld = advised.approval !== null || advised.kinds.includes('job.retry');
  if (!isHeld && placeInTurn(advised.world, advised) !== null) return [];
  const found: Suggestion[] = [];
  const perKind = new Map<string, number>();
  const now = new Map<string, boolean>();
  for (const change of candidateChanges(advised)) {
    const of = change.kind;
    if ((perKind.get(of) ?? 0) >= (of === 'policy.publish' || of === 'budget.raise' ? 1 : PER_KIND_MAX)) continue;
    const suggestion = verify(advised, change, now);
    if (suggestion === null) continue;
    perKind.set(of, (perKind.get(of) ?? 0) + 1);
    found.push(suggestion);
  }
  return found.sort(bySize).slice(0, SUGGESTIONS_MAX);
}

const bySize = (a: Suggestion, b: Suggestion): number =>
  a.alsoMovesCount - b.alsoMovesCount ||
  KINDS_BY_SIZE.indexOf(a.change.kind) - KINDS_BY_SIZE.indexOf(b.change.kind) ||
  (a.change.target < b.change.target ? -1 : 1);

/**
 * The change, once it is seen to place the job; null when it does not.
 * @param now which other jobs are placed as things are, by their kind; filled here, the same for every change.
 */
function verify(advised: AdviceCase, change: Change, now: Map<string, boolean>): Suggestion | null {
  const { world, job } = applyChange(advised.world, advised.job, change, advised.sourceFacts);
  const placed = placeInTurn(world, { ...advised, job });
  if (placed === null) return null;
  const { decisive, neededMcu } = placed.verdict;
  const moved = movedToo(advised, world, placed, change, now);
  return {
    change,
    placement: placed,
    leftAfterMcu:
      decisive === null ? null : Math.max(0, decisive.limitMcu - decisive.spentMcu - decisive.heldMcu - neededMcu),
    alsoMoves: moved.slice(0, NAMED_MAX),
    alsoMovesCount: moved.length,
  };
}

/** Changes that give a bounded number of slots: no more jobs than those move. */
const GIVES_SLOTS = new Set<Change['kind']>([
  'source.resume',
  'source.start',
  'capacity.raise',
  'source.enroll',
  'label.add',
  'network.admit',
]);

/** Other waiting jobs that would be placed by the change and are not now, or the other way round. */
function movedToo(
  { others, world: before, requirementsMax }: AdviceCase,
  after: AdviceWorld,
  { takenSlots }: InTurn,
  change: Change,
  now: Map<string, boolean>,
): AdvisedJob[] {
  if (change.kind === 'approval.approve' || change.kind === 'job.retry') return [];
  const then = new Map<string, boolean>();
  const requirements = new Set<string>();
  const moved = others.filter((other) => {
    if (requirements.size >= requirementsMax && !requirements.has(other.signature)) return false;
    requirements.add(other.signature);
    return memo(now, before, other) !== memo(then, after, other);
  });
  if (!GIVES_SLOTS.has(change.kind)) return moved;
  const slots = after.standingOf(change.kind === 'source.enroll' ? NEW_SOURCE_ID : change.target).free;
  return moved.slice(0, Math.max(slots - 1, takenSlots));
}

/** Jobs alike in all that the decision looks at have one answer. */
function memo(answers: Map<string, boolean>, world: AdviceWorld, job: AdvisedJob): boolean {
  const { signature, wuId, fallback, maxRuntimeMs, extrasMcu, requirement, waitedMs } = job;
  const isDue = waitedMs >= ruleFor(world.policy, requirement).fallback.afterMs;
  const key = JSON.stringify([signature, fallback, isDue, ...(world.isLimited ? [wuId, maxRuntimeMs, extrasMcu] : [])]);
  let isYes = answers.get(key);
  if (isYes === undefined) {
    isYes = isPlaced(world, job);
    answers.set(key, isYes);
  }
  return isYes;
}
