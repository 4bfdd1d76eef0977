import { z } from 'zod';
import { sourceId, workspaceId } from './ids.ts';
import { jobListItem } from './job.ts';
import { lease } from './lease.ts';
import { count, instant, positive } from './primitives.ts';
import { source } from './source.ts';
import { POLICY_MODES } from './terms.ts';
import { evidenceItem } from './workspace.ts';

/** What one may do to a runner of a demo. */
export const DEMO_CHAOS = ['kill', 'pause', 'partition', 'skew', 'slow_disk'] as const;
export type DemoChaos = (typeof DEMO_CHAOS)[number];
/** Virtual seconds in one second. */
export const DEMO_SPEEDS = [1, 4, 16, 60] as const;
/** The promises that a demo shows beside its chaos, judged from its log by rules of their own. */
export const DEMO_INVARIANTS = ['I1', 'I2', 'I7', 'I5'] as const;

export const demoScenario = z.object({ name: z.string(), title: z.string(), about: z.string(), duration_ms: count });
export type DemoScenario = z.infer<typeof demoScenario>;
export const demoScenarios = z.object({ items: z.array(demoScenario) });
export const demoStart = z.strictObject({ scenario: z.string().max(100) });

/** What the viewer wants of a demo. */
export const demoSteer = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('play'), speed: z.union(DEMO_SPEEDS.map((speed) => z.literal(speed))).optional() }),
  z.strictObject({ do: z.literal('pause') }),
  /** To the next, or the last, moment at which something was told. */
  z.strictObject({ do: z.literal('step'), to: z.enum(['next', 'previous']) }),
  /** To a moment, also one that is past: the story is then played again from its seed up to there. */
  z.strictObject({ do: z.literal('seek'), at_ms: z.int().min(0).max(86_400_000) }),
  z.strictObject({ do: z.literal('chaos'), runner: z.string().max(100), kind: z.enum(DEMO_CHAOS), on: z.boolean() }),
  /** The same workspace with another story, or the same one from its beginning. */
  z.strictObject({ do: z.literal('choose'), scenario: z.string().max(100) }),
]);
export type DemoSteer = z.infer<typeof demoSteer>;

/** A line of the story at its moment; `notes` are what was checked there. */
export const demoLine = z.object({
  at_ms: count,
  text: z.string(),
  notes: z.array(z.object({ holds: z.boolean(), text: z.string() })),
});
export const demoMark = z.object({ at_ms: count, type: z.string() });

/** A demo as it stands: a plane in memory on a virtual clock, with its own workspace that all other routes can read. */
export const demo = z.object({
  workspace_id: workspaceId,
  scenario: z.string(),
  state: z.enum(['playing', 'paused', 'over']),
  speed: z.union(DEMO_SPEEDS.map((speed) => z.literal(speed))),
  /** Virtual time since the beginning, and when it ends by itself. */
  at_ms: count,
  ends_at_ms: count,
  /** The virtual wall clock at the beginning. */
  begins: instant,
  /** Rises whenever time went back: what was known of the workspace is then no longer so. */
  run: positive,
  /** Somebody interfered: runners work by themselves. */
  is_free: z.boolean(),
  story: z.array(demoLine),
  /** Lines that are still to come, while nobody interfered. */
  ahead: z.array(z.object({ at_ms: count, text: z.string() })),
  marks: z.array(demoMark),
  chaos: z.array(z.object({ source_id: sourceId, runner: z.string(), kinds: z.array(z.enum(DEMO_CHAOS)) })),
  invariants: z.array(z.object({ id: z.enum(DEMO_INVARIANTS), holds: z.boolean(), detail: z.string().nullable() })),
  chain_holds: z.boolean(),
  entries: count,
  policy: z.object({ version: count, mode: z.enum(POLICY_MODES) }),
  fence: count,
  sources: z.array(source),
  jobs: z.array(jobListItem),
  leases: z.array(lease),
  /** Newest entries of its log, newest first. */
  evidence: z.array(evidenceItem),
});
export type Demo = z.infer<typeof demo>;
