import type { ApprovalEnd, EventBodies } from '../../contract/events.ts';
import type { AdmissionState, ApprovalState } from '../../contract/terms.ts';
import { ADMISSION_TRANSITIONS } from '../../domain/admissions/transitions.ts';
import { APPROVAL_TRANSITIONS } from '../../domain/approvals/transitions.ts';
import { canFollow } from '../../domain/transition-table.ts';
import type { FoldedAdmission, FoldedJob, FoldedSource } from './folded-rows.ts';
import type { FoldContext, Folds } from './log-fold.ts';

/** I19: nothing is granted that has to be approved and was not, as it is now. */
export function checkApproved({ fail }: FoldContext, job: FoldedJob): void {
  if (job.needsApproval && job.approvedDigest !== job.digest)
    fail(
      'I19',
      `${job.jobId} was granted, approved is ${job.approvedDigest ?? 'nothing'}, its digest is ${job.digest}`,
    );
}

/** A grant into a private network rests on an admission that is in force, and names it. */
export function checkAdmission(
  { world, fail }: FoldContext,
  job: FoldedJob,
  source: FoldedSource,
  body: EventBodies['lease.granted'],
): void {
  const network = (JSON.parse(job.signature) as string[])[2] as string;
  if (!network.startsWith('private:')) {
    if (body.admission_id !== undefined) fail('I11', `${job.jobId} needs no admission and names one`);
    return;
  }
  const admission = body.admission_id === undefined ? undefined : world.admissions.get(body.admission_id);
  if (admission?.status !== 'granted' || admission.network !== network || admission.sourceId !== source.sourceId)
    fail('I11', `${job.jobId} was granted into ${network} by ${body.admission_id}, which is ${admission?.status}`);
  else if (admission.expiresPlaneMs !== null && world.planeMs > admission.expiresPlaneMs + EXPIRY_SLACK_MS)
    fail('I11', `${job.jobId} was granted by ${body.admission_id}, which had expired`);
}

/** A run whose question was answered with no, or by nobody, ends as such, and its job is not tried again. */
export function checkRefusedRun(context: FoldContext, leaseId: string, job: FoldedJob, outcome: string): void {
  let status: ApprovalState = 'pending';
  for (const approval of context.world.approvals.values()) if (approval.leaseId === leaseId) status = approval.status;
  const isRefused = status === 'rejected' || status === 'expired';
  if (isRefused !== (outcome === 'rejected'))
    context.fail('I19', `${leaseId} was ${status} by its approver and ended as ${outcome}`);
  const next = context.sibling('job.settled')?.outcome;
  if (isRefused && next !== 'failed' && next !== 'canceled')
    context.fail('I19', `${job.jobId} was not approved midway and goes on as ${next ?? 'queued'}`);
}

/** What falls due is noticed by a tick. */
const EXPIRY_SLACK_MS = 5_000;

function touch(context: FoldContext, jobId: string | null): FoldedJob | undefined {
  const job = jobId === null ? undefined : context.world.jobs.get(jobId);
  if (jobId !== null && job === undefined) context.fail('I25', `${jobId} was never submitted`);
  if (job !== undefined) job.lastSeq = context.entry.seq;
  return job;
}

function decide(context: FoldContext, body: ApprovalEnd, status: ApprovalState): void {
  const { world, entry, fail } = context;
  const approval = world.approvals.get(body.approval_id);
  if (approval === undefined || !canFollow(APPROVAL_TRANSITIONS, approval.status, status)) {
    fail('I25', `approval ${body.approval_id}: ${approval?.status ?? 'unknown'} → ${status}`);
    return;
  }
  approval.status = status;
  const job = touch(context, body.job_id);
  if (
    status === 'approved' &&
    approval.expiresPlaneMs !== null &&
    world.planeMs > approval.expiresPlaneMs + EXPIRY_SLACK_MS
  )
    fail('I19', `${body.approval_id} was approved after it had expired`);
  if (job === undefined) return;
  if (status === 'approved' && world.policy.isFourEyes && job.askedBy.includes(entry.actor.id))
    fail('I20', `${entry.actor.id} asked for ${job.jobId} and approved ${body.approval_id}`);
  if (approval.kind === 'fallback' && status !== 'expired')
    job.fallback = status === 'approved' ? 'approved' : 'denied';
  if (approval.kind !== 'before_start') return;
  if (status === 'approved') job.approvedDigest = approval.digest;
  else if (status === 'expired' && (body as { cause?: string }).cause === 'time') checkRefused(context, job);
  else if (status === 'rejected') checkRefused(context, job);
}

