import type { Side } from '../../contract/terms.ts';
import { FairQueue } from '../claims/fair-queue.ts';
import { NumberHeap } from '../claims/heap.ts';
import { rankOf } from '../claims/rank.ts';
import { type RoutingPolicy, ruleFor, sidesOf, type WorkspacePolicy } from '../routing/policy.ts';
import type { Requirement } from '../routing/requirement.ts';
import type { RunJob } from './run-job.ts';

export interface RunBucket {
  signature: string;
  requirement: Requirement;
  rule: RoutingPolicy;
  heaps: Record<Side, NumberHeap | FairQueue>;
  /** Queued jobs by sequence. */
  queued: Map<number, RunJob>;
}

/** The ready jobs of a run, in the order of the live queue: a heap per side of a bucket, or turns under fair share. */
export class RunQueue {
  readonly buckets = new Map<string, RunBucket>();

  constructor(private policy: WorkspacePolicy) {}

  /** Another version: every bucket gets its rule of it, and empty heaps. */
  apply(policy: WorkspacePolicy): void {
    this.policy = policy;
    for (const bucket of this.buckets.values()) {
      bucket.rule = ruleFor(policy, bucket.requirement);
      bucket.heaps = this.newHeaps();
    }
  }

  bucketOf({ job }: RunJob): RunBucket {
    let bucket = this.buckets.get(job.signature);
    if (bucket === undefined) {
      const { signature, requirement } = job;
      const rule = ruleFor(this.policy, requirement);
      bucket = { signature, requirement, rule, heaps: this.newHeaps(), queued: new Map() };
      this.buckets.set(signature, bucket);
    }
    return bucket;
  }

  ready(run: RunJob): void {
    const { heaps, rule } = this.bucketOf(run);
    const { first, second } = sidesOf(rule.mode);
    heaps[first].push(rankOf(run.job.priority, run.job.seq), run.job.wuId);
    if (second !== null && (run.fallback === 'open' || run.fallback === 'approved')) this.openFallback(run);
  }

  openFallback(run: RunJob): void {
    const { heaps, rule } = this.bucketOf(run);
    const { second } = sidesOf(rule.mode);
    if (second !== null) heaps[second].push(rankOf(run.job.priority, run.job.seq), run.job.wuId);
  }

  private newHeaps(): RunBucket['heaps'] {
    return this.policy.isFairShare
      ? { byoc: new FairQueue(), managed: new FairQueue() }
      : { byoc: new NumberHeap(), managed: new NumberHeap() };
  }
}
