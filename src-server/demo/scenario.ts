import { z } from 'zod';
import { networkGrant, privateNetwork } from '../contract/admission.ts';
import { budgetLimitPut } from '../contract/budget.ts';
import { jobSubmit } from '../contract/job.ts';
import {
  FALLBACK_MODES,
  HOLD_REASONS,
  JOB_STATES,
  POLICY_MODES,
  SOURCE_KINDS,
  SOURCE_STATES,
} from '../contract/terms.ts';

const runner = z.string();
const say = z.string().optional();
const by = z.string();
/** `accepted`, or the problem code with which it is refused. */
const expected = z.string().default('accepted');
/** What people do: each is taken, or refused with the code that the story expects. */
const GOVERN_STEPS = [
  z.strictObject({
    do: z.literal('decide'),
    job: z.string(),
    decision: z.enum(['approved', 'rejected']),
    by,
    reason: z.string().optional(),
    expect: expected,
    say,
  }),
  z.strictObject({
    do: z.literal('edit'),
    job: z.string(),
    change: z.record(z.string(), z.unknown()),
    by,
    expect: expected,
    say,
  }),
  z.strictObject({
    do: z.literal('request_admission'),
    admission: z.string(),
    network: privateNetwork,
    runner,
    hosts: z.array(networkGrant),
    expires_ms: z.int().nullable().default(null),
    by,
    expect: expected,
    say,
  }),
  z.strictObject({
    do: z.literal('decide_admission'),
    admission: z.string(),
    decision: z.enum(['granted', 'rejected']),
    by,
    expect: expected,
    say,
  }),
  z.strictObject({ do: z.literal('revoke_admission'), admission: z.string(), by, expect: expected, say }),
  z.strictObject({
    do: z.literal('drain'),
    runner,
    deadline_ms: z.int().nullable().default(null),
    reason: z.string().optional(),
    by,
    expect: expected,
    say,
  }),
  z.strictObject({ do: z.literal('resume'), runner, reason: z.string().optional(), by, expect: expected, say }),
] as const;
export type GovernStep = z.infer<(typeof GOVERN_STEPS)[number]>;

/** One thing that happens, or is expected. `say` is told before it. */
export const step = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('tell'), say: z.string() }),
  z.strictObject({
    do: z.literal('enroll'),
    runner,
    kind: z.enum(SOURCE_KINDS),
    capacity: z.int().default(1),
    labels: z.record(z.string(), z.string()).default({}),
    cpu_count: z.int().default(2),
    say,
  }),
  z.strictObject({
    do: z.literal('policy'),
    mode: z.enum(POLICY_MODES),
    fallback: z.enum(FALLBACK_MODES),
    after_ms: z.int(),
    four_eyes: z.boolean().default(false),
    say,
  }),
  ...GOVERN_STEPS,
  /** Puts limits in force in the place of those before. */
  z.strictObject({ do: z.literal('budgets'), limits: z.array(budgetLimitPut), say }),
  /** What a scope has spent in all, and holds now. */
  z.strictObject({ do: z.literal('expect_budget'), scope: z.string(), spent_mcu: z.int(), held_mcu: z.int(), say }),
  z.strictObject({ do: z.literal('submit'), job: z.string(), spec: jobSubmit, say }),
  /** The runner asks for work and takes what it gets. */
  z.strictObject({ do: z.literal('claim'), runner, expect: z.enum(['work', 'nothing']), say }),
  z.strictObject({ do: z.literal('start'), runner, say }),
  z.strictObject({ do: z.literal('heartbeat'), runner, say }),
  /** From here on the runner is silent: it is cut off, asleep or dead. */
  z.strictObject({ do: z.literal('silence'), runner, say }),
  z.strictObject({
    do: z.literal('complete'),
    runner,
    outcome: z.enum(['succeeded', 'failed', 'canceled']).default('succeeded'),
    expect: z.enum(['accepted', 'rejected']).default('accepted'),
    say,
  }),
  /** Virtual time passes; every runner that is not silent sends its heartbeats. */
  z.strictObject({ do: z.literal('wait'), ms: z.int().positive(), say }),
  z.strictObject({
    do: z.literal('expect_job'),
    job: z.string(),
    state: z.enum(JOB_STATES).optional(),
    hold: z.enum(HOLD_REASONS).optional(),
    attempt: z.int().optional(),
    why_has: z.string().optional(),
    fence_above_first: z.boolean().optional(),
    rejected_writes: z.int().optional(),
    say,
  }),
  z.strictObject({ do: z.literal('expect_source'), runner, state: z.enum(SOURCE_STATES), say }),
]);
export type Step = z.infer<typeof step>;

/** A story that the plane itself plays: data only, so that anyone can read it and write another. */
export const scenario = z.strictObject({
  name: z.string(),
  title: z.string(),
  about: z.string(),
  seed: z.int(),
  start: z.string(),
  steps: z.array(step).min(1),
});
export type Scenario = z.infer<typeof scenario>;
