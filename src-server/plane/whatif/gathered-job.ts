import type { EventBodies, LeaseEnd } from '../../contract/events.ts';
import type { JobSpec } from '../../contract/job.ts';
import { DEFAULT_RATES, runtimeCostMcu } from '../../domain/budgets/cost.ts';
import { requirementOf, signatureOf } from '../../domain/routing/requirement.ts';
import type { HistoryJob, MeasuredAttempt, Placement } from '../../domain/whatif/history.ts';

/** A job of a history while it is read from the log. */
export interface GatheredJob extends HistoryJob {
  attempts: MeasuredAttempt[];
  recorded: Placement | null;
  answer: { isApproved: boolean; afterMs: number } | null;
  /** Waits for the approval that it needs before it may be placed. */
  needsApproval: boolean;
  /** It has come into the range. */
  hasArrived: boolean;
  arrivedMs: number;
  askedMs: number | null;
  open: { leaseId: string; sourceId: string; grantedMs: number; rate: number } | null;
}

export function gatheredJob(seq: number, jobId: string, spec: JobSpec): GatheredJob {
  const requirement = requirementOf(spec);
  return {
    seq,
    jobId,
    wuId: spec.wu_id,
    title: spec.title,
    signature: signatureOf(requirement),
    requirement,
    priority: spec.priority,
    maxRuntimeMs: spec.max_runtime_ms,
    extrasMcu: spec.budget.extras_mcu,
    maxAttempts: spec.max_attempts,
    finalExitCodes: spec.final_exit_codes,
    maxQueueMs: spec.max_queue_ms,
    isHeldOnRefusal: spec.on_refusal === 'hold',
    attemptsBefore: 0,
    attempts: [],
    answer: null,
    recorded: null,
    needsApproval: spec.approval?.when === 'before_start',
    hasArrived: false,
    arrivedMs: 0,
    askedMs: null,
    open: null,
  };
}

/** It began to run in the range: its first grant is what was decided. */
export function noteGrant(
  job: GatheredJob,
  body: EventBodies['lease.granted'],
  crossing: Placement['crossing'],
  atMs: number,
): void {
  const rate = body.rate_mcu_per_minute ?? DEFAULT_RATES[body.side][job.requirement.computeClass];
  job.open = { leaseId: body.lease_id, sourceId: body.source_id, grantedMs: atMs, rate };
  if (job.recorded?.fate === 'placed') return;
  if (job.attempts.length === 0) job.attemptsBefore = body.attempt - 1;
  job.recorded = {
    fate: 'placed',
    sourceId: body.source_id,
    side: body.side,
    crossing,
    waitMs: Math.max(0, atMs - job.arrivedMs),
    costMcu: 0,
    code: null,
  };
}

/** Its attempt ended: what it took is what it would take elsewhere. */
export function noteEnd(job: GatheredJob, body: LeaseEnd, atMs: number): void {
  const { open } = job;
  if (open === null || open.leaseId !== body.lease_id) return;
  job.open = null;
  job.attempts.push({
    sourceId: open.sourceId,
    heldMs: atMs - open.grantedMs,
    runtimeMs: body.runtime_ms,
    extrasMcu: Math.max(0, body.cost_mcu - runtimeCostMcu(open.rate, body.runtime_ms)),
    outcome: body.outcome,
    exitCode: body.exit_code,
    delayMs: 0,
  });
  if (job.recorded !== null) job.recorded.costMcu += body.cost_mcu - body.overrun_mcu;
}

/** It left the queue, or waits in a hold, without a grant. */
export function noteState(job: GatheredJob, body: EventBodies['job.state'], atMs: number): void {
  if (job.recorded?.fate === 'placed') return;
  const fate = body.state === 'refused' || body.state === 'held' || body.state === 'canceled' ? body.state : null;
  job.recorded =
    fate === null
      ? null
      : {
          fate,
          sourceId: null,
          side: null,
          crossing: null,
          waitMs: Math.max(0, atMs - job.arrivedMs),
          costMcu: 0,
          code: body.reason,
        };
}
