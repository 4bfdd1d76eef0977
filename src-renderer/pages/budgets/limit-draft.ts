import type { Budgets } from '../../../src-server/contract/budget.ts';
import {
  BUDGET_WINDOWS,
  type BudgetWindow,
  COMPUTE_CLASSES,
  type ComputeClass,
  SIDES,
} from '../../../src-server/contract/terms.ts';
import type { BodyOf } from '../../api/calls.ts';
import { limitKey } from './limit-words.ts';

const MCU = 1_000;
type Body = BodyOf<'budgetsPut'>;
type Limits = NonNullable<Body['limits']>;

export type ScopeKind = 'wu' | 'byoc' | 'managed' | 'workspace';
/** One limit as it stands in the form. */
export interface LimitDraft {
  kind: ScopeKind;
  /** Only for `wu`. */
  wuId: string;
  /** Only for a tier; empty means every class. */
  computeClass: string;
  window: BudgetWindow;
  limitCu: string;
  /** Percents with commas. */
  warn: string;
}
export type LimitErrors = Partial<Record<keyof LimitDraft, string>>;

export const NEW_LIMIT: LimitDraft = {
  kind: 'managed',
  wuId: '',
  computeClass: '',
  window: 'day',
  limitCu: '',
  warn: '80',
};

/** CU as typed, to milli-CU; null for what is no amount. */
export const parseCu = (text: string): number | null => {
  const plain = text.trim().replace(/,/g, '');
  if (!/^\d{1,12}(\.\d{1,3})?$/.test(plain)) return null;
  return Math.round(Number(plain) * MCU);
};
/** Milli-CU as the form shows them: exact, without grouping. */
export const cuText = (mcu: number): string => String(mcu / MCU);

/** The form's content for a limit that exists. */
export const draftOf = (limit: Budgets['limits'][number]): LimitDraft => {
  const [side = '', computeClass = ''] = limit.scope.replace(/^tier:/, '').split('/');
  const isWu = limit.scope.startsWith('wu:');
  return {
    kind: isWu ? 'wu' : (SIDES.find((each) => each === side) ?? 'workspace'),
    wuId: isWu ? limit.scope.slice(3) : '',
    computeClass: isWu ? '' : computeClass,
    window: limit.window,
    limitCu: cuText(limit.limit_mcu),
    warn: limit.warn_percent.join(', '),
  };
};

const scopeOf = (draft: LimitDraft): string => {
  if (draft.kind === 'workspace') return 'workspace';
  if (draft.kind === 'wu') return `wu:${draft.wuId.trim()}`;
  return draft.computeClass === '' ? `tier:${draft.kind}` : `tier:${draft.kind}/${draft.computeClass}`;
};

const readWarn = (text: string): number[] | null => {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const marks = parts.map(Number);
  const isGood = marks.every(
    (mark, i) => Number.isInteger(mark) && mark >= 1 && mark <= 100 && mark > (marks[i - 1] ?? 0),
  );
  return isGood && marks.length <= 5 ? marks : null;
};

/** Limits as the plane takes them back. */
export const limitsPut = (limits: Budgets['limits']): Limits =>
  limits.map(({ scope, window, limit_mcu, warn_percent }) => ({ scope, window, limit_mcu, warn_percent }));

/**
 * All limits with this one set in its place, or what is wrong by field.
 * @param replaced key of the limit that the form was opened for; null for a new one.
 */
export const readLimit = (
  draft: LimitDraft,
  limits: Budgets['limits'],
  replaced: string | null,
): { limits: Limits } | { errors: LimitErrors } => {
  const errors: LimitErrors = {};
  if (draft.kind === 'wu' && !/^WU-[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(draft.wuId.trim()))
    errors.wuId = 'A work unit is named like WU-123.';
  const limitMcu = parseCu(draft.limitCu);
  if (limitMcu === null) errors.limitCu = 'An amount of CU, like 600 or 0.5.';
  const warn = readWarn(draft.warn);
  if (warn === null) errors.warn = 'Up to five whole percents in rising order, like 50, 80.';
  const made = { scope: scopeOf(draft), window: draft.window, limit_mcu: limitMcu ?? 0, warn_percent: warn ?? [] };
  const others = limitsPut(limits).filter((each) => limitKey(each as Budgets['limits'][number]) !== replaced);
  const isTaken = others.some((each) => each.scope === made.scope && each.window === made.window);
  if (isTaken && errors.wuId === undefined) errors.window = 'There is such a limit already. Open it to change it.';
  if (Object.keys(errors).length > 0) return { errors };
  const at = limits.findIndex((each) => limitKey(each) === replaced);
  return { limits: at === -1 ? [...others, made] : [...others.slice(0, at), made, ...others.slice(at)] };
};

/** Rates and the limit for work units without one, as typed. */
export interface RatesDraft {
  defaultCu: string;
  byoc: Record<ComputeClass, string>;
  managed: Record<ComputeClass, string>;
}
const ratesText = (rates: Readonly<Partial<Record<ComputeClass, number>>>): Record<ComputeClass, string> =>
  Object.fromEntries(COMPUTE_CLASSES.map((name) => [name, cuText(rates[name] ?? 0)])) as Record<ComputeClass, string>;

export const ratesDraftOf = (budgets: Budgets): RatesDraft => ({
  defaultCu: budgets.default_wu_limit_mcu === null ? '' : cuText(budgets.default_wu_limit_mcu),
  byoc: ratesText(budgets.rates.byoc),
  managed: ratesText(budgets.rates.managed),
});

/** What the form changes, or the fields that hold no amount, as `byoc.cpu-small`. Unchanged fields are left out. */
export const readRates = (draft: RatesDraft, before: RatesDraft): { body: Body } | { wrong: string[] } => {
  const wrong: string[] = [];
  const changed = (side: 'byoc' | 'managed') => {
    const rates: Partial<Record<ComputeClass, number>> = {};
    for (const name of COMPUTE_CLASSES) {
      const mcu = parseCu(draft[side][name]);
      if (mcu === null || mcu > 1_000_000_000) wrong.push(`${side}.${name}`);
      else if (draft[side][name].trim() !== before[side][name]) rates[name] = mcu;
    }
    return Object.keys(rates).length > 0 ? { [side]: rates } : {};
  };
  const rates = { ...changed('byoc'), ...changed('managed') };
  const isCleared = draft.defaultCu.trim() === '';
  const defaultMcu = isCleared ? null : parseCu(draft.defaultCu);
  if (!isCleared && defaultMcu === null) wrong.push('default');
  if (wrong.length > 0) return { wrong };
  const isDefaultChanged = draft.defaultCu.trim() !== before.defaultCu;
  return {
    body: {
      ...(isDefaultChanged ? { default_wu_limit_mcu: defaultMcu } : {}),
      ...(Object.keys(rates).length > 0 ? { rates } : {}),
    },
  };
};

export const WINDOWS: readonly BudgetWindow[] = BUDGET_WINDOWS;
