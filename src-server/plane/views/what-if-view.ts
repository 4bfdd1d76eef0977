import { WHAT_IF_MOVES_MAX } from '../../contract/limits.ts';
import type { PolicyDraft } from '../../contract/policy.ts';
import { ProblemError } from '../../contract/problems.ts';
import { COMPUTE_CLASSES } from '../../contract/terms.ts';
import type { LimitsDraft, WhatIfAnswer, WhatIfRequest } from '../../contract/what-if.ts';
import type { Rates } from '../../domain/budgets/cost.ts';
import type { WorkspacePolicy } from '../../domain/routing/policy.ts';
import { policyChanges } from '../../domain/routing/policy-changes.ts';
import { type Compared, isMoved, isSamePlace, kindOf, moveOf, sumsOf } from '../../domain/whatif/compare.ts';
import type { Draft, HistoryBudgets, Pace, Placement } from '../../domain/whatif/history.ts';
import { DraftRun } from '../../domain/whatif/run.ts';
import type { RunJob } from '../../domain/whatif/run-job.ts';
import type { Engine } from '../engine.ts';
import { drained } from '../in-turns.ts';
import { REVIEW_EVERY_MS, SLACK_MS, TICK_MS } from '../timers.ts';
import { type Gathered, gatherHistory, policyOf } from '../whatif/gather.ts';
import { between, lastDecisions } from '../whatif/range.ts';
import { policyView, withoutGaps } from './policy-view.ts';

const LAST_DEFAULT = 500;
/** Below this many jobs nothing is to be learned. */
const ENOUGH_JOBS = 20;
/** As the live plane looks at its timers and its queue: at each tick from its start, and at each review. */
const paceFrom = (mono: number): Pace => ({
  tickMs: TICK_MS,
  reviewMs: REVIEW_EVERY_MS,
  phaseMs: (((TICK_MS - mono) % REVIEW_EVERY_MS) + REVIEW_EVERY_MS) % REVIEW_EVERY_MS,
  slackMs: SLACK_MS,
});

/** What a draft would have done to the past. Reads only; the same question on the same log has the same answer. */
export const whatIfView = (engine: Engine, request: WhatIfRequest): WhatIfAnswer =>
  drained(whatIfSteps(engine, request));

/** The same in steps, as a large fleet takes seconds: the first step reads all that may change before the last. */
export function* whatIfSteps(engine: Engine, request: WhatIfRequest): Generator<void, WhatIfAnswer> {
  const asked = request.last ?? LAST_DEFAULT;
  const range =
    request.from === undefined || request.to === undefined
      ? lastDecisions(engine, asked)
      : between(engine, request.from, request.to);
  const gathered = gatherHistory(engine, range);
  const draft = draftOf(engine, request);
  const policy = draft.policy ?? engine.hot.policy;
  const current = policyView(engine);
  const assumed = { jobs: 0 };
  yield;
  const inForce = yield* draftSteps(gathered, {}, { jobs: 0 });
  const drafted = yield* draftSteps(gathered, draft, assumed);
  const compared: Compared[] = gathered.jobs.map((job) => ({
    job,
    recorded: job.recorded as Placement,
    inForce: inForce.get(job.seq) as Placement,
    drafted: drafted.get(job.seq) as Placement,
  }));
  const moved = compared.filter(isMoved);
  const nameOf = (sourceId: string): string => engine.hot.fleet.sources.get(sourceId)?.name ?? sourceId;
  const isRange = request.from !== undefined;
  return {
    considered: compared.length,
    changed: moved.length,
    before: sumsOf(compared.map((c) => c.recorded)),
    after: sumsOf(compared.map((c) => c.drafted)),
    in_force: sumsOf(compared.map((c) => c.inForce)),
    agreed: compared.filter((c) => isSamePlace(c.recorded, c.inForce)).length,
    moves: moved.slice(0, WHAT_IF_MOVES_MAX).map((c) => moveOf(c, policy, nameOf)),
    moves_by_kind: byKind(moved),
    by_class: byClass(compared),
    new_refusals: moved.filter((c) => c.drafted.fate === 'refused' && c.recorded.fate !== 'refused').length,
    decisions: range.decisions,
    from_seq: range.entries[0]?.seq ?? null,
    to_seq: range.entries[range.length - 1]?.seq ?? null,
    not_enough_history: shortage(compared.length, range.decisions, isRange ? 0 : asked),
    assumptions: [...gathered.history.assumptions, ...runtimesWords(assumed.jobs)],
    policy_changes: policyChanges(current, { ...current, ...withoutGaps(request.policy ?? {}) }),
  };
}

