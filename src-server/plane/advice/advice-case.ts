import type { AdviceChange } from '../../contract/decision.ts';
import { ADVICE_CHANGES } from '../../contract/decision.ts';
import type { JobSpec } from '../../contract/job.ts';
import { isPrivate } from '../../domain/admissions/standing.ts';
import { condense } from '../../domain/advice/condense.ts';
import type { AdviceCase, AdviceWorld, AdvisedJob, SourceFacts } from '../../domain/advice/world.ts';
import type { FallbackState } from '../../domain/routing/fallback.ts';
import type { FleetGroup } from '../../domain/routing/fleet-group.ts';
import { type Requirement, requirementOf, signatureOf } from '../../domain/routing/requirement.ts';
import { admissionById } from '../../state/queries/admissions.ts';
import { pendingApprovalOf } from '../../state/queries/approvals.ts';
import { type JobRow, oldestWaiting } from '../../state/queries/jobs.ts';
import type { Engine } from '../engine.ts';
import { FALLBACK_STATES } from '../grants.ts';
import { freeSlots, type HotSource } from '../hot/source.ts';

/** Profiles that one answer looks at for other jobs, over all their requirements; at least so many requirements. */
const JUDGED_PROFILES_MAX = 60_000;
const REQUIREMENTS_MIN = 4;
/** Other waiting jobs that are looked at one by one. */
const OTHERS_MAX = 300;

/** What releases a held job. A change of kinds that are not named would leave it held. */
const RELEASES: Readonly<Record<string, readonly AdviceChange[]>> = {
  approval: ['approval.approve'],
  fallback_ask: ['approval.approve', 'policy.publish'],
  admission: ['label.add', 'network.admit', 'policy.publish'],
  budget: ['budget.raise', 'policy.publish'],
};

/** The job with all that the advisor looks at; null when no change helps it now: it runs, is over, or its backoff lasts. */
export function adviceCase(engine: Engine, row: JobRow): AdviceCase | null {
  const { spec } = engine.submitted(row.seq);
  const isRefused = row.state === 'refused';
  if (row.state !== 'queued' && row.state !== 'held' && !isRefused) return null;
  if (row.state === 'queued' && row.readyPlaneMs > engine.planeMs) return null;
  // Submitted again it would only wait for its approver.
  if (isRefused && spec.approval?.when === 'before_start') return null;
  const pending = row.state === 'held' ? pendingApprovalOf(engine.state.db, row.jobId) : undefined;
  const question = pending?.kind === 'fallback' || pending?.kind === 'before_start' ? pending.kind : null;
  const job = advisedJob(engine, row, spec, row);
  const others = oldestWaiting(engine.state.db, OTHERS_MAX)
    .filter((other) => other.seq !== row.seq)
    .map((other) => advisedJob(engine, other, engine.submitted(other.seq).spec, row));
  return {
    job: isRefused ? { ...job, fallback: 'closed', waitedMs: 0 } : job,
    world: worldOf(engine),
    kinds: kindsFor(row),
    others,
    unseen: unseenOf(engine, [...others, ...(row.state === 'queued' ? [job] : [])]),
    requirementsMax: Math.max(REQUIREMENTS_MIN, Math.floor(JUDGED_PROFILES_MAX / engine.hot.fleet.profiles.length)),
    wholeFleet: () => groupsOf(engine, job.requirement, job.signature),
    sourceFacts: (sourceId) => sourceFacts(engine, engine.hot.fleet.source(sourceId)),
    approval: pending === undefined || question === null ? null : { approvalId: pending.approvalId, kind: question },
    hostsFor: (sourceId, network) => hostsFor(engine, sourceId, network),
  };
}

function kindsFor(row: JobRow): readonly AdviceChange[] {
  if (row.state === 'held') return RELEASES[row.hold ?? ''] ?? [];
  return ADVICE_CHANGES.filter(
    (kind) => kind !== 'approval.approve' && (kind !== 'job.retry' || row.state === 'refused'),
  );
}

