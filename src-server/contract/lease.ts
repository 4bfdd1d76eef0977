import { z } from 'zod';
import { jobId, leaseId, sessionId, sourceId } from './ids.ts';
import { count, instant, listOf, positive, queryCursor, queryLimit } from './primitives.ts';
import { LEASE_STATES } from './terms.ts';

export const lease = z.object({
  lease_id: leaseId,
  job_id: jobId,
  wu_id: z.string(),
  title: z.string(),
  attempt: count,
  fence: positive,
  source_id: sourceId,
  source_name: z.string(),
  session_id: sessionId,
  state: z.enum(LEASE_STATES),
  granted_at: instant,
  started_at: instant.nullable(),
  ended_at: instant.nullable(),
  ttl_ms: positive,
  /** To the end of its time plus grace, when the plane takes over; null when it ended. */
  expires_in_ms: count.nullable(),
  runtime_left_ms: count.nullable(),
  renewals: count,
  max_runtime_ms: positive,
  stopping: z.boolean(),
  /** The workspace as it was when the lease ended; of a live one, when it was granted. */
  replay_path: z.string(),
});
export type Lease = z.infer<typeof lease>;
export const leaseListQuery = z.strictObject({
  state: z.enum(LEASE_STATES).optional(),
  source_id: sourceId.optional(),
  cursor: queryCursor.optional(),
  limit: queryLimit,
});
export const leaseList = listOf(lease);
