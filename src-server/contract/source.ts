import { z } from 'zod';
import { enrollmentId, leaseId, poolId, sessionId, sourceId } from './ids.ts';
import { CAPACITY_MAX, CREDENTIAL_TTL_DEFAULT_MS, CREDENTIAL_TTL_MAX_MS, CREDENTIAL_TTL_MIN_MS } from './limits.ts';
import { count, instant, labels, listOf, name, positive, queryCursor, queryLimit, reason, text } from './primitives.ts';
import { CREDENTIAL_STATES, computeClass, SESSION_STATES, SIDES, SOURCE_KINDS, SOURCE_STATES } from './terms.ts';

/** What a source can really enforce, as its runner probed it. `{}` means nothing. */
export const posture = z.object({
  files: z.enum(['confined', 'none']).optional(),
  network: z
    .array(z.enum(['none', 'allow_list']))
    .max(2)
    .optional(),
  pid: z.enum(['namespace', 'group']).optional(),
  /** Container engines that ran a container here, first the one that is used. */
  containers: z.array(z.string().max(40)).max(8).optional(),
  /** How the network of a container can be held. */
  container_network: z
    .array(z.enum(['none', 'allow_list']))
    .max(2)
    .optional(),
  kubernetes: z.boolean().optional(),
  /** How the network of an agent job can be held; an agent never runs unconfined. */
  agents: z
    .array(z.enum(['none', 'allow_list']))
    .max(2)
    .optional(),
  detail: z.record(z.string().max(60), z.string().max(200)).optional(),
});
export type Posture = z.infer<typeof posture>;

export const doctorCheck = z.object({
  id: z.string().max(60),
  required: z.boolean(),
  passed: z.boolean(),
  detail: z.string().max(500),
});
export type DoctorCheck = z.infer<typeof doctorCheck>;
/** Set by an operator, beside the state. */
const switchSet = z.object({
  since: instant,
  by: z.string(),
  reason: z.string().nullable(),
  deadline_ms: count.nullable(),
});

export const source = z.object({
  source_id: sourceId,
  name: z.string(),
  kind: z.enum(SOURCE_KINDS),
  side: z.enum(SIDES),
  state: z.enum(SOURCE_STATES),
  /** Why it is quarantined, in a sentence. */
  quarantine_reason: z.string().nullable(),
  cordoned: z.boolean(),
  draining: z.boolean(),
  revoked: z.boolean(),
  switches: z.object({ cordoned: switchSet.nullable(), draining: switchSet.nullable(), revoked: switchSet.nullable() }),
  /** In force: pinned by the operator, else as the runner was classified; null before it connected. */
  compute_class: computeClass.nullable(),
  pinned_class: computeClass.nullable(),
  labels,
  /** Slots that were enrolled, that the runner offers now, and that hold an active lease. */
  capacity: positive,
  offered: count,
  in_use: count,
  /** Time since the last sign of life; null when there was none since the plane started. */
  seen_ms_ago: count.nullable(),
  posture,
  confined: z.enum(['confined', 'partly', 'none']),
  doctor: z.object({ at: instant, passed: count, total: count, checks: z.array(doctorCheck) }).nullable(),
  session: z
    .object({
      session_id: sessionId,
      state: z.enum(SESSION_STATES),
      registered_at: instant,
      runner_version: z.string(),
      node_version: z.string(),
      platform: z.string(),
      arch: z.string(),
      cpu_count: count,
      memory_bytes: count,
      gpu: z.string().nullable(),
    })
    .nullable(),
  enrollment: z
    .object({
      enrollment_id: enrollmentId,
      state: z.enum(CREDENTIAL_STATES),
      fingerprint: z.string(),
      expires_in_ms: count,
    })
    .nullable(),
  /** Set where many runners stand behind this source; they are listed under `/pools/{pool_id}`. */
  pool: z.object({ pool_id: poolId, compute_classes: z.array(computeClass), runners: count }).nullable(),
  enrolled_at: instant,
  enrolled_by: z.string(),
});
export type Source = z.infer<typeof source>;

export const sourceListQuery = z.strictObject({
  state: z.string().max(120).optional(),
  side: z.enum(SIDES).optional(),
  q: text(200).optional(),
  cursor: queryCursor.optional(),
  limit: queryLimit,
});
/** Of the whole fleet, whatever a list shows of it; the revoked ones stand in `by_state` alone. */
export const sourceCounts = z.object({
  total: count,
  taking_jobs: count,
  slots: count,
  in_use: count,
  by_state: z.record(z.string(), count),
});
export const sourceList = listOf(source).extend({ counts: sourceCounts });
export type SourceList = z.infer<typeof sourceList>;

/** Peek: the source with its leases and its heartbeats of the last 10 minutes (`true` = came in that interval). */
export const sourceDetail = z.object({
  ...source.shape,
  heartbeat_interval_ms: positive,
  heartbeats: z.array(z.boolean()),
  leases: z.array(
    z.object({
      lease_id: leaseId,
      job_id: z.string(),
      wu_id: z.string(),
      title: z.string(),
      fence: positive,
      attempt: count,
      max_attempts: positive,
      expires_in_ms: count,
      ttl_ms: positive,
    }),
  ),
});
export type SourceDetail = z.infer<typeof sourceDetail>;

export const sourcePatch = z.strictObject({
  name: name.optional(),
  labels: labels.optional(),
  capacity: z.int().min(1).max(CAPACITY_MAX).optional(),
  compute_class: computeClass.nullable().optional(),
});
export const drainBody = z
  .strictObject({ deadline_ms: z.int().min(0).max(86_400_000).optional(), reason: reason.optional() })
  .default({});

export const enrollmentCreate = z.strictObject({
  name,
  kind: z.enum(SOURCE_KINDS),
  compute_class: computeClass.nullable().default(null),
  labels: labels.default({}),
  capacity: z.int().min(1).max(CAPACITY_MAX).default(1),
  ttl_ms: z.int().min(CREDENTIAL_TTL_MIN_MS).max(CREDENTIAL_TTL_MAX_MS).default(CREDENTIAL_TTL_DEFAULT_MS),
});
export type EnrollmentCreate = z.infer<typeof enrollmentCreate>;

const commandSet = z.object({ connect: z.string(), doctor: z.string(), run: z.string() });
export const commands = z.object({ bash: commandSet, powershell: commandSet });
export type Commands = z.infer<typeof commands>;
/** The only answer that ever carries the credential. */
export const enrollmentCreated = z.object({
  enrollment_id: enrollmentId,
  source_id: sourceId,
  credential: z.string(),
  expires_at: instant,
  ttl_ms: positive,
  /** First 8 hexadecimal digits of the credential's SHA-256. */
  fingerprint: z.string(),
  /** True when the printed address is loopback and so reaches this machine only. */
  loopback_only: z.boolean(),
  commands,
});
export type EnrollmentCreated = z.infer<typeof enrollmentCreated>;

/** How far the runner got, for the wizard. */
export const enrollment = z.object({
  enrollment_id: enrollmentId,
  source_id: sourceId,
  state: z.enum(CREDENTIAL_STATES),
  fingerprint: z.string(),
  created_at: instant,
  created_by: z.string(),
  expires_in_ms: count,
});
export type Enrollment = z.infer<typeof enrollment>;
export const enrollmentList = listOf(enrollment);
