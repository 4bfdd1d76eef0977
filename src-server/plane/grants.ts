import type { NetworkGrant } from '../contract/admission.ts';
import type { PlaneEvent } from '../contract/events.ts';
import { GROUP_IDS_MAX, START_WITHIN_MS } from '../contract/limits.ts';
import { isPrivate } from '../domain/admissions/standing.ts';
import { scopesOf } from '../domain/budgets/cost.ts';
import type { BudgetVerdict } from '../domain/budgets/judge.ts';
import { leaseTiming } from '../domain/leases/timing.ts';
import { crossingOf, type FallbackState, firstSideStanding } from '../domain/routing/fallback.ts';
import type { FleetGroup } from '../domain/routing/fleet-group.ts';
import { type Crossing, type RoutingPolicy, sidesOf } from '../domain/routing/policy.ts';
import type { Ask } from '../domain/routing/rank-asks.ts';
import { candidateGroups } from '../domain/routing/record.ts';
import { assignedSentence } from '../domain/routing/sentence.ts';
import { isOpened } from '../state/appliers/job.ts';
import type { JobRow } from '../state/queries/jobs.ts';
import { networkGrantsOf } from './admission-gate.ts';
import { checkOf, rateOf } from './budgets/judge-job.ts';
import { type Answer, decided } from './decided.ts';
import type { Engine, SubmittedJob } from './engine.ts';
import type { HotLease } from './hot/lease.ts';
import type { HotBucket } from './hot/queue.ts';
import { classOf, freeSlots, type HotSource } from './hot/source.ts';
import { SLACK_MS } from './timers.ts';

/** A grant as the HTTP rim hands it out: signed and serialised there. */
export interface GrantedLease {
  lease: HotLease;
  job: SubmittedJob;
  /** Hosts and ports that it may reach from there. */
  grants: NetworkGrant[];
  why: string;
  seq: number;
}

export interface Placement {
  source: HotSource;
  sessionId: string;
  job: JobRow;
  bucket: HotBucket;
  ask: Ask;
  /** All sources that asked and could take the job, best first, the chosen one included. */
  asking: readonly Ask[];
  /** Their sessions in the same order, where a runner of a pool is among several: its source alone does not tell how it stood. */
  askedBy?: readonly string[];
  idempotency: { key: string; request: string } | null;
  /** There is room on every limit; the numbers go into the record. */
  verdict: BudgetVerdict;
}

/** The record under which the job waited for a limit until now. */
function waitedRef(engine: Engine, jobSeq: number): Record<string, number> {
  const answer = engine.hot.budgets.lots.answerOf(jobSeq);
  return answer === undefined ? {} : { waited: answer.decisionSeq };
}

/** An idempotency key as an entry carries it; the state keeps it from there. */
export const idempotencyRef = (idempotency: { key: string; request: string } | null): Record<string, string> =>
  idempotency === null ? {} : { idem: idempotency.key, request: idempotency.request };

/** How a source stands in the ranking of asks for jobs under this rule. */
export const askOf = (rule: RoutingPolicy, source: HotSource): Ask => ({
  sourceId: source.sourceId,
  isPreferredSide: source.side === sidesOf(rule.mode).first,
  freeSlots: freeSlots(source),
  totalSlots: Math.min(source.capacity, source.offered),
  lastGrantSeq: source.lastGrantFence,
});

/**
 * May a source of this side take the job now, and if it crosses sides, why?
 * @returns null when it may not; otherwise the reason to cross, or `first` on the preferred side.
 */
export function crossingFor(
  rule: RoutingPolicy,
  side: HotSource['side'],
  job: { fallback: number },
  groups: () => readonly FleetGroup[],
): Crossing | 'first' | null {
  const fallback = FALLBACK_STATES[job.fallback] as FallbackState;
  return crossingOf(rule, side, fallback, () => firstSideStanding(groups(), sidesOf(rule.mode).first));
}
/** As a job's row keeps them, see `FALLBACK`. */
export const FALLBACK_STATES: readonly FallbackState[] = ['closed', 'open', 'denied', 'approved'];

/**
 * Writes a grant: decision, hold and lease in one entry.
 * The caller has made sure that the job is queued and ready, the source may take it and has a free slot.
 */
