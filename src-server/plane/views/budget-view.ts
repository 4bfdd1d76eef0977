import type { BudgetHold, BudgetLimitItem, BudgetRefusalItem, Budgets } from '../../contract/budget.ts';
import type { BudgetRefusal } from '../../contract/events.ts';
import { scopesOf } from '../../domain/budgets/cost.ts';
import type { BudgetLimit } from '../../domain/budgets/limits.ts';
import { countHeldFor, refusalSeqs } from '../../state/queries/budgets.ts';
import { instantOf } from '../clock.ts';
import type { Engine, TypedEntry } from '../engine.ts';
import type { HotLease } from '../hot/lease.ts';
import { keyOfCursor, pageOf } from './page.ts';

/** Limits with what stands against them, rates, and how many jobs a limit keeps. */
export function budgetsView(engine: Engine): Budgets {
  const { budgets } = engine.hot;
  return {
    version: budgets.version,
    limits: budgets.limits.map((limit) => limitView(engine, limit)),
    default_wu_limit_mcu: budgets.defaultWuLimitMcu,
    rates: { byoc: { ...budgets.rates.byoc }, managed: { ...budgets.rates.managed } },
    time_zone: engine.state.head.config.timeZone,
    held_jobs: countHeldFor(engine.state.db, 'budget'),
    waiting_jobs: budgets.lots.size,
    changed_at: budgets.changedAt,
    changed_by: budgets.changedBy,
  };
}

function limitView(engine: Engine, limit: BudgetLimit): BudgetLimitItem {
  const { budgets } = engine.hot;
  const use = budgets.limitUse(limit);
  return {
    scope: use.scope,
    window: use.window,
    limit_mcu: use.limitMcu,
    spent_mcu: use.spentMcu,
    held_mcu: use.heldMcu,
    left_mcu: Math.max(0, use.limitMcu - use.spentMcu - use.heldMcu),
    resets_at: use.resetsMs === null ? null : instantOf(use.resetsMs),
    warn_percent: [...limit.warnPercent],
    warned_percent: limit.warnPercent.filter((percent) => budgets.isWarned(limit, percent)),
  };
}

/** The limits on some scopes, for the stream. */
export const limitRows = (engine: Engine, scopes: readonly string[]): BudgetLimitItem[] =>
  engine.hot.budgets.limits.filter((l) => scopes.includes(l.scope)).map((limit) => limitView(engine, limit));

const refusalOf = (entry: TypedEntry): BudgetRefusal | null => {
  const event = entry.events.find((e) => e.type === 'budget.refused');
  return event?.type === 'budget.refused' ? event.body : null;
};

/** The numbers of a job's refusal, as `explain` has them; nothing when something else refused it. */
export function refusedNumbers(entry: TypedEntry): Record<string, unknown> {
  const refusal = refusalOf(entry);
  if (refusal === null) return {};
  const { job_id: _job, outcome: _outcome, ...numbers } = refusal;
  return numbers;
}

/** Jobs that were refused for budget, newest first. */
export function refusalsView(
  engine: Engine,
  query: { cursor?: string | undefined; limit: number },
): { items: BudgetRefusalItem[]; next_cursor: string | null } {
  const before = keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER;
  const seqs = refusalSeqs(engine.state.db, 'budget.', before, query.limit + 1);
  return pageOf(
    seqs,
    query.limit,
    (seq) => seq,
    (seq) => refusalItem(engine, seq),
  );
}

function refusalItem(engine: Engine, seq: number): BudgetRefusalItem {
  const entry = engine.entry(seq);
  const { outcome: _outcome, rate_mcu_per_minute: _rate, ...refusal } = refusalOf(entry) as BudgetRefusal;
  const job = engine.job(refusal.job_id);
  return { seq, at: entry.at, wu_id: job.wuId, title: job.title, ...refusal };
}

/** What running work holds, newest first. */
export function holdsView(
  engine: Engine,
  query: { cursor?: string | undefined; limit: number },
): { items: BudgetHold[]; next_cursor: string | null } {
  const before = keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER;
  const holds = [...engine.hot.leases.values()]
    .filter((lease) => lease.holdMcu > 0 && lease.fence < before)
    .sort((a, b) => b.fence - a.fence)
    .slice(0, query.limit + 1);
  return pageOf(
    holds,
    query.limit,
    (lease) => lease.fence,
    (lease) => holdItem(engine, lease),
  );
}

function holdItem(engine: Engine, lease: HotLease): BudgetHold {
  const job = engine.jobAt(lease.jobSeq);
  const { computeClass } = engine.hot.queue.bucket(job.bucket).requirement;
  return {
    lease_id: lease.leaseId,
    job_id: lease.jobId,
    wu_id: job.wuId,
    source_id: lease.sourceId,
    source_name: engine.hot.fleet.source(lease.sourceId).name,
    side: lease.side,
    compute_class: computeClass,
    attempt: lease.attempt,
    fence: lease.fence,
    scopes: scopesOf(job.wuId, lease.side, computeClass),
    held_mcu: lease.holdMcu,
    rate_mcu_per_minute: lease.rateMcuPerMinute ?? engine.hot.budgets.rates[lease.side][computeClass],
    granted_at: instantOf(lease.grantedWallMs),
  };
}
