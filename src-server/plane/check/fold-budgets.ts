import type { BudgetsBody, OpenedWindow } from '../../contract/events.ts';
import type { Side } from '../../contract/terms.ts';
import { holdMcu, scopesOf } from '../../domain/budgets/cost.ts';
import type { FoldedJob, FoldedUse, FoldedWorld } from './folded-rows.ts';
import type { FoldContext, Folds } from './log-fold.ts';

const emptyUse = (): FoldedUse => ({ heldMcu: 0, spentMcu: 0, dayMcu: 0, weekMcu: 0, monthMcu: 0 });
const SPENT = { total: 'spentMcu', day: 'dayMcu', week: 'weekMcu', month: 'monthMcu' } as const;
type Limit = BudgetsBody['limits'][number];

function limitsOn(world: FoldedWorld, scope: string): Pick<Limit, 'window' | 'limit_mcu'>[] {
  const own = world.budgets.limits.filter((l) => l.scope === scope);
  if (own.length > 0 || world.budgets.defaultWuLimitMcu === null || !scope.startsWith('wu:')) return own;
  return [{ window: 'total', limit_mcu: world.budgets.defaultWuLimitMcu }];
}

/** The worst case of a job on a side, by the rates in force. */
export const neededOf = (world: FoldedWorld, job: FoldedJob, side: Side): number =>
  holdMcu(world.budgets.rates[side][job.computeClass], job.maxRuntimeMs, job.extrasMcu);

/**
 * Had the job room on a side, told without the functions that the plane asks.
 * @param apart what a grant of this very entry holds already, and on which scopes.
 */
export function hadRoom(world: FoldedWorld, job: FoldedJob, side: Side, apart: ReadonlyMap<string, number>): boolean {
  const needed = neededOf(world, job, side);
  if (needed === 0) return true;
  return scopesOf(job.wuId, side, job.computeClass).every((scope) => {
    const use = world.use.get(scope) ?? emptyUse();
    return limitsOn(world, scope).every(
      ({ window, limit_mcu: limit }) => use.heldMcu - (apart.get(scope) ?? 0) + use[SPENT[window]] + needed <= limit,
    );
  });
}

function openWindows({ world, entry, fail }: FoldContext, windows: readonly OpenedWindow[]): void {
  for (const { window, starts_ms: startsMs, ends_ms: endsMs } of windows) {
    const before = world.windows[window];
    const atMs = Date.parse(entry.at);
    if (before !== null && (endsMs <= before || startsMs < before || atMs < before))
      fail('I15', `the ${window} that ends at ${before} was left at ${atMs} for ${startsMs} to ${endsMs}`);
    if (startsMs > atMs || endsMs <= atMs) fail('I15', `a ${window} from ${startsMs} to ${endsMs} opened at ${atMs}`);
    world.windows[window] = endsMs;
    for (const use of world.use.values()) use[SPENT[window]] = 0;
    for (const mark of world.warned) if (mark.includes(`|${window}|`)) world.warned.delete(mark);
  }
}

export const budgetFolds = {
  'budget.held'(body, { world, fail }) {
    const use = world.use.get(body.scope) ?? emptyUse();
    use.heldMcu += body.mcu;
    world.use.set(body.scope, use);
    for (const { window, limit_mcu: limit } of limitsOn(world, body.scope))
      if (use.heldMcu + use[SPENT[window]] > limit)
        fail('I15', `${body.scope} holds ${use.heldMcu} and spent ${use[SPENT[window]]} (${window}) of ${limit}`);
  },
  'budget.settled'(body, { world, fail }) {
    const use = world.use.get(body.scope);
    if (use === undefined) return fail('I17', `${body.scope} settles what it never held`);
    const { before } = body;
    if (before !== undefined && (before.held_mcu !== use.heldMcu || before.spent_mcu !== use.spentMcu))
      fail(
        'I16',
        `${body.scope} held ${use.heldMcu} and spent ${use.spentMcu}, its settlement says ${before.held_mcu} and ${before.spent_mcu}`,
      );
    for (const { window, limit_mcu: limit, spent_mcu: spent } of body.limits ?? [])
      if (
        spent !== use[SPENT[window]] ||
        !limitsOn(world, body.scope).some((l) => l.window === window && l.limit_mcu === limit)
      )
        fail('I16', `${body.scope} spent ${use[SPENT[window]]} (${window}), its settlement says ${spent} of ${limit}`);
    use.heldMcu -= body.held_mcu;
    for (const field of Object.values(SPENT)) use[field] += body.debited_mcu;
    if (use.heldMcu < 0) fail('I17', `${body.scope} holds ${use.heldMcu}`);
  },
  'budget.limits_changed'(body, { world, fail }) {
    if (body.version !== world.budgets.version + 1)
      fail('I25', `budgets ${body.version} after ${world.budgets.version}`);
    world.budgets = {
      version: body.version,
      limits: body.limits,
      defaultWuLimitMcu: body.default_wu_limit_mcu,
      rates: body.rates,
    };
    world.warned.clear();
    // Other rates are another measure of a turn.
    world.passedOver.clear();
  },
  'budget.windows_opened': (body, context) => openWindows(context, body.windows),
  'time.jumped': (body, context) => openWindows(context, body.windows ?? []),
  'budget.warned'(body, { world, fail }) {
    const mark = `${body.scope}|${body.window}|${body.percent}`;
    if (world.warned.has(mark)) fail('I25', `${mark} was warned of twice`);
    world.warned.add(mark);
    const spent = world.use.get(body.scope)?.[SPENT[body.window]] ?? 0;
    if (spent !== body.spent_mcu || spent * 100 < body.limit_mcu * body.percent)
      fail('I16', `${mark} was reached at ${spent} of ${body.limit_mcu}, the warning says ${body.spent_mcu}`);
  },
  'budget.refused'(body, context) {
    const { world, fail } = context;
    const job = world.jobs.get(body.job_id);
    if (job === undefined) return fail('I25', `${body.job_id} was never submitted`);
    if (job.state !== 'queued' || job.leaseId !== null)
      fail('I18', `${body.job_id} was refused while it was ${job.state}`);
    const use = world.use.get(body.scope) ?? emptyUse();
    const limit = limitsOn(world, body.scope).find((l) => l.window === body.window)?.limit_mcu;
    const spent = use[SPENT[body.window]];
    const needed = neededOf(world, job, body.side);
    if (
      limit !== body.limit_mcu ||
      spent !== body.spent_mcu ||
      use.heldMcu !== body.held_mcu ||
      needed !== body.needed_mcu
    )
      fail(
        'I18',
        `${body.job_id} was refused with ${JSON.stringify(body)}, by the log ${limit}/${spent}/${use.heldMcu}/${needed}`,
      );
    if (body.limit_mcu - body.spent_mcu >= body.needed_mcu)
      fail('I18', `${body.job_id} was refused and ${body.scope} has ${body.limit_mcu - body.spent_mcu} unspent`);
    if (body.missing_mcu !== body.needed_mcu + body.spent_mcu + body.held_mcu - body.limit_mcu)
      fail('I18', `${body.job_id} misses ${body.missing_mcu}`);
    const moved = context.sibling('job.state');
    if (moved?.state !== body.outcome) fail('I18', `${body.job_id} was ${body.outcome} and became ${moved?.state}`);
  },
} satisfies Folds;