export function grant(engine: Engine, placement: Placement, crossing: Crossing | null): GrantedLease {
  const { hot, state } = engine;
  const { job, source, bucket } = placement;
  const groups = hot.fleet.groupsFor(bucket.requirement, bucket.verdicts, source.profileId);
  const submitted = engine.submitted(job.seq);
  const decision = assignedAnswer(engine, placement, groups, crossing);
  const { head } = state;
  const { computeClass } = bucket.requirement;
  const { verdict } = placement;
  const held = verdict.neededMcu;
  const leaseId = engine.ids.make('lease');
  const granted: PlaneEvent = {
    type: 'lease.granted',
    body: {
      lease_id: leaseId,
      job_id: job.jobId,
      attempt: job.attempt + 1,
      fence: head.fence + 1,
      source_id: source.sourceId,
      session_id: placement.sessionId,
      assignment_run_id: engine.ids.make('assignmentRun'),
      compute_class: classOf(source),
      side: source.side,
      ttl_ms: head.config.leaseTtlMs,
      max_runtime_ms: submitted.spec.max_runtime_ms,
      hold_mcu: held,
      admission_id: admissionOf(engine, source, bucket),
      rate_mcu_per_minute: rateOf(engine, source.side, computeClass),
    },
  };
  const about = {
    job_id: job.jobId,
    supersedes: bucket.answer?.decisionId ?? null,
    asked: placement.askedBy?.slice(0, GROUP_IDS_MAX),
  };
  const scopes = held === 0 ? [] : scopesOf(job.wuId, source.side, computeClass);
  const holds = scopes.map(
    (scope): PlaneEvent => ({ type: 'budget.held', body: { lease_id: leaseId, scope, mcu: held } }),
  );
  const ref = Object.assign(
    { attempt: job.attempt + 1, fence: head.fence + 1 },
    idempotencyRef(placement.idempotency),
    waitedRef(engine, job.seq),
  );
  const seq = engine.emit(
    { kind: 'runner', id: placement.sessionId },
    [decided(engine, about, decision), ...holds, granted],
    ref,
    job,
  );
  const lease = hot.lease(leaseId) as HotLease;
  armGrant(engine, lease);
  const grants = networkGrantsOf(engine, source.sourceId, submitted.spec);
  return { lease, job: submitted, grants, why: decision.sentence, seq };
}

/** Names the admission in the grant that rests on it. */
const admissionOf = (engine: Engine, source: HotSource, { requirement }: HotBucket): string | undefined =>
  isPrivate(requirement.network)
    ? engine.hot.admissions.grantFor(source.sourceId, requirement.network)?.admissionId
    : undefined;

/** A granted lease must be started within 10 s; its own time runs from now as well. */
function armGrant(engine: Engine, lease: HotLease): void {
  const nowMs = engine.clock.monoMs();
  lease.startDeadlineMs = nowMs + START_WITHIN_MS;
  lease.deadlineMs = nowMs + leaseTiming(lease.ttlMs).takeOverMs;
  lease.lastRenewalMs = nowMs;
  engine.hot.timers.set(lease.startDeadlineMs + SLACK_MS, 'lease.start', lease.leaseId);
}

/** What a placement needs to be told: the state, who was chosen, and who asked. */
export type PlacedFacts = Pick<Placement, 'source' | 'bucket' | 'ask' | 'asking' | 'job' | 'verdict'>;

/** Where the job goes, and why, with every source by name or in its group. */
export function assignedAnswer(
  engine: Engine,
  placement: PlacedFacts,
  groups: readonly FleetGroup[],
  crossing: Crossing | null,
): Answer {
  const { source, bucket, asking, ask } = placement;
  const group = groups.find((g) => g.sourceIds.includes(source.sourceId)) as FleetGroup;
  const sentence = assignedSentence({
    requirement: bucket.requirement,
    policy: bucket.rule,
    chosen: { name: source.name, group, ask },
    next: asking.find((a) => a.sourceId !== source.sourceId),
    askingCount: asking.length,
    crossing,
  });
  return {
    outcome: 'assigned',
    source_id: source.sourceId,
    sentence,
    policy_version: bucket.rule.version,
    compute_class: classOf(source),
    candidates: candidateGroups({
      policy: bucket.rule,
      isPaused: false,
      groups,
      isSecondSideOpen: crossing !== null || isOpened(placement.job),
      chosenId: source.sourceId,
      askingIds: asking.map((a) => a.sourceId),
    }),
    budget: checkOf(engine, placement.verdict, source.side, bucket.requirement.computeClass),
    crossing,
  };
}
