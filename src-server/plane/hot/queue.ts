import type { Side } from '../../contract/terms.ts';
import { FairQueue } from '../../domain/claims/fair-queue.ts';
import { NumberHeap } from '../../domain/claims/heap.ts';
import { rankOf } from '../../domain/claims/rank.ts';
import { type RoutingPolicy, ruleFor, sidesOf, type WorkspacePolicy } from '../../domain/routing/policy.ts';
import type { Profile } from '../../domain/routing/profile.ts';
import { parseSignature, type Requirement } from '../../domain/routing/requirement.ts';
import { isOpened } from '../../state/appliers/job.ts';
import type { FixedVerdicts, Fleet } from './fleet.ts';

/** The answer that all waiting jobs of a bucket share. */
export interface BucketAnswer {
  outcome: string;
  key: string;
  sentence: string;
  decisionId: string;
  decisionSeq: number;
  decidedPlaneMs: number;
}

/** By age, or under fair share by turns of the work units. */
export type JobHeap = NumberHeap | FairQueue;

/** Jobs alike in requirement. Heads stand in one heap per side; a job enters the second side's when its fallback opens. */
export interface HotBucket {
  id: number;
  signature: string;
  requirement: Requirement;
  /** The rule of the policy in force for these jobs: an override's, or the workspace's own. */
  rule: RoutingPolicy;
  heaps: Record<Side, JobHeap>;
  /** Queued jobs, those in backoff included. */
  queued: number;
  answer: BucketAnswer | null;
  verdicts: FixedVerdicts;
  /** `Fleet.version` and policy at the last evaluation, so that nothing is judged twice. */
  judgedAt: string;
}

/** What the queue needs to know of a job. */
export interface QueuedJob {
  seq: number;
  wuId: string;
  bucket: number;
  priority: number;
  fallback: number;
}

/** The ready jobs, by bucket and side. Heads that went stale are skipped by whoever takes them. */
export class Queue {
  readonly buckets = new Map<number, HotBucket>();
  private readonly bySignature = new Map<string, HotBucket>();
  /** Per profile, the buckets that its sources fit; extended as either side grows. */
  private readonly fitting: { of: Profile; judged: number; buckets: HotBucket[] }[] = [];
  private readonly ordered: HotBucket[] = [];

  constructor(
    private readonly fleet: Fleet,
    private policy: WorkspacePolicy,
  ) {}

  /** Every bucket gets its rule of this version; whoever calls it fills the heads again. */
  applyPolicy(policy: WorkspacePolicy): void {
    const isOtherOrder = policy.isFairShare !== this.policy.isFairShare;
    this.policy = policy;
    for (const bucket of this.ordered) {
      bucket.rule = ruleFor(policy, bucket.requirement);
      if (isOtherOrder) bucket.heaps = this.newHeaps();
    }
  }

  private newHeaps(): Record<Side, JobHeap> {
    return this.policy.isFairShare
      ? { byoc: new FairQueue(), managed: new FairQueue() }
      : { byoc: new NumberHeap(), managed: new NumberHeap() };
  }

  addBucket(id: number, signature: string, answer: BucketAnswer | null): HotBucket {
    const requirement = parseSignature(signature);
    const bucket: HotBucket = {
      id,
      signature,
      requirement,
      rule: ruleFor(this.policy, requirement),
      heaps: this.newHeaps(),
      queued: 0,
      answer,
      verdicts: [],
      judgedAt: '',
    };
    this.buckets.set(id, bucket);
    this.bySignature.set(signature, bucket);
    this.ordered.push(bucket);
    return bucket;
  }

  bucket(id: number): HotBucket {
    const bucket = this.buckets.get(id);
    if (bucket === undefined) throw new Error(`no bucket ${id}`);
    return bucket;
  }

  findBySignature(signature: string): HotBucket | undefined {
    return this.bySignature.get(signature);
  }

  /** A job may be taken now (submitted, backoff over, released from a hold). */
  ready(job: QueuedJob): void {
    const { heaps, rule } = this.bucket(job.bucket);
    const { first, second } = sidesOf(rule.mode);
    const rank = rankOf(job.priority, job.seq);
    heaps[first].push(rank, job.wuId);
    if (second !== null && isOpened(job)) heaps[second].push(rank, job.wuId);
  }

  /** The second side may take this job too. */
  openFallback(job: QueuedJob): void {
    const { heaps, rule } = this.bucket(job.bucket);
    const { second } = sidesOf(rule.mode);
    if (second !== null) heaps[second].push(rankOf(job.priority, job.seq), job.wuId);
  }

  /** Buckets whose requirement the profile fits. */
  bucketsFor(profileId: number): readonly HotBucket[] {
    const { profile } = this.fleet.profiles[profileId] as Fleet['profiles'][number];
    let known = this.fitting[profileId];
    if (known?.of !== profile) {
      known = { of: profile, judged: 0, buckets: [] };
      this.fitting[profileId] = known;
    }
    for (; known.judged < this.ordered.length; known.judged++) {
      const bucket = this.ordered[known.judged] as HotBucket;
      if (this.fleet.verdictFor(bucket.requirement, bucket.verdicts, profileId).fits) known.buckets.push(bucket);
    }
    return known.buckets;
  }

  clearHeads(): void {
    for (const { heaps } of this.ordered) {
      heaps.byoc.clear();
      heaps.managed.clear();
    }
  }
}
