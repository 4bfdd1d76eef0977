import { z } from 'zod';
import { jobId } from './ids.ts';
import { count, fingerprint, wuId } from './primitives.ts';

/** What goes into a bundle: a job, the jobs of a work unit, a range of the log with both ends, or all of it. */
export const exportRequest = z.union([
  z.strictObject({ job_id: jobId }),
  z.strictObject({ wu_id: wuId }),
  z.strictObject({ from: count, to: count }),
  z.strictObject({ all: z.literal(true) }),
]);
export type ExportRequest = z.infer<typeof exportRequest>;

export const bundleCheck = z.object({ id: z.string(), passed: z.boolean(), detail: z.string() });
/** What a verification came to; `exit_code` is that of `evidence verify`. */
export const verifyAnswer = z.object({
  exit_code: z.int().min(0).max(4),
  intact: z.boolean(),
  checks: z.array(bundleCheck),
});
/** The fingerprint that a bundle is held against; that of this plane when it is left out. */
export const verifyQuery = z.strictObject({ key: fingerprint.optional() });
