import { z } from 'zod';
import { assignmentRunId, leaseId, sessionId, sourceId } from './ids.ts';
import { artifactRef, jobSpec, workPath } from './job.ts';
import { CAPACITY_MAX, CLAIM_MAX_GRANTS, LOG_CHUNK_LIMIT_BYTES, WAIT_MAX_MS } from './limits.ts';
import {
  count,
  digest,
  dsse,
  labels,
  name,
  positive,
  publicKey,
  reason,
  sha256Hex,
  signature,
  text,
} from './primitives.ts';
import { doctorCheck, posture } from './source.ts';
import { computeClass, JOB_STATES, LEASE_STATES, RUNNER_OUTCOMES, SOURCE_KINDS, SOURCE_STATES } from './terms.ts';

/** `client_nonce`: base64url of 32 random bytes, optionally `.` + base64url SHA-256 of the origin that was dialled. */
export const helloRequest = z.strictObject({
  client_nonce: z.string().regex(/^[A-Za-z0-9_-]{43}(\.[A-Za-z0-9_-]{43})?$/),
});
/** `succession`: keys of the plane that followed one another, each signed by the one before it; oldest first. */
export const helloAnswer = z.object({
  nonce: z.string(),
  plane_public_key: publicKey,
  signature,
  succession: z.array(z.object({ before: publicKey, public_key: publicKey, signature })),
});

export const register = z.strictObject({
  contract: z.int().min(0).max(1_000),
  public_key: publicKey,
  nonce: z.string().min(1).max(200),
  proof: signature,
  name: name.optional(),
  kind: z.enum(SOURCE_KINDS).optional(),
  platform: text(40),
  arch: text(40),
  cpu_count: z.int().min(1).max(100_000),
  memory_bytes: positive,
  gpu: z
    .strictObject({ name: text(120), memory_bytes: count })
    .nullable()
    .optional(),
  node_version: text(40),
  runner_version: text(40),
  labels: labels.optional(),
  posture: posture.default({}),
});
export type Register = z.infer<typeof register>;

export const claimRequest = z.strictObject({
  register: register.optional(),
  /** The runner's slots in all. */
  capacity: z.int().min(1).max(CAPACITY_MAX),
  classes: z.array(computeClass).max(8).optional(),
  wait_ms: z.int().min(0).max(WAIT_MAX_MS).default(0),
  /** Grants wanted now; 0 registers only. */
  max: z.int().min(0).max(CLAIM_MAX_GRANTS).default(1),
});
export type ClaimRequest = z.infer<typeof claimRequest>;

export const sessionGrant = z.object({
  session_id: sessionId,
  source_id: sourceId,
  session_token: z.string(),
  plane_public_key: publicKey,
  heartbeat_interval_ms: positive,
  lease_ttl_ms: positive,
  compute_class: computeClass,
});
export const leaseGrant = z.object({
  lease_id: leaseId,
  fence: positive,
  ttl_ms: positive,
  renew_after_ms: positive,
  start_within_ms: positive,
  max_runtime_ms: positive,
});
export const assignment = z.object({
  assignment_run_id: assignmentRunId,
  compute_class: computeClass,
  why: z.string(),
  job: z.object({ ...jobSpec.shape, job_id: z.string(), attempt: positive }),
  lease: leaseGrant,
  envelope: dsse,
});
export type Assignment = z.infer<typeof assignment>;
export const claimAnswer = z.object({ session: sessionGrant.optional(), assignments: z.array(assignment) });
export type ClaimAnswer = z.infer<typeof claimAnswer>;

/** What the plane signs and the runner obeys; payloadType `application/vnd.connected-compute.envelope+json`. */
export const envelopePayload = z.object({
  v: z.literal(1),
  workspace_id: z.string(),
  session_id: sessionId,
  lease_id: leaseId,
  fence: positive,
  attempt: positive,
  job_id: z.string(),
  digest,
  job: jobSpec,
  grants: z.array(z.object({ host: z.string(), port: z.int() })),
  max_runtime_ms: positive,
  ceiling_mcu: count,
});
export type EnvelopePayload = z.infer<typeof envelopePayload>;
export const ENVELOPE_TYPE = 'application/vnd.connected-compute.envelope+json';

