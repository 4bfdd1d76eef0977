import { APPROVAL } from '../../state/appliers/approval.ts';
import { FALLBACK } from '../../state/appliers/job.ts';
import { type JobFacts, jobFacts } from '../../state/queries/all-rows.ts';
import type { State } from '../../state/state.ts';
import type { Hot } from '../hot/hot.ts';
import type { HotSource } from '../hot/source.ts';
import { comparePool } from './compare-pools.ts';
import type { FoldedJob, FoldedLease, FoldedSource } from './folded-rows.ts';
import { availabilityOf } from './judge-grant.ts';
import type { Report } from './report.ts';

/** Names the members in which a row of the state differs from what the log tells. */
export function compare(report: Report, what: string, told: object, stored: object | undefined): void {
  if (stored === undefined) {
    report('I25', `${what} is missing in the state`);
    return;
  }
  const row = stored as Record<string, unknown>;
  for (const [key, value] of Object.entries(told))
    if (row[key] !== value) report('I25', `${what}: ${key} is ${row[key]} in the state, ${value} by the log`);
}

const FALLBACKS = {
  closed: FALLBACK.closed,
  open: FALLBACK.open,
  approved: FALLBACK.approved,
  denied: FALLBACK.denied,
} as const;

const approvalOf = (job: FoldedJob): number =>
  !job.needsApproval ? APPROVAL.none : job.approvedDigest === job.digest ? APPROVAL.given : APPROVAL.needed;

export function compareJob(report: Report, job: FoldedJob, stored: JobFacts | undefined): void {
  if (stored === undefined) {
    report('I25', `${job.jobId} is missing in the state`);
    return;
  }
  const isEqual =
    stored.state === job.state &&
    stored.hold === job.hold &&
    stored.isStopping === job.isStopping &&
    stored.signature === job.signature &&
    stored.priority === job.priority &&
    stored.attempt === job.attempt &&
    stored.maxAttempts === job.maxAttempts &&
    stored.fallback === FALLBACKS[job.fallback] &&
    stored.leaseId === job.leaseId &&
    stored.sourceId === job.sourceId &&
    stored.lastSeq === job.lastSeq &&
    stored.queuedPlaneMs === job.queuedPlaneMs &&
    stored.readyPlaneMs === job.readyPlaneMs &&
    stored.wuId === job.wuId &&
    stored.approval === approvalOf(job);
  if (isEqual) return;
  // The words are built only when something differs: this runs for every row of every check.
  const {
    computeClass,
    maxRuntimeMs,
    extrasMcu,
    settlements,
    digest,
    needsApproval,
    approvedDigest,
    askedBy,
    ...told
  } = job;
  compare(report, job.jobId, { ...told, approval: approvalOf(job), fallback: FALLBACKS[job.fallback] }, stored);
}

/** A job's row again, after an entry that spoke of it. */
export const compareJobNow = (report: Report, state: State, job: FoldedJob): void =>
  compareJob(report, job, jobFacts(state.db, job.jobId));

/** The memory of one lease: there while it is active, gone afterwards. */
export function compareLease(report: Report, hot: Hot, lease: FoldedLease): void {
  const live = hot.lease(lease.leaseId);
  if (lease.state !== 'active') {
    if (live !== undefined) report('I3', `${lease.leaseId} ended and is still in memory`);
    return;
  }
  if (live === undefined) {
    report('I3', `${lease.leaseId} is active and not in memory`);
    return;
  }
  if (live.fence !== lease.fence || live.sessionId !== lease.sessionId || live.holdMcu !== lease.holdMcu)
    report('I25', `${lease.leaseId} differs in memory`);
  if (hot.leaseOfJob.get(live.jobSeq) !== lease.leaseId) report('I1', `${lease.jobId} has another lease in memory`);
}

const memoryWords = (held: HotSource): string =>
  JSON.stringify([
    held.state,
    held.sessionId,
    held.offered,
    held.capacity,
    held.activeLeases.size,
    held.lastGrantFence,
  ]);

/** The memory of one source: its condition and its slots. */
export function compareSource(report: Report, hot: Hot, source: FoldedSource): void {
  const held = hot.fleet.sources.get(source.sourceId);
  if (held === undefined) {
    report('I25', `${source.sourceId} is not in memory`);
    return;
  }
  if (
    held.state !== source.state ||
    held.sessionId !== source.sessionId ||
    (source.pool === null && held.offered !== source.offered) ||
    held.capacity !== source.capacity ||
    held.activeLeases.size !== source.activeLeases.size ||
    held.lastGrantFence !== source.lastGrantFence ||
    (held.cordoned !== null) !== source.isCordoned ||
    (held.draining !== null) !== source.isDraining ||
    (held.revoked !== null) !== source.isRevoked
  )
    report(
      'I25',
      `${source.sourceId}: ${memoryWords(held)} in memory, ${JSON.stringify({ ...source, labels: 0, pool: 0, seat: 0 })} by the log`,
    );
  if (held.availability !== availabilityOf(source))
    report('I11', `${source.sourceId} is taken for ${held.availability}, it is ${availabilityOf(source)}`);
  if (source.pool !== null) comparePool(report, hot, source, source.pool.seats);
}
