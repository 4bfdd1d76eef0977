import type { BudgetLimitItem } from '../../../src-server/contract/budget.ts';
import type { BudgetWindow } from '../../../src-server/contract/terms.ts';
import { formatCu, formatCuNumber } from '../../format/number.ts';

type Scope = Pick<BudgetLimitItem, 'scope' | 'window'>;

const WINDOW_WORDS: Readonly<Record<BudgetWindow, string>> = {
  total: 'in total',
  day: 'a day',
  week: 'a week',
  month: 'a month',
};
export const windowWords = (window: BudgetWindow): string => WINDOW_WORDS[window];

/** Names one limit in the address: a scope has at most one limit of each window. */
export const limitKey = ({ scope, window }: Scope): string => `${scope}/${window}`;

/** `31 of 120`. */
export const usedWords = (limit: BudgetLimitItem): string =>
  `${formatCuNumber(limit.spent_mcu + limit.held_mcu)} of ${formatCuNumber(limit.limit_mcu)}`;

/** The bar in words, for readers of the screen: `318 CU settled, 54 CU held, 228 CU left of 600 CU`. */
export const meterWords = (limit: BudgetLimitItem): string =>
  `${formatCu(limit.spent_mcu)} settled, ${formatCu(limit.held_mcu)} held, ${formatCu(limit.left_mcu)} left of ${formatCu(limit.limit_mcu)}`;

/** Whole percents of the limit that are spent or held; 100 and more when it was lowered below its use. */
export const committedPercent = (limit: BudgetLimitItem): number =>
  limit.limit_mcu === 0 ? 100 : Math.round(((limit.spent_mcu + limit.held_mcu) / limit.limit_mcu) * 100);

const WINDOW_MS: Readonly<Record<Exclude<BudgetWindow, 'total'>, number>> = {
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};
/** Before this share of a window has passed, a pace says nothing. */
const PACE_SHARE_MIN = 0.05;

/** At what percent of the limit the window ends if use goes on as it did so far; null where that cannot be told. */
export const pacePercent = (limit: BudgetLimitItem, nowMs: number): number | null => {
  if (limit.window === 'total' || limit.resets_at === null || limit.limit_mcu === 0) return null;
  const lengthMs = WINDOW_MS[limit.window];
  const passed = 1 - (Date.parse(limit.resets_at) - nowMs) / lengthMs;
  if (passed < PACE_SHARE_MIN || passed > 1) return null;
  return Math.round((limit.spent_mcu / passed / limit.limit_mcu) * 100);
};

/** The mark that was crossed last, as words; null when none was. */
export const warningWords = (limit: BudgetLimitItem): string | null => {
  const mark = limit.warned_percent.at(-1);
  return mark === undefined ? null : `Past ${mark}%`;
};
