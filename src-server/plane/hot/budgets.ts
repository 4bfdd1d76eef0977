import type { BudgetsBody, EventBodies, OpenedWindow } from '../../contract/events.ts';
import type { BudgetWindow } from '../../contract/terms.ts';
import { DEFAULT_RATES, type Rates, scopesOf } from '../../domain/budgets/cost.ts';
import type { BudgetLimit, LimitUse, Worst } from '../../domain/budgets/limits.ts';
import type { EndingWindow, WindowSpan } from '../../domain/budgets/windows.ts';
import { BudgetLots } from './budget-lots.ts';

/** What a scope holds and has spent, milli-CU; per window what was debited since it began. */
export interface ScopeUse {
  heldMcu: number;
  spentMcu: number;
  dayMcu: number;
  weekMcu: number;
  monthMcu: number;
}

const SPENT = { total: 'spentMcu', day: 'dayMcu', week: 'weekMcu', month: 'monthMcu' } as const;
const DEFAULT_WARN_PERCENT = [80];
const markKey = (scope: string, window: string, percent: number): string => `${scope}|${window}|${percent}`;

/** Limits, rates and what stands against them: everything that a claim asks, from memory. */
export class HotBudgets {
  version = 0;
  limits: readonly BudgetLimit[] = [];
  defaultWuLimitMcu: number | null = null;
  rates: Rates = DEFAULT_RATES;
  changedAt: string | null = null;
  changedBy: string | null = null;
  readonly use = new Map<string, ScopeUse>();
  readonly windows: Record<EndingWindow, WindowSpan | null> = { day: null, week: null, month: null };
  /** Jobs that wait for a limit. */
  readonly lots = new BudgetLots();
  /** Held jobs are judged again at the next review: a window has ended. */
  isHeldDue = false;
  private byScope = new Map<string, BudgetLimit[]>();
  private readonly warned = new Set<string>();

  /** Is any limit set at all? Without one a claim asks nothing here. */
  get isLimited(): boolean {
    return this.limits.length > 0 || this.defaultWuLimitMcu !== null;
  }

  set(body: BudgetsBody, at: string, by: string): void {
    this.version = body.version;
    this.limits = body.limits.map((l) => ({
      scope: l.scope,
      window: l.window,
      limitMcu: l.limit_mcu,
      warnPercent: l.warn_percent,
    }));
    this.defaultWuLimitMcu = body.default_wu_limit_mcu;
    this.rates = body.rates;
    this.changedAt = at;
    this.changedBy = by;
    this.byScope = new Map();
    for (const limit of this.limits) this.byScope.set(limit.scope, [...(this.byScope.get(limit.scope) ?? []), limit]);
    this.warned.clear();
  }

  hold(scope: string, mcu: number): void {
    this.of(scope).heldMcu += mcu;
  }

  settle(scope: string, heldMcu: number, debitedMcu: number): void {
    const use = this.of(scope);
    use.heldMcu -= heldMcu;
    for (const field of Object.values(SPENT)) use[field] += debitedMcu;
    this.lots.free(scope);
  }

  /** What was debited in a window that is over counts no more. */
  open(windows: readonly OpenedWindow[]): void {
    for (const { window, starts_ms: startsMs, ends_ms: endsMs } of windows) {
      this.windows[window] = { startsMs, endsMs };
      for (const use of this.use.values()) use[SPENT[window]] = 0;
      for (const key of this.warned) if (key.includes(`|${window}|`)) this.warned.delete(key);
    }
    if (windows.length === 0) return;
    this.isHeldDue = true;
    this.lots.freeAll();
  }

  /** Limits on one scope; a work unit without one of its own has the default. */
  limitsOn(scope: string): readonly BudgetLimit[] {
    const own = this.byScope.get(scope);
    if (own !== undefined || this.defaultWuLimitMcu === null || !scope.startsWith('wu:')) return own ?? [];
    return [{ scope, window: 'total', limitMcu: this.defaultWuLimitMcu, warnPercent: DEFAULT_WARN_PERCENT }];
  }

  /** How a scope stands, as a settlement writes it down. */
  standing(scope: string): Pick<EventBodies['budget.settled'], 'before' | 'limits'> {
    const use = this.use.get(scope);
    const limits = this.isLimited ? this.limitsOn(scope) : [];
    return {
      before: { held_mcu: use?.heldMcu ?? 0, spent_mcu: use?.spentMcu ?? 0 },
      ...(limits.length === 0
        ? {}
        : {
            limits: limits.map(({ window, limitMcu }) => ({
              window,
              limit_mcu: limitMcu,
              spent_mcu: this.spent(scope, window),
            })),
          }),
    };
  }

  /** Every limit that a grant would have to keep, with what stands against it. */
  limitUses(worst: Worst): LimitUse[] {
    return scopesOf(worst.wuId, worst.side, worst.computeClass).flatMap((scope) =>
      this.limitsOn(scope).map((limit) => this.limitUse(limit)),
    );
  }

  limitUse({ scope, window, limitMcu }: BudgetLimit): LimitUse {
    return {
      scope,
      window,
      limitMcu,
      spentMcu: this.spent(scope, window),
      heldMcu: this.use.get(scope)?.heldMcu ?? 0,
      resetsMs: window === 'total' ? null : (this.windows[window]?.endsMs ?? null),
    };
  }

  spent(scope: string, window: BudgetWindow): number {
    return this.use.get(scope)?.[SPENT[window]] ?? 0;
  }

  /** Marks that a further debit on a scope reaches for the first time. */
  marksReached(scope: string, debitedMcu: number): { limit: BudgetLimit; percent: number; spentMcu: number }[] {
    if (!this.isLimited || debitedMcu === 0) return [];
    return this.limitsOn(scope).flatMap((limit) => {
      const spentMcu = this.spent(scope, limit.window) + debitedMcu;
      return limit.warnPercent
        .filter((p) => spentMcu * 100 >= limit.limitMcu * p && !this.isWarned(limit, p))
        .map((percent) => ({ limit, percent, spentMcu }));
    });
  }

  isWarned({ scope, window }: { scope: string; window: string }, percent: number): boolean {
    return this.warned.has(markKey(scope, window, percent));
  }

  warn(scope: string, window: string, percent: number): void {
    this.warned.add(markKey(scope, window, percent));
  }

  private of(scope: string): ScopeUse {
    let use = this.use.get(scope);
    if (use === undefined) {
      use = { heldMcu: 0, spentMcu: 0, dayMcu: 0, weekMcu: 0, monthMcu: 0 };
      this.use.set(scope, use);
    }
    return use;
  }
}
