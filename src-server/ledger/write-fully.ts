import type { FileOps } from './file-ops.ts';

/**
 * Writes all bytes, going on after short writes.
 * @throws Node's error; part of the bytes may be in the file then.
 */
export async function writeFully(ops: FileOps, fd: number, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const count = await ops.write(fd, bytes, written, bytes.length - written, position + written);
    // A write of nothing that is no error would loop for ever.
    if (count <= 0) throw Object.assign(new Error('write accepted no byte'), { code: 'EIO' });
    written += count;
  }
}

/** Whether the error says that there is no room now, so that the same write may succeed later. */
export function isOutOfSpace(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
