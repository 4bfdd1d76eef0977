import { z } from 'zod';
import { poolId, poolTokenId, sessionId, sourceId } from './ids.ts';
import { CAPACITY_MAX } from './limits.ts';
import { count, instant, labels, listOf, name, positive, reason } from './primitives.ts';
import { commands } from './source.ts';
import { COMPUTE_CLASSES, computeClass, SESSION_STATES, SIDES, SOURCE_KINDS, SOURCE_STATES } from './terms.ts';

/** A pool: one source, many runners. Its capacity bounds the sum of their slots. */
export const poolCreate = z.strictObject({
  name,
  side: z.enum(SIDES).default('managed'),
  /** Of a BYOC pool: what its runners are. A managed pool is always of the kind `managed_pool`. */
  kind: z.enum(['ci_runner', 'docker_host', 'kubernetes_worker']).default('ci_runner'),
  compute_classes: z
    .array(computeClass)
    .min(1)
    .max(COMPUTE_CLASSES.length)
    .refine((classes) => new Set(classes).size === classes.length, 'names a class twice')
    .default(['cpu-small']),
  capacity: z.int().min(1).max(CAPACITY_MAX).default(1),
  labels: labels.default({}),
});
export type PoolCreate = z.infer<typeof poolCreate>;

/** What of a pool can change. Runners keep the class they came with; a class that is gone is taken by no further one. */
export const poolPatch = z
  .strictObject({
    name: name.optional(),
    compute_classes: z
      .array(computeClass)
      .min(1)
      .max(COMPUTE_CLASSES.length)
      .refine((classes) => new Set(classes).size === classes.length, 'names a class twice')
      .optional(),
    capacity: z.int().min(1).max(CAPACITY_MAX).optional(),
    labels: labels.optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'names nothing to change');
export type PoolPatch = z.infer<typeof poolPatch>;

export const pool = z.object({
  pool_id: poolId,
  source_id: sourceId,
  name: z.string(),
  side: z.enum(SIDES),
  kind: z.enum(SOURCE_KINDS),
  /** As the source: the best state of any of its runners. */
  state: z.enum(SOURCE_STATES),
  compute_classes: z.array(computeClass),
  /** Slots in all, slots that live runners offer, and slots that hold an active lease. */
  capacity: positive,
  offered: count,
  in_use: count,
  revoked: z.boolean(),
  /** Runners by health; ended ones are not counted. */
  runners: z.object({ online: count, late: count, offline: count, quarantined: count }),
  /** Registration tokens in force. */
  tokens: count,
  created_at: instant,
  created_by: z.string(),
});
export type Pool = z.infer<typeof pool>;
export const poolList = listOf(pool);

/** A registration token as it is listed: never the token itself. */
export const poolToken = z.object({
  token_id: poolTokenId,
  compute_class: computeClass.nullable(),
  /** First 8 hexadecimal digits of the token's SHA-256. */
  fingerprint: z.string(),
  created_at: instant,
  created_by: z.string(),
  revoked_at: instant.nullable(),
  /** Live runners that registered with it. */
  runners: count,
});
export type PoolToken = z.infer<typeof poolToken>;

/** One runner of a pool. */
export const poolRunner = z.object({
  session_id: sessionId,
  token_id: poolTokenId,
  state: z.enum(SESSION_STATES),
  health: z.enum(SOURCE_STATES),
  /** Why it is quarantined or offline. */
  health_reason: z.string().nullable(),
  /** The class it takes jobs as, and the one of its own hardware. */
  compute_class: computeClass,
  own_class: computeClass.nullable(),
  labels,
  confined: z.enum(['confined', 'partly', 'none']),
  offered: count,
  in_use: count,
  seen_ms_ago: count.nullable(),
  registered_at: instant,
  platform: z.string(),
  arch: z.string(),
  runner_version: z.string(),
});
export type PoolRunner = z.infer<typeof poolRunner>;
/** The newest 200 tokens and runners of a pool stand in its own answer. */
export const poolDetail = z.object({ ...pool.shape, token_list: z.array(poolToken), runner_list: z.array(poolRunner) });
export type PoolDetail = z.infer<typeof poolDetail>;

export const poolTokenCreate = z
  .strictObject({ compute_class: computeClass.nullable().default(null) })
  .default({ compute_class: null });
/** The only answer that ever carries the token. */
export const poolTokenCreated = z.object({
  token: z.string(),
  token_id: poolTokenId,
  pool_id: poolId,
  compute_class: computeClass.nullable(),
  fingerprint: z.string(),
  /** True when the printed address is loopback and so reaches this machine only. */
  loopback_only: z.boolean(),
  commands,
});
export type PoolTokenCreated = z.infer<typeof poolTokenCreated>;
export const poolTokenRevoke = z
  .strictObject({
    reason: reason.optional(),
    /** Also end the runners that registered with it, and fence what they run. */
    end_sessions: z.boolean().default(false),
  })
  .default({ end_sessions: false });
