import type { BudgetsPut } from '../../contract/budget.ts';
import type { BudgetsBody } from '../../contract/events.ts';
import { ProblemError } from '../../contract/problems.ts';
import { COMPUTE_CLASSES } from '../../contract/terms.ts';
import { isScope } from '../../domain/budgets/limits.ts';
import { judgeAgain } from '../budgets/review.ts';
import type { Actor, CommandContext } from './context.ts';
import { arrangeQueue } from './govern.ts';

type ClassRates = BudgetsBody['rates']['byoc'];

/**
 * A new version of limits and rates. Every job that waits or is held is judged by it at once; running work keeps the rate
 * and the hold of its grant.
 * @throws ProblemError `conflict.budgets_version`, `field.invalid` for a scope that is none or a limit that stands twice.
 */
export function changeBudgets(ctx: CommandContext, actor: Actor, put: BudgetsPut): void {
  const { engine } = ctx;
  const { budgets } = engine.hot;
  if (put.base_version !== undefined && put.base_version !== budgets.version)
    throw new ProblemError(
      'conflict.budgets_version',
      `The budgets are at version ${budgets.version} now. Look at them and change them again.`,
      { current_version: budgets.version },
    );
  checkLimits(put);
  const { limits, rates, default_wu_limit_mcu: defaultWu } = put;
  const now = budgets.limits.map((l) => ({
    scope: l.scope,
    window: l.window,
    limit_mcu: l.limitMcu,
    warn_percent: [...l.warnPercent],
  }));
  const body: BudgetsBody = {
    version: budgets.version + 1,
    default_wu_limit_mcu: defaultWu === undefined ? budgets.defaultWuLimitMcu : defaultWu,
    limits: limits ?? now,
    rates: { byoc: merged(budgets.rates.byoc, rates?.byoc), managed: merged(budgets.rates.managed, rates?.managed) },
    reason: put.reason ?? null,
  };
  engine.emit(actor, [{ type: 'budget.limits_changed', body }]);
  judgeAgain(engine, actor, () => arrangeQueue(engine));
}

const merged = (now: ClassRates, changed: Partial<ClassRates> | undefined): ClassRates =>
  Object.fromEntries(COMPUTE_CLASSES.map((c) => [c, changed?.[c] ?? now[c]])) as ClassRates;

function checkLimits(put: BudgetsPut): void {
  const seen = new Set<string>();
  for (const [i, { scope, window }] of (put.limits ?? []).entries()) {
    const refuse = (detail: string, message: string): never => {
      throw new ProblemError('field.invalid', detail, { errors: [{ pointer: `/limits/${i}/scope`, message }] });
    };
    if (!isScope(scope))
      refuse(
        `${scope} is no scope. Use wu:WU-1, tier:byoc, tier:managed, tier:managed/cpu-small or workspace.`,
        'must be a budget scope',
      );
    if (seen.has(`${scope}|${window}`))
      refuse(`${scope} has two limits for ${window}. Name each scope and window once.`, 'stands twice');
    seen.add(`${scope}|${window}`);
  }
}
