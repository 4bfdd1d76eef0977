import { loadUse, loadWarnings } from '../../state/queries/budgets.ts';
import { listUsage } from '../../state/queries/usage.ts';
import type { State } from '../../state/state.ts';
import type { Hot } from '../hot/hot.ts';
import { compare } from './compare-rows.ts';
import type { FoldedUse, FoldedWorld } from './folded-rows.ts';
import type { Report } from './report.ts';

const FIELDS = ['heldMcu', 'spentMcu', 'dayMcu', 'weekMcu', 'monthMcu'] as const;
const words = (use: FoldedUse | undefined): string => FIELDS.map((f) => use?.[f] ?? 'nothing').join('/');
const isSame = (a: FoldedUse, b: FoldedUse | undefined): boolean => FIELDS.every((f) => a[f] === b?.[f]);

/** The sums of one scope in memory. */
export function compareUse(report: Report, world: FoldedWorld, hot: Hot, scope: string): void {
  const told = world.use.get(scope);
  const held = hot.budgets.use.get(scope);
  if (told !== undefined && !isSame(told, held))
    report('I16', `${scope} is ${words(held)} in memory, ${words(told)} by the log`);
}

/** Limits, windows and sums, recomputed from zero, against the state and the memory. */
export function compareBudgets(report: Report, world: FoldedWorld, state: State, hot: Hot): void {
  const stored = new Map(loadUse(state.db).map((row) => [row.scope, row]));
  if (stored.size !== world.use.size) report('I16', `${stored.size} scopes, ${world.use.size} by the log`);
  const held = heldByLeases(world);
  for (const [scope, use] of world.use) {
    if (!isSame(use, stored.get(scope)))
      report('I16', `${scope} is ${words(stored.get(scope))} in the state, ${words(use)} by the log`);
    compareUse(report, world, hot, scope);
    if (use.heldMcu !== (held.get(scope) ?? 0))
      report('I17', `${scope} holds ${use.heldMcu}, its active leases ${held.get(scope) ?? 0}`);
  }
  const { version, defaultWuLimitMcu } = world.budgets;
  compare(report, 'the budgets', { version, defaultWuLimitMcu }, hot.budgets);
  for (const window of ['day', 'week', 'month'] as const)
    for (const [where, ends] of [
      ['the state', state.head.windows[window]?.endsMs ?? null],
      ['memory', hot.budgets.windows[window]?.endsMs ?? null],
    ] as const)
      if (ends !== world.windows[window])
        report('I15', `the ${window} ends at ${ends} in ${where}, at ${world.windows[window]} by the log`);
  compareUsage(report, world, state);
  const marks = loadWarnings(state.db);
  if (marks.length !== world.warned.size || marks.some((m) => !world.warned.has(`${m.scope}|${m.window}|${m.percent}`)))
    report('I25', `${marks.length} warnings in the state, ${world.warned.size} by the log`);
  for (const { scope, window, percent } of marks)
    if (!hot.budgets.isWarned({ scope, window }, percent))
      report('I25', `${scope} ${window} ${percent} is not in memory`);
}

function compareUsage(report: Report, world: FoldedWorld, state: State): void {
  const rows = listUsage(state.db, Number.MAX_SAFE_INTEGER, world.usage.size + 1);
  if (rows.length !== world.usage.size) report('I16', `${rows.length} metered leases, ${world.usage.size} by the log`);
  for (const row of rows)
    if (world.usage.get(row.leaseId) !== row.meter)
      report('I25', `${row.leaseId} is ${row.meter} for the meter, by the log ${world.usage.get(row.leaseId)}`);
  if (state.head.walletMcu !== world.walletMcu)
    report('I16', `the wallet has ${state.head.walletMcu}, by the log ${world.walletMcu}`);
}

function heldByLeases(world: FoldedWorld): Map<string, number> {
  const held = new Map<string, number>();
  for (const lease of world.leases.values()) {
    if (lease.state !== 'active') continue;
    for (const [scope, mcu] of lease.holds) held.set(scope, (held.get(scope) ?? 0) + mcu);
  }
  return held;
}
