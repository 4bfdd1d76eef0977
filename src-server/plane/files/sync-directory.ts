import { open } from 'node:fs/promises';

/** File systems that cannot sync a directory say one of these; they need no sync of it either. */
const NOT_OFFERED: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM', 'EACCES']);

/** Makes the names in a directory durable: a file that was renamed into it is there after a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NOT_OFFERED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
