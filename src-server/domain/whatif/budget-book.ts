import type { BudgetWindow, Side } from '../../contract/terms.ts';
import { holdMcu, scopesOf } from '../budgets/cost.ts';
import { type BudgetVerdict, judgeBudget } from '../budgets/judge.ts';
import type { LimitUse } from '../budgets/limits.ts';
import type { History, HistoryBudgets, HistoryJob } from './history.ts';

interface ScopeUse {
  heldMcu: number;
  spentMcu: Record<BudgetWindow, number>;
}
const nothing = (): ScopeUse => ({ heldMcu: 0, spentMcu: { total: 0, day: 0, week: 0, month: 0 } });

/** What every scope holds and has spent in a run, and what the limits say to a further hold. */
export class BudgetBook {
  private readonly use = new Map<string, ScopeUse>();

  constructor(
    public budgets: HistoryBudgets,
    start: History['use'],
  ) {
    for (const [scope, { heldMcu, spentMcu }] of start) this.use.set(scope, { heldMcu, spentMcu: { ...spentMcu } });
  }

  get isLimited(): boolean {
    return this.budgets.limits.length > 0 || this.budgets.defaultWuLimitMcu !== null;
  }

  rate(job: HistoryJob, side: Side): number {
    return this.budgets.rates[side][job.requirement.computeClass];
  }

  needed(job: HistoryJob, side: Side): number {
    return holdMcu(this.rate(job, side), job.maxRuntimeMs, job.extrasMcu);
  }

  judge(job: HistoryJob, side: Side): BudgetVerdict {
    const needed = this.needed(job, side);
    if (!this.isLimited) return { outcome: 'room', neededMcu: needed, decisive: null };
    const uses = scopesOf(job.wuId, side, job.requirement.computeClass).flatMap((scope) => this.usesOf(scope));
    return judgeBudget(uses, needed);
  }

  hold(scopes: readonly string[], mcu: number): void {
    for (const scope of scopes) this.of(scope).heldMcu += mcu;
  }

  settle(scopes: readonly string[], heldMcu: number, debitedMcu: number): void {
    for (const scope of scopes) {
      const use = this.of(scope);
      use.heldMcu -= heldMcu;
      for (const window of Object.keys(use.spentMcu) as BudgetWindow[]) use.spentMcu[window] += debitedMcu;
    }
  }

  /** A window begins: what was spent in the one before counts no more. */
  open(window: BudgetWindow): void {
    for (const use of this.use.values()) use.spentMcu[window] = 0;
  }

  private usesOf(scope: string): LimitUse[] {
    const { limits, defaultWuLimitMcu } = this.budgets;
    const own = limits.filter((limit) => limit.scope === scope);
    const found =
      own.length === 0 && defaultWuLimitMcu !== null && scope.startsWith('wu:')
        ? [{ scope, window: 'total' as const, limitMcu: defaultWuLimitMcu }]
        : own;
    const use = this.use.get(scope) ?? nothing();
    return found.map(({ window, limitMcu }) => ({
      scope,
      window,
      limitMcu,
      spentMcu: use.spentMcu[window],
      heldMcu: use.heldMcu,
      resetsMs: null,
    }));
  }

  private of(scope: string): ScopeUse {
    let use = this.use.get(scope);
    if (use === undefined) {
      use = nothing();
      this.use.set(scope, use);
    }
    return use;
  }
}
