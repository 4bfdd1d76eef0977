import { endedSentence, rejectedSentence } from '../domain/admissions/standing.ts';
import type { EntryActor } from '../ledger/entry.ts';
import { heldForAdmission } from '../state/queries/admissions.ts';
import { queuedInBucket } from '../state/queries/jobs.ts';
import { holdUnadmitted, isBucketAdmitted } from './admission-gate.ts';
import type { CommandContext } from './commands/context.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import type { HotAdmission } from './hot/admissions.ts';
import type { HotBucket } from './hot/queue.ts';
import { becomeReady } from './ready.ts';
import { refusedEvents } from './refuse.ts';
import { askToStop } from './stopping.ts';
import { SLACK_MS } from './timers.ts';

/** Jobs that one look moves at most per bucket; the rest follow at the next. */
const MOVED_MAX = 200;

/**
 * Brings the jobs of private networks in line with the fleet and its admissions: who may run somewhere is queued, who may
 * nowhere is held. Looks at the buckets of private networks only, and at those only when something changed.
 */
export function reviewAdmissions(engine: Engine): void {
  const { hot } = engine;
  const stamp = `${hot.fleet.version}/${hot.policy.version}`;
  for (const bucket of hot.queue.buckets.values()) {
    if (!bucket.requirement.network.startsWith('private:')) continue;
    if (hot.admissions.reviewedAt.get(bucket.id) === stamp) continue;
    if (review(engine, bucket)) hot.admissions.reviewedAt.set(bucket.id, stamp);
  }
}

/** @returns true when nothing is left to move. */
function review(engine: Engine, bucket: HotBucket): boolean {
  const { db } = engine.state;
  if (!isBucketAdmitted(engine, bucket)) {
    if (bucket.queued === 0) return true;
    const queued = queuedInBucket(db, bucket.id, MOVED_MAX);
    for (const job of queued) holdUnadmitted(engine, job);
    return queued.length < MOVED_MAX;
  }
  const held = heldForAdmission(db, bucket.id, MOVED_MAX);
  for (const jobSeq of held) release(engine, jobSeq, `A source is admitted to ${bucket.requirement.network} now.`);
  return held.length < MOVED_MAX;
}

function release(engine: Engine, jobSeq: number, sentence: string): void {
  const job = engine.jobAt(jobSeq);
  engine.emit(
    PLANE_ACTOR,
    [{ type: 'job.state', body: { job_id: job.jobId, state: 'queued', hold: null, reason: null, sentence } }],
    {},
    job,
  );
  becomeReady(engine, jobSeq, Math.max(0, engine.jobAt(jobSeq).readyPlaneMs - engine.planeMs));
}

/** Nobody else was asked: the jobs that wait for this network alone are refused, each with who said no. */
export function refuseHeld(engine: Engine, network: string, actor: EntryActor, reason: string | null): void {
  if (engine.hot.admissions.hasPending(network)) return;
  for (const bucket of engine.hot.queue.buckets.values()) {
    if (bucket.requirement.network !== network || isBucketAdmitted(engine, bucket)) continue;
    for (const jobSeq of heldForAdmission(engine.state.db, bucket.id, Number.MAX_SAFE_INTEGER)) {
      const job = engine.jobAt(jobSeq);
      const sentence = rejectedSentence(network, actor.id, reason);
      engine.emit(actor, refusedEvents(engine, job, 'network.not_admitted', sentence), {}, job);
    }
  }
}

/** A grant ended: what runs by it is told to stop, unless another grant lets the same source in. */
export function stopUnadmitted(
  ctx: CommandContext,
  admission: Pick<HotAdmission, 'sourceId' | 'network'>,
  how: 'revoked' | 'expired',
  by: string,
): void {
  const { engine } = ctx;
  if (engine.hot.admissions.grantFor(admission.sourceId, admission.network) !== undefined) return;
  for (const leaseId of engine.hot.fleet.source(admission.sourceId).activeLeases) {
    const lease = engine.hot.lease(leaseId);
    if (lease === undefined || engine.submitted(lease.jobSeq).spec.network !== admission.network) continue;
    askToStop(engine, ctx.wakeups, lease, 'stop', 'admission', endedSentence(admission.network, how, by));
  }
}

/** Looks at a grant again when its time is over, in plane time. */
export function armAdmission(engine: Engine, admissionId: string): void {
  const admission = engine.hot.admissions.open.get(admissionId);
  if (admission?.status !== 'granted' || admission.expiresPlaneMs === null) return;
  const leftMs = Math.max(0, admission.expiresPlaneMs - engine.planeMs);
  engine.hot.timers.set(engine.clock.monoMs() + leftMs + SLACK_MS, 'admission.expiry', admissionId);
}

export function onAdmissionDue(ctx: CommandContext, admissionId: string): void {
  const { engine } = ctx;
  const admission = engine.hot.admissions.open.get(admissionId);
  if (admission?.status !== 'granted' || admission.expiresPlaneMs === null) return;
  if (engine.planeMs < admission.expiresPlaneMs) {
    armAdmission(engine, admissionId);
    return;
  }
  const { sourceId, network } = admission;
  engine.emit(
    PLANE_ACTOR,
    [{ type: 'admission.expired', body: { admission_id: admissionId, source_id: sourceId, network } }],
    { source: sourceId },
  );
  stopUnadmitted(ctx, admission, 'expired', PLANE_ACTOR.id);
  reviewAdmissions(engine);
}

/** The clocks of the grants in force, and a stop for what runs by one that ended while nobody could be told. */
export function startAdmissions(ctx: CommandContext): void {
  const { engine } = ctx;
  for (const admissionId of engine.hot.admissions.open.keys()) armAdmission(engine, admissionId);
  for (const lease of engine.hot.leases.values()) {
    const { network } = engine.submitted(lease.jobSeq).spec;
    if (network.startsWith('private:')) stopUnadmitted(ctx, { sourceId: lease.sourceId, network }, 'expired', '');
  }
}
