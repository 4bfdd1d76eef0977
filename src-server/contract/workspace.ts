import { z } from 'zod';
import { decisionId, jobId, leaseId, sourceId, workspaceId } from './ids.ts';
import { LEASE_TTL_MAX_MS, LEASE_TTL_MIN_MS } from './limits.ts';
import {
  count,
  fingerprint,
  instant,
  listOf,
  name,
  positive,
  publicKey,
  queryCursor,
  sha256Hex,
  text,
} from './primitives.ts';
import { sourceCounts } from './source.ts';
import {
  ATTEMPT_OUTCOMES,
  DECISION_OUTCOMES,
  JOB_STATES,
  POLICY_MODES,
  RIGHTS,
  ROLES,
  SIDES,
  SOURCE_KINDS,
  SOURCE_STATES,
} from './terms.ts';

export const workspace = z.object({
  workspace_id: workspaceId,
  name: z.string(),
  created_at: instant,
  paused: z.boolean(),
});
export type Workspace = z.infer<typeof workspace>;
export const workspaceList = listOf(workspace);
export const workspaceCreate = z.strictObject({ name });

export const health = z.object({
  status: z.enum(['ok', 'read_only', 'stopping']),
  version: z.string(),
  contract: positive,
  server_time: instant,
});
export type Health = z.infer<typeof health>;

export const settings = z.object({
  name: z.string(),
  lease_ttl_ms: positive,
  /** Budget windows begin by its calendar. */
  time_zone: z.string(),
  /** What a CU is worth, for show in the metering preview; 0 while nobody set it. */
  usd_micros_per_cu: count,
});
export type Settings = z.infer<typeof settings>;
export const settingsPatch = z.strictObject({
  name: name.optional(),
  lease_ttl_ms: z.int().min(LEASE_TTL_MIN_MS).max(LEASE_TTL_MAX_MS).optional(),
  time_zone: z.string().min(1).max(64).optional(),
  usd_micros_per_cu: z.int().min(0).max(1_000_000_000).optional(),
});

export const signInRequest = z.strictObject({ code: z.string().min(16).max(200) });
export const emptyBody = z.strictObject({}).default({});
export const signInCode = z.object({ code: z.string(), expires_in_ms: positive });
export const signInAnswer = z.object({ session_key: z.string() });
/** Who is asking, what they may do, and what the plane behind is. */
export const sessionInfo = z.object({
  operator: z.object({ operator_id: z.string(), name: z.string(), role: z.enum(ROLES) }),
  rights: z.array(z.enum(RIGHTS)),
  workspaces: z.array(workspace),
  /** Workspaces in memory, on virtual clocks; they are not among the others. */
  demos: z.array(workspaceId).default([]),
  plane: z.object({
    version: z.string(),
    fingerprint,
    plane_public_key: publicKey,
    url: z.string(),
    loopback_only: z.boolean(),
    hosted_by: z.enum(['desktop', 'serve']),
  }),
});
export type SessionInfo = z.infer<typeof sessionInfo>;
export const operatorCreate = z.strictObject({ name: text(60), role: z.enum(ROLES) });
export const operatorItem = z.object({
  operator_id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  created_at: instant,
  revoked_at: instant.nullable(),
});
export const operatorList = listOf(operatorItem);
export const operatorCreated = operatorItem.extend({ token: z.string() });

/** One row of the assignment stream. */
export const recentDecision = z.object({
  decision_id: decisionId,
  seq: count,
  label: z.string(),
  at: instant,
  outcome: z.enum(DECISION_OUTCOMES),
  sentence: z.string(),
  job_id: jobId.nullable(),
  wu_id: z.string().nullable(),
  title: z.string().nullable(),
  job_state: z.enum(JOB_STATES).nullable(),
  source_id: sourceId.nullable(),
  source_name: z.string().nullable(),
});
export type RecentDecision = z.infer<typeof recentDecision>;

