import type { RegisteredFacts } from '../../contract/events.ts';
import type { PolicyOverride } from '../../contract/policy.ts';
import type { Posture } from '../../contract/source.ts';
import type {
  ComputeClass,
  CredentialState,
  FallbackMode,
  JobState,
  PolicyMode,
  SessionState,
  Side,
  SourceKind,
  SourceState,
} from '../../contract/terms.ts';
import { openAdmissions } from '../../state/queries/admissions.ts';
import { loadEdits, questionsOfRuns } from '../../state/queries/approvals.ts';
import { loadBudgets, loadUse, loadWarnings } from '../../state/queries/budgets.ts';
import * as load from '../../state/queries/load.ts';
import { loadPoolTokens, loadSeats } from '../../state/queries/pools.ts';
import { loadApiKeys, loadSdkSessions } from '../../state/queries/sdk.ts';
import { hasTopUp } from '../../state/queries/usage.ts';
import type { State } from '../../state/state.ts';
import { freshLease, Hot } from './hot.ts';
import { freshPool } from './pool.ts';
import { freshSeat, freshSource, type HotSource, type Switch } from './source.ts';

/**
 * The memory of the plane from its state: what a restart begins with. Volatile fields are fresh; timers are set by
 * `startTimers`, which knows the clock.
 */
export function rebuildHot(state: State): Hot {
  const hot = new Hot();
  const { db } = state;
  const policy = load.loadPolicy(db);
  if (policy !== undefined) setPolicy(hot, policy.body, policy.at, policy.by);
  const lastFences = load.loadLastFences(db, 'source_id');
  for (const { isEndedSeat, ...session } of load.loadSessions(db)) {
    if (isEndedSeat) hot.fleet.endedSeats.push(session.sessionId);
    hot.fleet.sessions.set(session.sessionId, {
      ...session,
      state: session.state as SessionState,
      facts: session.facts as unknown as RegisteredFacts,
    });
  }
  for (const row of openAdmissions(db)) hot.admissions.set(row);
  for (const row of load.loadSources(db)) hot.fleet.add(sourceFromRow(row, lastFences.get(row.sourceId) ?? 0));
  rebuildPools(hot, state);
  for (const key of loadApiKeys(db)) hot.sdk.addKey(key);
  for (const row of loadSdkSessions(db)) hot.sdk.sessions.set(row.sessionId, { ...row, lastSeenMs: null, health: {} });
  for (const row of load.loadEnrollments(db)) hot.addEnrollment({ ...row, state: row.state as CredentialState });
  for (const row of load.loadBuckets(db)) hot.queue.addBucket(row.id, row.signature, row.answer);
  for (const row of load.loadLeases(db))
    hot.addLease(freshLease({ ...row, computeClass: row.computeClass as ComputeClass, side: row.side as Side }));
  // Oldest first, so that the newest question of a run stays.
  for (const { leaseId, approvalId, status } of questionsOfRuns(db)) {
    const lease = hot.leases.get(leaseId);
    if (lease !== undefined) lease.question = { approvalId, status };
  }
  for (const [jobSeq, specSeq] of loadEdits(db)) hot.specSeqs.set(jobSeq, specSeq);
  const budgets = loadBudgets(db);
  if (budgets !== undefined) hot.budgets.set(budgets.body, budgets.at, budgets.by);
  for (const { scope, ...use } of loadUse(db)) hot.budgets.use.set(scope, use);
  for (const { scope, window, percent } of loadWarnings(db)) hot.budgets.warn(scope, window, percent);
  Object.assign(hot.budgets.windows, state.head.windows);
  hot.isWalletFunded = hasTopUp(db);
  for (const [jobState, count] of load.loadJobCounts(db)) hot.jobCounts.set(jobState as JobState, count);
  for (const jobId of load.loadStopping(db)) hot.stopping.add(jobId);
  for (const { bucket, count } of load.loadQueuedCounts(db)) hot.queue.bucket(bucket).queued = count;
  for (const { jobId, bucket } of load.loadAsked(db)) hot.questions.set(jobId, bucket);
  return hot;
}

/** Takes a published policy into memory. */
export function setPolicy(hot: Hot, body: Record<string, unknown>, at: string, by: string): void {
  const fallback = body.fallback as { mode: FallbackMode; after_ms: number };
  hot.policy = {
    version: body.version as number,
    mode: body.mode as PolicyMode,
    fallback: { mode: fallback.mode, afterMs: fallback.after_ms },
    refuseAfterMs: body.refuse_after_ms as number | null,
    fourEyes: body.four_eyes === true,
    overrides: body.overrides as PolicyOverride[],
    isFairShare: body.fair_share as boolean,
    publishedAt: at,
    publishedBy: by,
    reason: body.reason as string | null,
  };
  hot.queue.applyPolicy(hot.policy);
}

function rebuildPools(hot: Hot, state: State): void {
  for (const token of loadPoolTokens(state.db)) {
    hot.poolTokens.set(token.tokenId, { ...token, computeClass: token.computeClass as ComputeClass | null });
    hot.poolTokenByHash.set(token.sha256, token.tokenId);
  }
  const seats = loadSeats(state.db);
  const lastFences = seats.length === 0 ? new Map<string, number>() : load.loadLastFences(state.db, 'session_id');
  for (const row of seats) {
    const session = hot.fleet.sessions.get(row.sessionId);
    const seat = freshSeat(hot.fleet.source(row.sourceId), {
      sessionId: row.sessionId,
      tokenId: row.tokenId,
      labels: row.labels,
      pinnedClass: row.pinnedClass as ComputeClass,
      ownClass: row.ownClass as ComputeClass,
      posture: row.posture as Posture,
      offered: row.offered,
      healthPlaneMs: row.healthPlaneMs,
      enrolledAt: session?.registeredAt ?? '',
      enrolledBy: row.sessionId,
    });
    seat.state = row.health as SourceState;
    seat.stateReason = row.healthReason;
    seat.doctor = row.doctor as HotSource['doctor'];
    seat.lastGrantFence = lastFences.get(row.sessionId) ?? 0;
    hot.fleet.addSeat(seat);
  }
}

function sourceFromRow(row: load.SourceRow, lastGrantFence: number): HotSource {
  const form = {
    ...row,
    kind: row.kind as SourceKind,
    side: row.side as Side,
    state: row.state as SourceState,
    pinnedClass: row.pinnedClass as ComputeClass | null,
    ownClass: row.ownClass as ComputeClass | null,
    posture: row.posture as Posture,
    cordoned: row.cordoned as Switch | null,
    draining: row.draining as Switch | null,
    revoked: row.revoked as Switch | null,
    doctor: row.doctor as HotSource['doctor'],
  };
  const pool = row.pool === null ? null : freshPool(row.pool.pool_id, row.pool.compute_classes as ComputeClass[]);
  return freshSource(form, { lastGrantFence, pool });
}
