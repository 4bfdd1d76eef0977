import type { JobSpec } from '../../contract/job.ts';
import type { JobState } from '../../contract/terms.ts';
import { isTerminal, JOB_TRANSITIONS } from '../../domain/jobs/transitions.ts';
import { canFollow } from '../../domain/transition-table.ts';
import type { FoldedJob, FoldedWorld } from './folded-rows.ts';
import type { FoldContext, Folds } from './log-fold.ts';
import { ruleOver, sidesUnder } from './rule-over.ts';

/** The job of an event; a missing one is reported once here. */
export function jobOf({ world, fail }: FoldContext, jobId: string): FoldedJob | undefined {
  const job = world.jobs.get(jobId);
  if (job === undefined) fail('I25', `${jobId} was never submitted`);
  return job;
}

/** Moves a job along its machine. */
export function moveJob(context: FoldContext, job: FoldedJob, to: JobState): void {
  const { world, entry, fail } = context;
  if (isTerminal(job.state)) fail('I4', `${job.jobId} was ${job.state} and became ${to}`);
  else if (!canFollow(JOB_TRANSITIONS, job.state, to)) fail('I25', `${job.jobId}: ${job.state} → ${to}`);
  queueOf(world, job.signature).delete(job.jobId);
  if (to === 'queued') queueOf(world, job.signature).add(job.jobId);
  job.state = to;
  job.hold = null;
  job.lastSeq = entry.seq;
}

export function queueOf(world: FoldedWorld, signature: string): Set<string> {
  let queue = world.queued.get(signature);
  if (queue === undefined) {
    queue = new Set();
    world.queued.set(signature, queue);
  }
  return queue;
}

/** The dearest job that a requirement ever had: fair share hands out turns of that size. */
function noteLargest(world: FoldedWorld, signature: string, spec: JobSpec): void {
  const known = world.largest.get(signature);
  world.largest.set(signature, {
    maxRuntimeMs: Math.max(known?.maxRuntimeMs ?? 0, spec.max_runtime_ms),
    extrasMcu: Math.max(known?.extrasMcu ?? 0, spec.budget.extras_mcu),
  });
}

/** A job that left without a lease's end has none and holds nothing. */
function checkFree(context: FoldContext, job: FoldedJob, to: string): void {
  if (job.leaseId !== null) context.fail('I3', `${job.jobId} became ${to} with lease ${job.leaseId} active`);
}

/** What counts from when it could be placed counts from its release; a wait for a person is no time in the queue. */
function releaseHold(job: FoldedJob, planeMs: number): void {
  if (job.hold !== 'approval' && job.hold !== 'admission') return;
  job.readyPlaneMs = Math.max(job.readyPlaneMs, planeMs);
  if (job.hold === 'approval') job.queuedPlaneMs = planeMs;
}