/** A bar on the lanes: from the grant to the lease's end, or to now while it lives. */
export const laneSpan = z.object({
  lease_id: leaseId,
  job_id: jobId,
  wu_id: z.string(),
  from_ms_ago: count,
  to_ms_ago: count,
  outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
  /** Live, and no renewal within the lease's time. */
  late: z.boolean(),
});
export const lane = z.object({
  source_id: sourceId,
  name: z.string(),
  kind: z.enum(SOURCE_KINDS),
  side: z.enum(SIDES),
  in_use: count,
  spans: z.array(laneSpan),
});
export type Lane = z.infer<typeof lane>;

export const overviewQuery = z.strictObject({ range: z.enum(['1h', '6h', '24h']).default('1h') });
export const overview = z.object({
  seq: count,
  at: instant,
  workspace,
  policy: z.object({ version: count, mode: z.enum(POLICY_MODES), fallback_after_ms: count }),
  /** Newest fencing token given out; 0 before the first grant. */
  fence: count,
  chain: z.object({
    seq: count,
    head: sha256Hex,
    verified: z.boolean(),
    /** Why the last signed head cannot be written outside of the data directory; null while it can. */
    anchor_problem: z.string().nullable(),
  }),
  leases: z.object({
    active: count,
    slots: count,
    sources: count,
    expiring: count,
    next_expiry_in_ms: count.nullable(),
  }),
  queue: z.object({ depth: count, held: count, joined_5m: count, left_5m: count }),
  oldest_wait: z.object({ job_id: jobId, wu_id: z.string(), wait_ms: count }).nullable(),
  refusals_24h: z.object({ total: count, budget: count, policy: count, network: count, other: count }),
  /** Managed use since midnight in the workspace's time zone; a metering preview. */
  managed_today: z.object({ spent_mcu: count, held_mcu: count }),
  /** Samples of equal distance, oldest first; kept in memory since the plane started. */
  series: z.object({
    interval_ms: positive,
    active: z.array(count),
    queued: z.array(count),
    oldest_wait_ms: z.array(count),
    refusals: z.array(count),
  }),
  job_counts: z.record(z.enum(JOB_STATES), count),
  lanes: z.array(lane),
  range_ms: positive,
  decisions: z.array(recentDecision),
  sources: z.array(
    z.object({
      source_id: sourceId,
      name: z.string(),
      kind: z.enum(SOURCE_KINDS),
      side: z.enum(SIDES),
      state: z.enum(SOURCE_STATES),
      cordoned: z.boolean(),
      draining: z.boolean(),
      revoked: z.boolean(),
      in_use: count,
      capacity: count,
      seen_ms_ago: count.nullable(),
    }),
  ),
  source_counts: sourceCounts,
  /** Questions that wait for a person, all of them. */
  questions: z.object({ approvals: count, admissions: count }),
  needs_you: z.array(
    z.object({
      kind: z.enum(['approval', 'lease', 'source', 'dead_letter', 'paused']),
      title: z.string(),
      detail: z.string(),
      job_id: jobId.nullable(),
      source_id: sourceId.nullable(),
    }),
  ),
});
export type Overview = z.infer<typeof overview>;

/** One line of the evidence log. `line` holds the exact bytes. */
export const evidenceItem = z.object({
  seq: count,
  at: instant,
  types: z.array(z.string()),
  ref: z.record(z.string(), z.union([z.string(), z.int()])),
  actor: z.object({ kind: z.string(), id: z.string() }),
  sha256: sha256Hex,
  line: z.string(),
  /** Names as they are now, of the job and the source that `ref` points at and of the runner that wrote it; null where there is none. */
  about: z.object({
    wu_id: z.string().nullable(),
    source_name: z.string().nullable(),
    writer_name: z.string().nullable(),
  }),
});
export type EvidenceItem = z.infer<typeof evidenceItem>;
export const evidenceList = listOf(evidenceItem);
export const evidenceQuery = z.strictObject({
  from: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional(),
  job_id: jobId.optional(),
  /** Where the page before ended; stands before `from`. */
  cursor: queryCursor.optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(200))
    .default(50),
});

export const countsAnswer = z.object({ seq: count, canceled: count, paused: z.boolean() });
