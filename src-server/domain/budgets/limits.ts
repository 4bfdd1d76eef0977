import { type BudgetWindow, COMPUTE_CLASSES, type ComputeClass, SIDES, type Side } from '../../contract/terms.ts';

/** A hard limit on what one scope may hold and spend in a window. */
export interface BudgetLimit {
  /** `wu:<id>`, `tier:byoc`, `tier:managed`, `tier:managed/<class>` or `workspace`. */
  scope: string;
  window: BudgetWindow;
  limitMcu: number;
  /** Marks in whole percent of the limit, ascending; each warns once per window when what is spent reaches it. */
  warnPercent: readonly number[];
}

/** A limit with what stands against it now. */
export interface LimitUse {
  scope: string;
  window: BudgetWindow;
  limitMcu: number;
  spentMcu: number;
  heldMcu: number;
  /** Wall-clock ms at which the window ends; null for `total`. */
  resetsMs: number | null;
}

const WU_SCOPE = /^wu:WU-[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

/** Is this a scope that a limit can stand on? */
export function isScope(text: string): boolean {
  if (text === 'workspace') return true;
  if (text.startsWith('wu:')) return WU_SCOPE.test(text);
  const [, side, computeClass] = /^tier:([a-z]+)(?:\/([a-z-]+))?$/.exec(text) ?? [];
  if (!(SIDES as readonly string[]).includes(side ?? '')) return false;
  return computeClass === undefined || (COMPUTE_CLASSES as readonly string[]).includes(computeClass);
}

/** What a job holds at most on one side: the figures that every judgement starts from. */
export interface Worst {
  wuId: string;
  side: Side;
  computeClass: ComputeClass;
  neededMcu: number;
}