/** Runs a draft over a history; an empty one is what was in force. */
export const runDraft = (gathered: Gathered, draft: Draft): Map<number, Placement> =>
  drained(draftSteps(gathered, draft, { jobs: 0 }));

function* draftSteps(
  { history, jobs, fromMono }: Gathered,
  draft: Draft,
  assumed: { jobs: number },
): Generator<void, Map<number, Placement>> {
  const typical = medianRuntime(jobs);
  const run = new DraftRun(history, draft, paceFrom(fromMono), ({ job }: RunJob) =>
    Math.min(typical, job.maxRuntimeMs),
  );
  const placements = yield* run.steps();
  for (const { isAssumed } of run.jobs.values()) if (isAssumed) assumed.jobs++;
  return placements;
}

/** What the jobs of the range took, in the middle; a minute where none was measured. */
function medianRuntime(jobs: Gathered['jobs']): number {
  const measured = jobs
    .flatMap((job) => job.attempts)
    .filter((a) => a.outcome === 'succeeded' || a.outcome === 'failed')
    .map((a) => a.heldMs)
    .sort((a, b) => a - b);
  return measured[Math.floor(measured.length / 2)] ?? 60_000;
}

const runtimesWords = (count: number): string[] => {
  if (count === 0) return [];
  if (count === 1) return ['One job was never run: it is taken to need what others need.'];
  return [`${count} jobs were never run: they are taken to need what others need.`];
};

function shortage(jobs: number, decisions: number, asked: number): string | null {
  if (jobs < ENOUGH_JOBS)
    return `Only ${jobs} ${jobs === 1 ? 'job' : 'jobs'} came into the range: too few to tell what a rule does.`;
  return decisions < asked ? `Only ${decisions} decisions are on record; ${asked} were asked for.` : null;
}

function byClass(compared: readonly Compared[]): WhatIfAnswer['by_class'] {
  return COMPUTE_CLASSES.map((compute_class) => ({
    compute_class,
    count: compared.filter(({ job }) => job.requirement.computeClass === compute_class).length,
  })).filter(({ count }) => count > 0);
}

function byKind(moved: readonly Compared[]): WhatIfAnswer['moves_by_kind'] {
  const counts = new Map<string, WhatIfAnswer['moves_by_kind'][number]>();
  for (const { recorded, drafted } of moved) {
    const [from, to] = [kindOf(recorded), kindOf(drafted)];
    const known = counts.get(`${from} ${to}`);
    if (known === undefined) counts.set(`${from} ${to}`, { from, to, count: 1 });
    else known.count++;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

/** @throws ProblemError `field.invalid` for a source that is not there. */
function draftOf(engine: Engine, request: WhatIfRequest): Draft {
  const { policy, limits, labels } = request;
  for (const sourceId of Object.keys(labels ?? {}))
    if (!engine.hot.fleet.sources.has(sourceId))
      throw new ProblemError('field.invalid', `There is no source ${sourceId} in this workspace.`, {
        errors: [{ pointer: '/labels', message: `names ${sourceId}, which is not there` }],
      });
  return {
    ...(policy === undefined ? {} : { policy: draftPolicy(engine, policy) }),
    ...(limits === undefined ? {} : { budgets: draftBudgets(engine, limits) }),
    ...(labels === undefined ? {} : { labels: new Map(Object.entries(labels)) }),
  };
}

function draftPolicy(engine: Engine, draft: PolicyDraft): WorkspacePolicy {
  const current = policyView(engine);
  return policyOf({ ...current, ...withoutGaps(draft), version: current.version + 1 });
}

function draftBudgets(engine: Engine, draft: LimitsDraft): HistoryBudgets {
  const { budgets } = engine.hot;
  const limits = draft.limits?.map((l) => ({ scope: l.scope, window: l.window, limitMcu: l.limit_mcu }));
  const rates = {
    byoc: { ...budgets.rates.byoc, ...draft.rates?.byoc },
    managed: { ...budgets.rates.managed, ...draft.rates?.managed },
  };
  return {
    limits: limits ?? budgets.limits,
    defaultWuLimitMcu:
      draft.default_wu_limit_mcu === undefined ? budgets.defaultWuLimitMcu : draft.default_wu_limit_mcu,
    rates: rates as Rates,
  };
}
