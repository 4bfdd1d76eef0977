import { START_WITHIN_MS } from '../contract/limits.ts';
import { type Assignment, ENVELOPE_TYPE, type EnvelopePayload } from '../contract/runtime.ts';
import { signDsse } from '../plane/evidence/sign-dsse.ts';
import type { GrantedLease } from '../plane/grants.ts';
import type { PlaneKey } from '../plane/keys.ts';
import { renewAfterMs } from '../plane/leases.ts';

/** A grant as the runner gets it: the job for display, and the signed envelope that alone it may obey. */
export async function assignmentOf(key: PlaneKey, workspaceId: string, granted: GrantedLease): Promise<Assignment> {
  const { lease, job, why } = granted;
  const payload: EnvelopePayload = {
    v: 1,
    workspace_id: workspaceId,
    session_id: lease.sessionId,
    lease_id: lease.leaseId,
    fence: lease.fence,
    attempt: lease.attempt,
    job_id: lease.jobId,
    digest: job.digest,
    job: job.spec,
    grants: granted.grants,
    max_runtime_ms: lease.maxRuntimeMs,
    ceiling_mcu: lease.holdMcu,
  };
  const envelope = await signDsse(key, ENVELOPE_TYPE, Buffer.from(JSON.stringify(payload)));
  return {
    assignment_run_id: lease.assignmentRunId,
    compute_class: lease.computeClass,
    why,
    job: { ...job.spec, job_id: lease.jobId, attempt: lease.attempt },
    lease: {
      lease_id: lease.leaseId,
      fence: lease.fence,
      ttl_ms: lease.ttlMs,
      renew_after_ms: renewAfterMs(lease),
      start_within_ms: START_WITHIN_MS,
      max_runtime_ms: lease.maxRuntimeMs,
    },
    envelope,
  };
}