export const jobFolds = {
  'job.submitted'(body, { world, entry, fail }) {
    if (world.jobs.has(body.job_id)) fail('I25', `${body.job_id} was submitted twice`);
    const signature = String(entry.ref.bucket);
    world.jobs.set(body.job_id, {
      seq: entry.seq,
      jobId: body.job_id,
      wuId: body.spec.wu_id,
      state: 'queued',
      hold: null,
      isStopping: false,
      signature,
      computeClass: body.spec.compute_class,
      priority: body.spec.priority,
      attempt: 0,
      maxAttempts: body.spec.max_attempts,
      maxRuntimeMs: body.spec.max_runtime_ms,
      extrasMcu: body.spec.budget.extras_mcu,
      fallback: 'closed',
      leaseId: null,
      sourceId: null,
      digest: body.digest,
      needsApproval: body.spec.approval?.when === 'before_start',
      approvedDigest: null,
      askedBy: [entry.actor.id],
      settlements: 0,
      lastSeq: entry.seq,
      queuedPlaneMs: world.planeMs,
      readyPlaneMs: world.planeMs,
    });
    queueOf(world, signature).add(body.job_id);
    noteLargest(world, signature, body.spec);
  },
  'job.state'(body, context) {
    const job = jobOf(context, body.job_id);
    if (job === undefined) return;
    checkFree(context, job, body.state);
    const decided = context.sibling('policy.decided');
    if (body.state === 'refused' && decided?.outcome !== 'refused')
      context.fail('I14', `${job.jobId} was refused without a decision record`);
    if (body.state === 'held' && decided?.outcome !== 'held')
      context.fail('I14', `${job.jobId} was held without a decision record`);
    if (body.state === 'held' && body.hold === null) context.fail('I25', `${job.jobId} is held for no reason`);
    if (body.state === 'queued') releaseHold(job, context.world.planeMs);
    moveJob(context, job, body.state);
    job.hold = body.hold;
    if (isTerminal(body.state)) job.isStopping = false;
  },
  'job.requeued'(body, context) {
    const job = jobOf(context, body.job_id);
    if (job === undefined) return;
    checkFree(context, job, 'queued again');
    if (job.attempt >= job.maxAttempts) context.fail('I8', `${job.jobId} is tried again after ${job.attempt} attempts`);
    moveJob(context, job, 'queued');
    job.sourceId = null;
    if (job.fallback !== 'denied') job.fallback = 'closed';
    job.queuedPlaneMs = context.world.planeMs;
    job.readyPlaneMs = context.world.planeMs + body.delay_ms;
  },
  'job.edited'(body, context) {
    const { world, entry, fail } = context;
    const job = jobOf(context, body.job_id);
    if (job === undefined) return;
    if (job.state !== 'queued' && job.state !== 'held') fail('I25', `${job.jobId} is ${job.state} and was edited`);
    if (body.digest_before !== job.digest) fail('I25', `${job.jobId} was edited on top of another digest`);
    const signature = String(entry.ref.bucket);
    if (job.state === 'queued') {
      queueOf(world, job.signature).delete(job.jobId);
      queueOf(world, signature).add(job.jobId);
    }
    const { spec } = body;
    noteLargest(world, signature, spec);
    Object.assign(job, {
      signature,
      wuId: spec.wu_id,
      computeClass: spec.compute_class,
      priority: spec.priority,
      maxAttempts: spec.max_attempts,
      maxRuntimeMs: spec.max_runtime_ms,
      extrasMcu: spec.budget.extras_mcu,
      digest: body.digest,
      needsApproval: spec.approval?.when === 'before_start',
      askedBy: [job.askedBy[0] as string, entry.actor.id],
      lastSeq: entry.seq,
    });
  },
  'job.cancel_requested'(body, context) {
    const job = jobOf(context, body.job_id);
    if (job === undefined) return;
    if (isTerminal(job.state)) context.fail('I4', `${job.jobId} is over and was asked to stop`);
    job.isStopping = true;
    job.lastSeq = context.entry.seq;
  },
  'job.fallback_opened'(body, context) {
    const job = jobOf(context, body.job_id);
    if (job === undefined) return;
    const { fallbackMode } = ruleOver(context.world.policy, job.signature);
    if (fallbackMode !== 'auto')
      context.fail('I13', `${job.jobId} was opened to the second side under ${fallbackMode}`);
    job.fallback = 'open';
    job.lastSeq = context.entry.seq;
  },
  'job.settled'(body, context) {
    const job = jobOf(context, body.job_id);
    if (job === undefined) return;
    job.settlements++;
    if (job.settlements > 1) context.fail('I5', `${job.jobId} was settled ${job.settlements} times`);
    checkFree(context, job, body.outcome);
    const debited = context.sibling('budget.settled')?.debited_mcu ?? 0;
    if (body.cost_mcu !== debited) context.fail('I16', `${job.jobId} cost ${body.cost_mcu}, debited ${debited}`);
    moveJob(context, job, body.outcome);
    job.isStopping = false;
  },
  'policy.decided'(body, { world, fail }) {
    if (body.policy_version !== world.policy.version)
      fail('I14', `policy ${body.policy_version} in the record, ${world.policy.version} in force`);
    if (body.bucket === undefined) return;
    const beforeMs = world.answeredMs.get(body.bucket);
    if (beforeMs !== undefined && world.planeMs - beforeMs < 1_000)
      fail('I14', `bucket ${body.bucket} was answered twice within a second`);
    world.answeredMs.set(body.bucket, world.planeMs);
  },
  'policy.published'(body, { world, fail }) {
    if (body.version !== world.policy.version + 1) fail('I25', `policy ${body.version} after ${world.policy.version}`);
    const before = world.policy;
    world.policy = {
      version: body.version,
      mode: body.mode,
      fallbackMode: body.fallback.mode,
      isFourEyes: body.four_eyes,
      overrides: body.overrides,
      isFairShare: body.fair_share,
    };
    world.passedOver.clear();
    // What opened under the old rule must be earned again under the new one; an operator's word speaks of one side only.
    for (const job of world.jobs.values()) {
      if (isTerminal(job.state)) continue;
      const isOtherSide =
        sidesUnder(ruleOver(before, job.signature).mode).first !==
        sidesUnder(ruleOver(world.policy, job.signature).mode).first;
      if (job.fallback === 'open' || isOtherSide) job.fallback = 'closed';
    }
  },
} satisfies Folds;
