import type { CredentialState, JobState } from '../../contract/terms.ts';
import { TimerHeap } from '../../domain/claims/timers.ts';
import type { WorkspacePolicy } from '../../domain/routing/policy.ts';
import { Admissions } from './admissions.ts';
import { Asks } from './asks.ts';
import { HotBudgets } from './budgets.ts';
import { Fleet } from './fleet.ts';
import type { HotLease, LeaseRow } from './lease.ts';
import type { HotPoolToken } from './pool.ts';
import { Queue } from './queue.ts';
import { HotSdk } from './sdk.ts';

export interface HotEnrollment {
  enrollmentId: string;
  sourceId: string;
  credentialSha256: string;
  state: CredentialState;
  ttlMs: number;
  createdAt: string;
  createdBy: string;
  /** Plane time when it was issued. */
  issuedPlaneMs: number;
  sessionId: string | null;
  seq: number;
}

/** What falls due; whoever handles a timer looks whether it still applies. */
export type TimerKind =
  | 'lease.start'
  | 'lease.expiry'
  | 'lease.runtime'
  | 'lease.stall'
  | 'lease.stop'
  | 'job.ready'
  | 'job.fallback'
  | 'job.queue_limit'
  | 'source.late'
  | 'source.offline'
  | 'source.drain'
  | 'session.unseen'
  | 'sdk.unseen'
  | 'credential.expiry'
  | 'approval.expiry'
  | 'admission.expiry';

/** Everything that the plane decides upon and keeps in memory; rebuilt from the state at the start, changed only by `applyToHot`. */
export class Hot {
  readonly asks = new Asks();
  readonly fleet = new Fleet(
    (source) => this.admissions.networksOf(source.sourceId),
    (sessionId, profileId) => this.asks.move(sessionId, profileId),
  );
  readonly budgets = new HotBudgets();
  readonly leases = new Map<string, HotLease>();
  readonly leaseOfJob = new Map<number, string>();
  readonly enrollments = new Map<string, HotEnrollment>();
  readonly enrollmentByHash = new Map<string, string>();
  private readonly enrollmentOfSource = new Map<string, HotEnrollment>();
  readonly sdk = new HotSdk();
  readonly poolTokens = new Map<string, HotPoolToken>();
  readonly poolTokenByHash = new Map<string, string>();
  /** Were credits ever put into the wallet? Until then it says nothing of what is left. */
  isWalletFunded = false;
  readonly jobCounts = new Map<JobState, number>();
  /** Jobs whose cancel was asked for and whose attempt still lives. */
  readonly stopping = new Set<string>();
  readonly timers = new TimerHeap<TimerKind>();
  /**
   * Queued jobs of `byoc_first` or `managed_first` that were busy too long under `ask`, by bucket: asked as soon as the other
   * side could take them. A job that was edited meanwhile may stand in its old bucket.
   */
  readonly fallbackDue = new Map<number, Set<number>>();
  /** Edited jobs: sequence of the job → sequence of the entry that holds its present specification. */
  readonly specSeqs = new Map<number, number>();
  /** Grants for private networks that are in force, and requests for some. */
  readonly admissions = new Admissions();
  /** Jobs that an open question about the other side holds → their bucket. */
  readonly questions = new Map<string, number>();
  policy: WorkspacePolicy & {
    /** Who asked for something cannot approve it. */
    fourEyes: boolean;
    publishedAt: string;
    publishedBy: string;
    reason: string | null;
  } = {
    version: 0,
    mode: 'byoc_first',
    fallback: { mode: 'ask', afterMs: 60_000 },
    refuseAfterMs: null,
    fourEyes: false,
    overrides: [],
    isFairShare: false,
    publishedAt: '',
    publishedBy: '',
    reason: null,
  };
  readonly queue = new Queue(this.fleet, this.policy);

  countJob(from: JobState | null, to: JobState): void {
    if (from === to) return;
    if (from !== null) this.jobCounts.set(from, (this.jobCounts.get(from) ?? 0) - 1);
    this.jobCounts.set(to, (this.jobCounts.get(to) ?? 0) + 1);
  }

  addEnrollment(enrollment: HotEnrollment): void {
    const { enrollmentId, sourceId, credentialSha256, seq } = enrollment;
    this.enrollments.set(enrollmentId, enrollment);
    this.enrollmentByHash.set(credentialSha256, enrollmentId);
    if (seq >= (this.newestEnrollment(sourceId)?.seq ?? 0)) this.enrollmentOfSource.set(sourceId, enrollment);
  }

  /** The newest credential of a source. */
  newestEnrollment(sourceId: string): HotEnrollment | undefined {
    return this.enrollmentOfSource.get(sourceId);
  }

  lease(leaseId: string): HotLease | undefined {
    return this.leases.get(leaseId);
  }

  addLease(lease: HotLease): void {
    this.leases.set(lease.leaseId, lease);
    this.leaseOfJob.set(lease.jobSeq, lease.leaseId);
    for (const source of this.fleet.holdersOf(lease)) {
      source.activeLeases.add(lease.leaseId);
      // At a start the leases that are left may be older than the newest that ended.
      source.lastGrantFence = Math.max(source.lastGrantFence, lease.fence);
      this.fleet.refreshSlots(source);
    }
  }

  removeLease(leaseId: string): void {
    const lease = this.leases.get(leaseId);
    if (lease === undefined) return;
    this.leases.delete(leaseId);
    this.leaseOfJob.delete(lease.jobSeq);
    for (const source of this.fleet.holdersOf(lease)) {
      source.activeLeases.delete(leaseId);
      this.fleet.refreshSlots(source);
    }
  }
}

/** Fresh volatile fields of a lease, at the grant and after a restart. */
export function freshLease(row: LeaseRow): HotLease {
  // Each member by name: an object of this size that is spread becomes a slow one, and every claim makes one.
  return {
    leaseId: row.leaseId,
    jobId: row.jobId,
    jobSeq: row.jobSeq,
    attempt: row.attempt,
    fence: row.fence,
    sourceId: row.sourceId,
    sessionId: row.sessionId,
    assignmentRunId: row.assignmentRunId,
    computeClass: row.computeClass,
    side: row.side,
    ttlMs: row.ttlMs,
    maxRuntimeMs: row.maxRuntimeMs,
    holdMcu: row.holdMcu,
    grantedSeq: row.grantedSeq,
    grantedWallMs: row.grantedWallMs,
    startedWallMs: row.startedWallMs,
    startedPlaneMs: row.startedPlaneMs,
    rateMcuPerMinute: row.rateMcuPerMinute,
    deadlineMs: 0,
    startDeadlineMs: 0,
    renewals: 0,
    lastRenewalMs: 0,
    lastSignOfWorkMs: 0,
    isFreshened: false,
    directive: null,
    question: null,
    reportedMcu: null,
    actions: null,
    progress: { percent: null, message: null },
    logSizes: { stdout: 0, stderr: 0 },
  };
}
