import type { z } from 'zod';
import { JOB_STATES } from '../../contract/terms.ts';
import type {
  Lane,
  Overview,
  overviewQuery,
  RecentDecision,
  Workspace as WorkspaceShape,
} from '../../contract/workspace.ts';
import { leaseTiming } from '../../domain/leases/timing.ts';
import { countPendingAdmissions } from '../../state/queries/admissions.ts';
import { countPendingApprovals } from '../../state/queries/approvals.ts';
import { refusalsSince } from '../../state/queries/governance.ts';
import { countCreatedSince, type JobRow, jobById, oldestQueued, queuedInBucket } from '../../state/queries/jobs.ts';
import { countGrantedSince, listEndedLeases } from '../../state/queries/leases.ts';
import { instantOf } from '../clock.ts';
import type { Engine, TypedEntry } from '../engine.ts';
import type { HotSource } from '../hot/source.ts';
import { SAMPLE_EVERY_MS } from '../samples.ts';
import type { Workspace } from '../workspace.ts';
import { decisionOfEntry } from './decision-view.ts';
import { seenAgo } from './explain-view.ts';
import { needsYou } from './needs-you.ts';
import { countSources } from './source-view.ts';

const RANGE_MS = { '1h': 3_600_000, '6h': 21_600_000, '24h': 86_400_000 } as const;
const DAY_MS = 86_400_000;
const FIVE_MINUTES_MS = 300_000;
/** Rows that one screen holds. */
const LANES_MAX = 12;
const SPANS_MAX = 1_500;
/** Leases that ended and are looked at for what left the queue; a bound keeps it cheap at any pace. */
const MOVED_MAX = 5_000;
const SOURCES_MAX = 20;
const DECISIONS_MAX = 20;

/** Is it healthy, where does work go, what needs me. */
export function overviewView(
  hosted: { workspace: Pick<Workspace, 'engine' | 'samples' | 'recent' | 'status'>; createdAt: string },
  query: z.output<typeof overviewQuery>,
  anchorProblem: string | null = null,
): Overview {
  const { engine, samples, recent } = hosted.workspace;
  const { hot, state } = engine;
  const rangeMs = RANGE_MS[query.range];
  const wallMs = engine.clock.wallMs();
  const counts = countSources(engine);
  const shown = shownSources(engine);
  const count = (s: (typeof JOB_STATES)[number]): number => hot.jobCounts.get(s) ?? 0;
  const oldest = oldestQueued(state.db);
  const [joined, left] = moved(engine, wallMs - FIVE_MINUTES_MS);
  const questions = {
    approvals: countPendingApprovals(engine.state.db),
    admissions: countPendingAdmissions(engine.state.db),
  };
  return {
    seq: engine.nextSeq - 1,
    at: instantOf(wallMs),
    workspace: workspaceView(engine, hosted.createdAt),
    policy: { version: hot.policy.version, mode: hot.policy.mode, fallback_after_ms: hot.policy.fallback.afterMs },
    fence: state.head.fence,
    chain: {
      seq: engine.nextSeq - 1,
      head: state.head.root,
      verified: hosted.workspace.status !== 'damaged',
      anchor_problem: anchorProblem,
    },
    leases: { active: hot.leases.size, slots: counts.slots, sources: holders(engine), ...expiring(engine) },
    queue: { depth: count('queued'), held: count('held'), joined_5m: joined, left_5m: left },
    oldest_wait:
      oldest === undefined
        ? null
        : { job_id: oldest.jobId, wu_id: oldest.wuId, wait_ms: Math.max(0, engine.planeMs - oldest.queuedPlaneMs) },
    refusals_24h: refusals(engine, wallMs),
    managed_today: {
      spent_mcu: hot.budgets.spent('tier:managed', 'day'),
      held_mcu: hot.budgets.use.get('tier:managed')?.heldMcu ?? 0,
    },
    series: {
      interval_ms: SAMPLE_EVERY_MS,
      active: samples.active,
      queued: samples.queued,
      oldest_wait_ms: samples.oldestWaitMs,
      refusals: samples.refusals,
    },
    job_counts: Object.fromEntries(JOB_STATES.map((s) => [s, count(s)])) as Overview['job_counts'],
    lanes: lanes(engine, shown.slice(0, LANES_MAX), wallMs, rangeMs),
    range_ms: rangeMs,
    decisions: recent.newest(DECISIONS_MAX).flatMap((seq) => recentDecision(engine, seq)),
    sources: shown.map((s) => sourceLine(engine, s)),
    source_counts: counts,
    questions,
    needs_you: needsYou(engine, questions),
  };
}

export const workspaceView = (engine: Engine, createdAt: string): WorkspaceShape => ({
  workspace_id: engine.workspaceId,
  name: engine.state.head.config.name,
  created_at: createdAt,
  paused: engine.state.head.config.paused,
});

/** Sources that hold a lease now. */
const holders = (engine: Engine): number => new Set([...engine.hot.leases.values()].map((l) => l.sourceId)).size;

/** Leases under 20 % of their time, and when the first of them ends. */
function expiring(engine: Engine): { expiring: number; next_expiry_in_ms: number | null } {
  const nowMs = engine.clock.monoMs();
  let expiringCount = 0;
  let nextMs: number | null = null;
  for (const lease of engine.hot.leases.values()) {
    const leftMs = Math.max(0, (lease.startedPlaneMs === null ? lease.startDeadlineMs : lease.deadlineMs) - nowMs);
    if (lease.startedPlaneMs === null || leftMs >= leaseTiming(lease.ttlMs).takeOverMs / 5) continue;
    expiringCount++;
    nextMs = nextMs === null ? leftMs : Math.min(nextMs, leftMs);
  }
  return { expiring: expiringCount, next_expiry_in_ms: nextMs };
}