/** @param of the job that is advised: what comes before it, and what after? A held job waits at its place; a refused one comes last. */
function advisedJob(engine: Engine, row: JobRow, spec: JobSpec, of: JobRow): AdvisedJob {
  const requirement = requirementOf(spec);
  const isFirst = row.priority > of.priority || (row.priority === of.priority && comesFirst(engine, row, of));
  return {
    jobId: row.jobId,
    wuId: row.wuId,
    title: row.title,
    requirement,
    signature: signatureOf(requirement),
    maxRuntimeMs: spec.max_runtime_ms,
    extrasMcu: spec.budget.extras_mcu,
    fallback: FALLBACK_STATES[row.fallback] as FallbackState,
    waitedMs: row.state === 'queued' ? Math.max(0, engine.planeMs - row.readyPlaneMs) : 0,
    isAhead: row.state === 'queued' && row.readyPlaneMs <= engine.planeMs && row.seq !== of.seq && isFirst,
  };
}

/** Under fair share any work unit's turn may come first. */
const comesFirst = (engine: Engine, row: JobRow, of: JobRow): boolean =>
  row.seq < of.seq || of.state === 'refused' || (engine.hot.policy.isFairShare && row.wuId !== of.wuId);

/** Queued jobs per requirement that were not looked at one by one. */
function unseenOf(engine: Engine, seen: readonly AdvisedJob[]): AdviceCase['unseen'] {
  const counts = new Map<string, number>();
  for (const { signature } of seen) counts.set(signature, (counts.get(signature) ?? 0) + 1);
  if (seen.length < OTHERS_MAX) return [];
  return [...engine.hot.queue.buckets.values()].flatMap(({ signature, requirement, queued }) => {
    const count = queued - (counts.get(signature) ?? 0);
    return count > 0 ? [{ requirement, count }] : [];
  });
}

const groupsOf = (engine: Engine, requirement: Requirement, signature: string): FleetGroup[] =>
  engine.hot.fleet.groupsFor(requirement, engine.hot.queue.findBySignature(signature)?.verdicts ?? []);

function worldOf(engine: Engine): AdviceWorld {
  const { hot } = engine;
  const known = new Map<string, readonly FleetGroup[]>();
  return {
    isPaused: engine.state.head.config.paused,
    policy: hot.policy,
    rates: hot.budgets.rates,
    groupsFor(requirement: Requirement, signature: string) {
      const groups = known.get(signature) ?? condense(groupsOf(engine, requirement, signature));
      known.set(signature, groups);
      return groups;
    },
    standingOf(sourceId) {
      const source = hot.fleet.source(sourceId);
      const total = Math.min(source.capacity, source.offered);
      return { free: freeSlots(source), total, lastGrantSeq: source.lastGrantFence };
    },
    isLimited: hot.budgets.isLimited,
    usesOf: (wuId, side, computeClass) =>
      hot.budgets.isLimited ? hot.budgets.limitUses({ wuId, side, computeClass, neededMcu: 0 }) : [],
  };
}

function sourceFacts(engine: Engine, source: HotSource): SourceFacts {
  const { fleet } = engine.hot;
  const isLost = fleet.sessions.get(source.sessionId ?? '')?.state === 'lost';
  return {
    sourceId: source.sourceId,
    name: source.name,
    side: source.side,
    isCordoned: source.cordoned !== null,
    isDraining: source.draining !== null,
    capacity: source.capacity,
    poolRoom: source.pool === null ? null : source.capacity - source.activeLeases.size,
    isHeard: source.pool !== null || (!isLost && source.lastSeenMs !== null),
    lastGrantSeq: source.lastGrantFence,
    places: fleet.placesOf(source).flatMap((place) => {
      const profile = fleet.profiles[place.profileId]?.profile;
      // One that never connected, or not since the start, is taken to offer what it is enrolled with.
      const offered = place.offered > 0 ? place.offered : place.capacity;
      return profile === undefined ? [] : [{ profile, state: place.state, offered, active: place.activeLeases.size }];
    }),
  };
}

/** What somebody asked for this source already, else what is granted to another one for the network. */
function hostsFor(engine: Engine, sourceId: string, network: string): readonly { host: string; port: number }[] {
  if (!isPrivate(network)) return [];
  const open = [...engine.hot.admissions.open.values()].filter((a) => a.network === network);
  const asked = open.find((a) => a.sourceId === sourceId && a.status === 'pending');
  return (asked ?? open.find((a) => a.status === 'granted') ?? open[0])?.hosts ?? [];
}

/** The request for this source that nobody answered yet. */
export function pendingAdmission(engine: Engine, sourceId: string, network: string): string | null {
  const found = [...engine.hot.admissions.open.values()].find(
    (a) => a.sourceId === sourceId && a.network === network && a.status === 'pending',
  );
  return found === undefined || admissionById(engine.state.db, found.admissionId) === undefined
    ? null
    : found.admissionId;
}
