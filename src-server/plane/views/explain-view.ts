import type { Explain, ExplainCandidate, RuleResult } from '../../contract/decision.ts';
import type { JobSpec } from '../../contract/job.ts';
import { scopeWords } from '../../contract/scope-words.ts';
import { RULES } from '../../contract/terms.ts';
import { couldTake, firstSideStanding } from '../../domain/routing/fallback.ts';
import type { FleetGroup } from '../../domain/routing/fleet-group.ts';
import { type RoutingPolicy, ruleFor, sidesOf } from '../../domain/routing/policy.ts';
import { compareAsks } from '../../domain/routing/rank-asks.ts';
import { failingRules } from '../../domain/routing/record.ts';
import { type Requirement, requirementOf, signatureOf } from '../../domain/routing/requirement.ts';
import { assignedSentence, waitingSentence } from '../../domain/routing/sentence.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import { withBudget } from '../budgets/explain-budget.ts';
import { budgetedSpec, checkOf, judgeOn } from '../budgets/judge-job.ts';
import { instantOf } from '../clock.ts';
import type { Engine } from '../engine.ts';
import { askOf, crossingFor } from '../grants.ts';
import { classOf, freeSlots, type HotSource } from '../hot/source.ts';
import { unblockView } from './unblock-view.ts';

/** Sources that one answer lists at most. */
const CANDIDATES_MAX = 200;

/** The decision for a job, run again now, source by source, with what would place it. */
export const explainJob = (engine: Engine, row: JobRow): Explain => ({
  ...answerFor(engine, row),
  unblock: unblockView(engine, row),
});

function answerFor(engine: Engine, row: JobRow): Explain {
  const submitted = engine.submitted(row.seq);
  const answer = withBudget(
    engine,
    explainNow(engine, submitted.spec, { seq: row.seq, fallback: row.fallback }),
    submitted.spec,
    row.fallback,
  );
  if (row.state === 'queued') return { ...answer, earliest: earliest(engine, row, answer.budget) };
  if (row.state === 'held') {
    const sentence = row.why ?? answer.sentence;
    return { ...answer, outcome: 'held', sentence, earliest: windowEnd(engine, row, answer) };
  }
  if (row.state === 'refused') return { ...answer, outcome: 'refused', sentence: row.why ?? answer.sentence };
  if (row.state === 'claimed' || row.state === 'running')
    return { ...answer, outcome: 'assigned', sentence: row.why ?? answer.sentence };
  return answer;
}

/** Where a job that was not submitted yet would go now. */
export const explainSpec = (engine: Engine, spec: JobSpec): Explain =>
  withBudget(engine, explainNow(engine, spec, { seq: 0, fallback: 0 }), spec, 0);

function explainNow(engine: Engine, spec: JobSpec, job: { seq: number; fallback: number }): Explain {
  const { hot } = engine;
  const requirement = requirementOf(spec);
  const groups = hot.fleet.groupsFor(requirement, hot.queue.findBySignature(signatureOf(requirement))?.verdicts ?? []);
  const isPaused = engine.state.head.config.paused;
  const rule = ruleFor(hot.policy, requirement);
  const { first, second } = sidesOf(rule.mode);
  const crossing = second === null ? null : crossingFor(rule, second, job, () => groups);
  const isSecondSideOpen = crossing !== null;
  const judge = { policy: rule, isPaused, isSecondSideOpen };
  const eligibleIds = groups.filter((g) => failingRules(g, judge).length === 0).flatMap((g) => [...g.sourceIds]);
  const asks = eligibleIds.map((id) => askOf(rule, hot.fleet.source(id))).sort(compareAsks);
  const best = asks[0];
  const bestId = best?.sourceId ?? null;
  const places = groups.flatMap((group) => placesOf(engine, group, failingRules(group, judge), bestId));
  places.sort(
    (a, b) =>
      ORDER[a.verdict] - ORDER[b.verdict] ||
      a.failing.length - b.failing.length ||
      (a.source.name < b.source.name ? -1 : 1),
  );
  const side = best === undefined ? first : hot.fleet.source(best.sourceId).side;
  return {
    outcome: best === undefined ? 'waiting' : 'assigned',
    sentence:
      best === undefined
        ? waiting(engine, rule, requirement, groups, isPaused, isSecondSideOpen)
        : assigned(engine, rule, requirement, groups, asks, crossing),
    policy_version: hot.policy.version,
    compute_class: spec.compute_class,
    labels: spec.labels,
    confinement: spec.confinement,
    network: spec.network,
    candidates: places.slice(0, CANDIDATES_MAX).map((place) => tableRow(engine, requirement, place)),
    total: places.length,
    eligible: eligibleIds.length,
    budget: checkOf(engine, judgeOn(engine, budgetedSpec(spec), spec.compute_class, side), side, spec.compute_class),
    unblock: [],
    earliest: null,
  };
}