/** Rejected or expired: the job is refused in the same entry. */
function checkRefused(context: FoldContext, job: FoldedJob): void {
  if (context.sibling('job.state')?.state !== 'refused')
    context.fail('I19', `${job.jobId} was not approved and is not refused`);
}

function moveAdmission(context: FoldContext, id: string, to: AdmissionState): FoldedAdmission | undefined {
  const admission = context.world.admissions.get(id);
  if (admission === undefined || !canFollow(ADMISSION_TRANSITIONS, admission.status, to)) {
    context.fail('I25', `admission ${id}: ${admission?.status ?? 'unknown'} → ${to}`);
    return undefined;
  }
  admission.status = to;
  return admission;
}

export const approvalFolds = {
  'approval.requested'(body, context) {
    const { world, fail } = context;
    const job = touch(context, body.job_id);
    const expected = body.kind === 'on_request' ? 'running' : 'held';
    if (job !== undefined && job.state !== expected)
      fail('I25', `a question about ${job.jobId}, which is ${job.state}`);
    if (job !== undefined && body.digest !== undefined && body.digest !== job.digest)
      fail('I19', `a question about another digest than that of ${job.jobId}`);
    if (body.lease_id !== undefined && job?.leaseId !== body.lease_id)
      fail('I6', `${body.lease_id} asks, ${job?.jobId} is held by ${job?.leaseId}`);
    if (job !== undefined && isAsked(context, job.jobId)) fail('I25', `a second open question about ${job.jobId}`);
    world.approvals.set(body.approval_id, {
      kind: body.kind,
      jobId: body.job_id,
      digest: body.digest ?? null,
      leaseId: body.lease_id ?? null,
      status: 'pending',
      expiresPlaneMs: body.expires_ms === undefined ? null : world.planeMs + body.expires_ms,
    });
  },
  'approval.approved': (body, context) => decide(context, body, 'approved'),
  'approval.rejected': (body, context) => decide(context, body, 'rejected'),
  'approval.expired': (body, context) => decide(context, body, 'expired'),
  'admission.requested'(body, { world, entry, fail }) {
    if (world.admissions.has(body.admission_id)) fail('I25', `${body.admission_id} was requested twice`);
    const { network, source_id: sourceId, hosts } = body;
    const requestedBy = entry.actor.id;
    world.admissions.set(body.admission_id, {
      network,
      sourceId,
      hosts,
      requestedBy,
      status: 'pending',
      expiresPlaneMs: null,
    });
  },
  'admission.granted'(body, context) {
    const { world, entry, fail } = context;
    const admission = moveAdmission(context, body.admission_id, 'granted');
    if (admission === undefined) return;
    if (world.policy.isFourEyes && admission.requestedBy === entry.actor.id)
      fail('I20', `${entry.actor.id} asked for ${body.admission_id} and granted it`);
    const asked = new Set(admission.hosts.map((h) => `${h.host}:${h.port}`));
    if (body.hosts.some((h) => !asked.has(`${h.host}:${h.port}`)))
      fail('I11', `${body.admission_id} grants more than was asked`);
    admission.hosts = body.hosts;
    admission.expiresPlaneMs = body.expires_ms === null ? null : world.planeMs + body.expires_ms;
  },
  'admission.rejected': (body, context) => void moveAdmission(context, body.admission_id, 'rejected'),
  'admission.revoked': (body, context) => void moveAdmission(context, body.admission_id, 'revoked'),
  'admission.expired': (body, context) => void moveAdmission(context, body.admission_id, 'expired'),
} satisfies Folds;

const isAsked = ({ world }: FoldContext, jobId: string): boolean =>
  [...world.approvals.values()].some((a) => a.jobId === jobId && a.status === 'pending');