const progress = z.strictObject({ percent: z.int().min(0).max(100).optional(), message: text(500).optional() });
const fenced = { fence: positive };
export const heartbeatRequest = z.strictObject({
  leases: z
    .array(z.strictObject({ lease_id: leaseId, ...fenced, progress: progress.optional(), cost_mcu: count.optional() }))
    .max(CAPACITY_MAX)
    .default([]),
  health: z.record(z.string().max(60), z.union([text(200), z.int(), z.boolean()])).default({}),
  stats: z.record(z.string().max(60), z.int()).default({}),
  posture: posture.optional(),
  renew: z.strictObject({ nonce: z.string().min(1).max(200), proof: signature }).optional(),
  /** What looked like a credential in the output of a job, by its SHA-256: the plane burns what is still alive. */
  exposed: z
    .array(z.strictObject({ lease_id: leaseId, sha256: sha256Hex }))
    .max(32)
    .optional(),
});
export type HeartbeatRequest = z.infer<typeof heartbeatRequest>;
const sourceDirective = z.object({ state: z.enum(SOURCE_STATES), directive: z.enum(['drain', 'revoke']).optional() });
export const heartbeatAnswer = z.object({
  server_time: z.string(),
  next_heartbeat_ms: positive,
  nonce: z.string(),
  session_token: z.string().optional(),
  leases: z.array(
    z.object({
      lease_id: leaseId,
      state: z.enum(['active', 'superseded', 'ended']),
      ttl_ms: count,
      code: z.string().optional(),
      current_attempt: count.optional(),
      directive: z.enum(['cancel', 'stop']).optional(),
      reason: z.string().optional(),
      /** The answer to the newest question of this attempt, once there is one. */
      approval: z.object({ approval_id: z.string(), status: z.string() }).optional(),
    }),
  ),
  source: sourceDirective,
});
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswer>;

export const startRequest = z.strictObject({ ...fenced });
export const startAnswer = z.object({
  attempt: positive,
  ttl_ms: positive,
  renew_after_ms: positive,
  max_runtime_ms: positive,
  seq: count,
});
export const progressRequest = z.strictObject({
  ...fenced,
  percent: z.int().min(0).max(100).optional(),
  message: text(500).optional(),
});
export const releaseRequest = z.strictObject({ ...fenced, reason: reason.optional() });

const settle = {
  ...fenced,
  exit_code: z.int().min(-1).max(4_294_967_295).nullable().default(null),
  extras_mcu: count.default(0),
  usage: z.strictObject({ runtime_ms: count, cpu_ms: count.optional(), max_memory_bytes: count.optional() }),
  outputs: z
    .array(artifactRef.extend({ path: workPath }))
    .max(10_000)
    .default([]),
  /** Outputs that were declared but not taken, and why. */
  refused_outputs: z
    .array(z.strictObject({ path: text(1_024), reason: text(200) }))
    .max(100)
    .default([]),
  log: z
    .strictObject({
      stdout: z.strictObject({ size_bytes: count, truncated: z.boolean() }),
      stderr: z.strictObject({ size_bytes: count, truncated: z.boolean() }),
    })
    .optional(),
  detail: text(500).optional(),
  run_receipt: dsse.optional(),
};
export const completeRequest = z.strictObject({ ...settle, outcome: z.enum(RUNNER_OUTCOMES) });
export type CompleteRequest = z.infer<typeof completeRequest>;
export const failRequest = z.strictObject({ ...settle, outcome: z.enum(RUNNER_OUTCOMES).default('failed') });
export const settleAnswer = z.object({ job_state: z.enum(JOB_STATES), settled_mcu: count, seq: count });
export type SettleAnswer = z.infer<typeof settleAnswer>;
export const okAnswer = z.object({ ok: z.literal(true) });

export const logPut = z.strictObject({
  ...fenced,
  stream: z.enum(['stdout', 'stderr']),
  /** In decoded bytes. */
  offset: count,
  data: z.string().max(LOG_CHUNK_LIMIT_BYTES * 2),
  encoding: z.enum(['utf8', 'base64']).default('utf8'),
});
export const logAnswer = z.object({ next_offset: count, durable_offset: count });
export const artifactAnswer = z.object({ path: z.string(), sha256: sha256Hex, size_bytes: count });

export const doctorRequest = z.strictObject({ checks: z.array(doctorCheck).min(1).max(60) });
export const doctorAnswer = z.object({
  source: z.object({ source_id: sourceId, state: z.enum(SOURCE_STATES) }),
  compute_class: computeClass,
});

export const directivesAnswer = z.object({
  n: count,
  leases: z.array(z.object({ lease_id: leaseId, directive: z.enum(['cancel', 'stop']), reason: z.string() })),
  approvals: z.array(z.object({ approval_id: z.string(), status: z.string() })),
  source: z.object({ directive: z.enum(['drain', 'revoke']).optional() }),
});
export type DirectivesAnswer = z.infer<typeof directivesAnswer>;
export const leaseStates = LEASE_STATES;