const ORDER: Readonly<Record<ExplainCandidate['verdict'], number>> = {
  chosen: 0,
  outranked: 1,
  eligible: 2,
  filtered: 3,
};

/** One source in the table, before it is put into words: ten thousand are sorted and few are shown. */
interface Place {
  source: HotSource;
  group: FleetGroup;
  failing: RuleResult[];
  verdict: ExplainCandidate['verdict'];
}

const placesOf = (engine: Engine, group: FleetGroup, failing: RuleResult[], bestId: string | null): Place[] =>
  group.sourceIds.map((id) => ({
    source: engine.hot.fleet.source(id),
    group,
    failing,
    verdict: failing.length > 0 ? 'filtered' : id === bestId ? 'chosen' : 'outranked',
  }));

function waiting(
  engine: Engine,
  rule: RoutingPolicy,
  requirement: Requirement,
  groups: FleetGroup[],
  isPaused: boolean,
  isSecondSideOpen: boolean,
): string {
  return waitingSentence({
    requirement,
    policy: rule,
    isPaused,
    groups,
    isSecondSideOpen,
    nameOf: (id) => engine.hot.fleet.source(id).name,
  });
}

function assigned(
  engine: Engine,
  rule: RoutingPolicy,
  requirement: Requirement,
  groups: FleetGroup[],
  asks: ReturnType<typeof askOf>[],
  crossing: ReturnType<typeof crossingFor>,
): string {
  const best = asks[0] as (typeof asks)[number];
  const source = engine.hot.fleet.source(best.sourceId);
  return assignedSentence({
    requirement,
    policy: rule,
    chosen: {
      name: source.name,
      group: groups.find((g) => g.sourceIds.includes(best.sourceId)) as FleetGroup,
      ask: best,
    },
    next: asks[1],
    askingCount: asks.length,
    crossing: source.side === sidesOf(rule.mode).first || crossing === 'first' ? null : crossing,
  });
}

function tableRow(
  engine: Engine,
  requirement: Requirement,
  { source, group, failing, verdict }: Place,
): ExplainCandidate {
  return {
    source_id: source.sourceId,
    name: source.name,
    kind: source.kind,
    side: source.side,
    compute_class:
      source.pool !== null
        ? group.profile.computeClass
        : source.ownClass === null && source.pinnedClass === null
          ? null
          : classOf(source),
    free: freeSlots(source),
    capacity: source.capacity,
    seen_ms_ago: seenAgo(engine, source),
    verdict,
    rules: fullRules(engine, requirement, group, source, failing, verdict),
  };
}

export const seenAgo = (engine: Engine, source: HotSource): number | null => {
  const seenMs = lastSeenMs(source);
  return seenMs === null ? null : Math.max(0, engine.clock.monoMs() - seenMs);
};

/** When the source was last heard, on the monotonic clock: of a pool, the runner that was heard last. Null: never. */
export function lastSeenMs(source: HotSource): number | null {
  if (source.pool === null) return source.lastSeenMs;
  let newest: number | null = null;
  for (const seat of source.pool.seats.values())
    if (seat.lastSeenMs !== null && (newest === null || seat.lastSeenMs > newest)) newest = seat.lastSeenMs;
  return newest;
}

