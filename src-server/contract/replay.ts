import { z } from 'zod';
import { budgets } from './budget.ts';
import { decisionRecord } from './decision.ts';
import { jobList } from './job.ts';
import { lease } from './lease.ts';
import { policy } from './policy.ts';
import { count, instant, listOf, positive, queryCount, queryCursor } from './primitives.ts';
import { sourceList } from './source.ts';
import { lane, laneSpan, overview } from './workspace.ts';

export const REPLAY_VIEWS = ['overview', 'sources', 'jobs', 'leases', 'budgets', 'routing_policy'] as const;

/** `at`: the last entry that counts. `view` asks for one part alone, and `cursor` for its next page. */
export const replayQuery = z
  .strictObject({ at: queryCount, view: z.enum(REPLAY_VIEWS).optional(), cursor: queryCursor.optional() })
  .refine(
    (q) => q.cursor === undefined || q.view === 'sources' || q.view === 'jobs' || q.view === 'leases',
    'cursor goes with view=sources, view=jobs or view=leases',
  );

const pastLane = lane.extend({ spans: z.array(laneSpan.extend({ late: z.boolean().nullable() })) });

/**
 * The workspace right after one entry. Each part has the shape of its own route; what lived only in memory then (signs of life,
 * deadlines, renewals, stop requests, samples) is null. Parts that were not asked for are null.
 */
export const replayAnswer = z.object({
  at_seq: count,
  at: instant,
  overview: overview
    .extend({
      leases: overview.shape.leases.extend({ expiring: count.nullable() }),
      series: overview.shape.series.nullable(),
      lanes: z.array(pastLane),
    })
    .nullable(),
  sources: sourceList.nullable(),
  jobs: jobList.nullable(),
  leases: listOf(lease.extend({ renewals: count.nullable(), stopping: z.boolean().nullable() })).nullable(),
  budgets: budgets.extend({ waiting_jobs: count.nullable() }).nullable(),
  routing_policy: policy.nullable(),
});
export type ReplayAnswer = z.infer<typeof replayAnswer>;

/** A recorded decision, and what today's functions make of what was known then. */
export const decisionReplay = z.object({
  same: z.boolean(),
  /** The verdict in words, with the versions of the functions. */
  sentence: z.string(),
  recorded: decisionRecord,
  recomputed: decisionRecord.pick({
    outcome: true,
    source_id: true,
    sentence: true,
    policy_version: true,
    compute_class: true,
    candidates: true,
    budget: true,
    crossing: true,
  }),
  /** One sentence for each point that differs. */
  differences: z.array(z.string()),
  function_version: z.object({
    /** Null where the record is older than the numbering. */
    recorded: positive.nullable(),
    now: positive,
  }),
});
export type DecisionReplay = z.infer<typeof decisionReplay>;