/** Jobs that joined and left the queue since a moment. */
function moved(engine: Engine, sinceMs: number): [number, number] {
  const joined = countCreatedSince(engine.state.db, sinceMs);
  const left =
    [...engine.hot.leases.values()].filter((l) => l.grantedWallMs >= sinceMs).length +
    countGrantedSince(engine.state.db, engine.state.head.fence, sinceMs, MOVED_MAX);
  return [joined, left];
}

function refusals(engine: Engine, wallMs: number): Overview['refusals_24h'] {
  const byCause = refusalsSince(engine.state.db, wallMs - DAY_MS);
  const sum = (prefix: string): number =>
    [...byCause].filter(([cause]) => cause.startsWith(prefix)).reduce((n, [, c]) => n + c, 0);
  const total = sum('');
  const budget = sum('budget.');
  const policy = sum('queue.') + sum('policy');
  const network = sum('network.');
  return { total, budget, policy, network, other: total - budget - policy - network };
}

/** The first sources: those with live leases, then by name; the revoked ones are gone. */
function shownSources(engine: Engine): HotSource[] {
  const shown: HotSource[] = [];
  // By name they come, so that a bucket for each rank replaces a sort of the whole fleet.
  const byRank: HotSource[][] = [shown, [], [], []];
  for (const source of engine.hot.fleet.byName()) {
    if (source.revoked !== null) continue;
    const ranked = byRank[rank(source)] as HotSource[];
    if (ranked.length < SOURCES_MAX) ranked.push(source);
    if (shown.length === SOURCES_MAX) break;
  }
  return byRank.flat().slice(0, SOURCES_MAX);
}
const rank = (s: HotSource): number =>
  s.activeLeases.size > 0 ? 0 : s.state === 'online' ? 1 : s.state === 'pending' ? 3 : 2;

function lanes(engine: Engine, shown: readonly HotSource[], wallMs: number, rangeMs: number): Lane[] {
  const ended = listEndedLeases(engine.state.db, engine.state.head.fence, {
    sourceIds: shown.map((source) => source.sourceId),
    endedSinceMs: wallMs - rangeMs,
    limit: SPANS_MAX,
  });
  return shown.map((source) => ({
    source_id: source.sourceId,
    name: source.name,
    kind: source.kind,
    side: source.side,
    in_use: source.activeLeases.size,
    spans: [
      ...ended
        .filter((l) => l.sourceId === source.sourceId)
        .map((l) => ({
          lease_id: l.leaseId,
          job_id: l.jobId,
          wu_id: l.wuId,
          from_ms_ago: Math.max(0, wallMs - l.grantedMs),
          to_ms_ago: Math.max(0, wallMs - l.endedMs),
          outcome: l.outcome,
          late: false,
        })),
      ...[...source.activeLeases].flatMap((id) => liveSpan(engine, id, wallMs)),
    ],
  }));
}

function liveSpan(engine: Engine, leaseId: string, wallMs: number): Lane['spans'] {
  const lease = engine.hot.lease(leaseId);
  if (lease === undefined) return [];
  const { spec } = engine.submitted(lease.jobSeq);
  const isLate = lease.startedPlaneMs !== null && engine.clock.monoMs() - lease.lastRenewalMs > lease.ttlMs;
  return [
    {
      lease_id: leaseId,
      job_id: lease.jobId,
      wu_id: spec.wu_id,
      from_ms_ago: Math.max(0, wallMs - lease.grantedWallMs),
      to_ms_ago: 0,
      outcome: null,
      late: isLate,
    },
  ];
}

/** The one job that waits under an answer for all jobs of its kind; undefined where there are more, or none any more. */
function aloneInBucket(engine: Engine, entry: TypedEntry): JobRow | undefined {
  const decided = entry.events.find((e) => e.type === 'policy.decided');
  const id = decided?.type === 'policy.decided' ? decided.body.bucket : undefined;
  const bucket = id === undefined ? undefined : engine.hot.queue.buckets.get(id);
  if (bucket?.queued !== 1) return undefined;
  return queuedInBucket(engine.state.db, bucket.id, 1).find((job) => job.seq < entry.seq);
}

function recentDecision(engine: Engine, seq: number): RecentDecision[] {
  const entry = engine.entry(seq);
  const record = decisionOfEntry(entry);
  if (record === null) return [];
  const job = record.job_id === null ? aloneInBucket(engine, entry) : jobById(engine.state.db, record.job_id);
  const source = record.source_id === null ? undefined : engine.hot.fleet.sources.get(record.source_id);
  return [
    {
      decision_id: record.decision_id,
      seq,
      label: record.label,
      at: record.at,
      outcome: record.outcome,
      sentence: record.sentence,
      job_id: record.job_id ?? job?.jobId ?? null,
      wu_id: job?.wuId ?? null,
      title: job?.title ?? null,
      job_state: job?.state ?? null,
      source_id: record.source_id,
      source_name: source?.name ?? null,
    },
  ];
}

const sourceLine = (engine: Engine, s: HotSource): Overview['sources'][number] => ({
  source_id: s.sourceId,
  name: s.name,
  kind: s.kind,
  side: s.side,
  state: s.state,
  cordoned: s.cordoned !== null,
  draining: s.draining !== null,
  revoked: s.revoked !== null,
  in_use: s.activeLeases.size,
  capacity: s.capacity,
  seen_ms_ago: seenAgo(engine, s),
});
