import { z } from 'zod';
import { approval } from './approval.ts';
import { budgetLimit } from './budget.ts';
import { jobListItem } from './job.ts';
import { lease } from './lease.ts';

import { count, instant } from './primitives.ts';
import { source } from './source.ts';

/** `event: change`, `id: <seq>`: one entry and the rows it changed, each in the shape of its list. */
export const streamChange = z.object({
  seq: count,
  at: instant,
  types: z.array(z.string()),
  ref: z.record(z.string(), z.union([z.string(), z.int()])),
  rows: z.object({
    jobs: z.array(jobListItem).optional(),
    leases: z.array(lease).optional(),
    sources: z.array(source).optional(),
    approvals: z.array(approval).optional(),
    budgets: z.array(budgetLimit).optional(),
  }),
});
export type StreamChange = z.infer<typeof streamChange>;

/** `event: pulse`, no id: volatile figures that moved, at most every 2 s. */
export const streamPulse = z.object({
  leases: z.record(z.string(), count),
  sources: z.record(z.string(), count),
});
export type StreamPulse = z.infer<typeof streamPulse>;
/** `event: reset`: the resume point is too far back; fetch again and open from the answer's CC-Seq. */
export const streamReset = z.object({ seq: count });
