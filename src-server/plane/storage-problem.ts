import { ProblemError } from '../contract/problems.ts';
import { LogError } from '../ledger/errors.ts';

/** A full disk is looked at again this often. */
export const STORAGE_RETRY_MS = 1_000;

/** What the log said of the disk, as the problem that the caller is told; anything else stays what it is. */
export function storageProblem(error: unknown): unknown {
  if (!(error instanceof LogError)) return error;
  return error.code === 'storage.full'
    ? new ProblemError('storage.full', 'Free some space on the disk of the data directory; nothing was recorded.', {
        retry_after_ms: STORAGE_RETRY_MS,
      })
    : new ProblemError(
        'storage.failed',
        'The disk of the data directory failed. Check it, then start the control plane again.',
      );
}