/** Every rule with its word: the failing ones as the decision found them, the others as passed. */
function fullRules(
  engine: Engine,
  requirement: Requirement,
  group: FleetGroup,
  source: HotSource,
  failing: RuleResult[],
  verdict: string,
): RuleResult[] {
  const failed = new Map(failing.map((r) => [r.rule, r]));
  const fixed = new Map(group.fixed.map((r) => [r.rule, r]));
  const seen = seenAgo(engine, source);
  return RULES.map((rule) => {
    if (rule === 'outranked')
      return { rule, pass: verdict !== 'outranked', detail: verdict === 'outranked' ? 'lower rank' : '' };
    if (rule === 'source.late')
      return failed.get(rule) ?? { rule, pass: true, detail: seen === null ? '' : `${Math.round(seen / 1000)} s` };
    if (rule === 'capacity.full') return failed.get(rule) ?? { rule, pass: true, detail: `${freeSlots(source)} free` };
    if (rule === 'labels.missing')
      return fixed.get(rule) ?? { rule, pass: true, detail: requirement.labels.map(([k]) => k).join(', ') };
    return (
      failed.get(rule) ??
      fixed.get(rule) ?? { rule, pass: true, detail: rule === 'side.not_allowed' ? source.side : '' }
    );
  });
}

/** A moment at which something changes by itself. */
type Due = Omit<NonNullable<Explain['earliest']>, 'at'>;

/** What waiting alone brings: the end of a backoff, the second side opening, or a slot at the latest. */
function earliest(engine: Engine, row: JobRow, budgetNow: Explain['budget']): Explain['earliest'] {
  const inMs = (planeMs: number): number => Math.max(0, planeMs - engine.planeMs);
  const found: Due[] = [];
  if (row.readyPlaneMs > engine.planeMs)
    found.push({ in_ms: inMs(row.readyPlaneMs), because: 'The backoff after the last attempt ends.', job: null });
  const bucket = engine.hot.queue.bucket(row.bucket);
  const policy = bucket.rule;
  const { first, second } = sidesOf(policy.mode);
  const groups = engine.hot.fleet.groupsFor(bucket.requirement, bucket.verdicts);
  if (
    second !== null &&
    policy.fallback.mode !== 'never' &&
    row.fallback === 0 &&
    firstSideStanding(groups, first) === 'there' &&
    couldTake(groups, second)
  ) {
    const side = second === 'byoc' ? 'BYOC' : 'managed';
    found.push({
      in_ms: inMs(row.readyPlaneMs + policy.fallback.afterMs),
      because:
        policy.fallback.mode === 'auto'
          ? `The ${side} side may take it from then on.`
          : `An operator is asked then whether the ${side} side may take it.`,
      job: null,
    });
  }
  found.push(...windowDue(engine, budgetNow));
  for (const group of groups) {
    if (!group.fits || group.availability !== 'full' || group.profile.side !== first) continue;
    for (const id of group.sourceIds.slice(0, 20)) found.push(...slotBack(engine, engine.hot.fleet.source(id)));
  }
  return soonestOf(engine, found);
}

function soonestOf(engine: Engine, found: Due[]): Explain['earliest'] {
  const soonest = found.sort((a, b) => a.in_ms - b.in_ms)[0];
  return soonest === undefined ? null : { ...soonest, at: instantOf(engine.clock.wallMs() + soonest.in_ms) };
}

/** A job that is held for budget is judged again when the window of its limit ends. */
const windowEnd = (engine: Engine, row: JobRow, { budget }: Explain): Explain['earliest'] =>
  row.hold === 'budget' ? soonestOf(engine, windowDue(engine, budget)) : null;

function windowDue(engine: Engine, budget: Explain['budget']): Due[] {
  if (budget.resets_at === null || (budget.missing_mcu ?? 0) === 0) return [];
  const inMs = Math.max(0, Date.parse(budget.resets_at) - engine.clock.wallMs());
  return [{ in_ms: inMs, because: `${scopeWords(budget.scope ?? '')} begins a new window then.`, job: null }];
}

function slotBack(engine: Engine, source: HotSource): Due[] {
  const left = [...source.activeLeases].flatMap((leaseId) => {
    const lease = engine.hot.lease(leaseId);
    if (lease === undefined || lease.startedPlaneMs === null) return [];
    return [{ lease, inMs: Math.max(0, lease.maxRuntimeMs - (engine.planeMs - lease.startedPlaneMs)) }];
  });
  const [first] = left.sort((a, b) => a.inMs - b.inMs);
  if (first === undefined) return [];
  const { jobId, jobSeq } = first.lease;
  const wuId = engine.submitted(jobSeq).spec.wu_id;
  return [
    {
      in_ms: first.inMs,
      because: `${wuId} reaches its runtime limit then, and ${source.name} has its slot back.`,
      job: { job_id: jobId, wu_id: wuId },
    },
  ];
}
