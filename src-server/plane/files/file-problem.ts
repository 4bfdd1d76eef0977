import { ProblemError } from '../../contract/problems.ts';

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
const FAILED: ReadonlySet<string> = new Set(['EIO', 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE']);

/** What the disk said, as the problem that its caller is told; anything else stays what it is. */
export function fileProblem(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (FULL.has(code))
    return new ProblemError('storage.full', 'Free some space on the disk of the data directory; nothing was stored.');
  if (FAILED.has(code))
    return new ProblemError(
      'storage.failed',
      'The disk of the data directory failed. Check it, then start the control plane again.',
    );
  return error;
}
