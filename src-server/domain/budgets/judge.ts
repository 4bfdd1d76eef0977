import type { LimitUse } from './limits.ts';

/** A limit as it stands against one job. */
export interface Shortfall extends LimitUse {
  /** What the limit would have to grow by for the job to be placed now; 0 where there is room. */
  missingMcu: number;
}

/**
 * `room`: every limit takes it now · `waits`: only other jobs' holds are in the way · `refused`: a limit is used up so far
 * that no release brings room.
 */
export interface BudgetVerdict {
  outcome: 'room' | 'waits' | 'refused';
  neededMcu: number;
  /** The limit that decides: the one that is shortest, or with the least left where there is room; null without limits. */
  decisive: Shortfall | null;
}

const leftOf = (use: LimitUse): number => use.limitMcu - use.spentMcu - use.heldMcu;

/**
 * Is there room for a worst case on every limit that applies? A job that needs nothing always has room.
 * @param uses the limits of all scopes that the grant would touch, draft limits as well as those in force.
 */
export function judgeBudget(uses: readonly LimitUse[], neededMcu: number): BudgetVerdict {
  let outcome: BudgetVerdict['outcome'] = 'room';
  let decisive: LimitUse | null = null;
  for (const use of uses) {
    const found = verdictOf(use, neededMcu);
    const isWorse = ORDER[found] > ORDER[outcome];
    if (isWorse) outcome = found;
    if (isWorse || decisive === null || (found === outcome && leftOf(use) < leftOf(decisive))) decisive = use;
  }
  return {
    outcome,
    neededMcu,
    decisive: decisive === null ? null : { ...decisive, missingMcu: Math.max(0, neededMcu - leftOf(decisive)) },
  };
}

const ORDER = { room: 0, waits: 1, refused: 2 } as const;

function verdictOf(use: LimitUse, neededMcu: number): BudgetVerdict['outcome'] {
  if (neededMcu === 0) return 'room';
  if (use.limitMcu - use.spentMcu < neededMcu) return 'refused';
  return leftOf(use) < neededMcu ? 'waits' : 'room';
}
