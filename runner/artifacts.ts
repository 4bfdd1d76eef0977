import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { OutputFile } from './output-files.ts';
import type { PlaneAnswer, PlaneRequest } from './plane-client.ts';
import type { OutputRef } from './wire.ts';

const READ_BYTES = 64 * 1024;
/** For a whole upload of up to 1 GiB. */
const TIMEOUT_MS = 15 * 60_000;
/** FIFOs block on opening without O_NONBLOCK, and links are not followed. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A file that changed since it was found: refused, not tried again. */
export class OutputChanged extends Error {
  constructor(path: string) {
    super(`${path} is no longer the plain file that was found.`);
    this.name = 'OutputChanged';
  }
}

/** Reads exactly `sizeBytes` from the start, whatever else is done to the file meanwhile. */
async function* readExactly(file: FileHandle, sizeBytes: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < sizeBytes; ) {
    const wanted = Math.min(READ_BYTES, sizeBytes - offset);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, offset);
    if (bytesRead === 0) throw new Error('the file became shorter');
    offset += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function openOutput(workDir: string, { path, sizeBytes }: OutputFile): Promise<FileHandle> {
  const file = await open(join(workDir, path), OPEN_FLAGS).catch(() => null);
  const info = await file?.stat();
  if (file === null || !info?.isFile() || info.nlink !== 1 || info.size !== sizeBytes) {
    await file?.close();
    throw new OutputChanged(path);
  }
  return file;
}

/** Path and headers with which an output is stored: the path is one segment, the digest is that of the bytes. */
export function artifactRequest(
  leaseId: string,
  fence: number,
  path: string,
  digest: Buffer,
): Pick<PlaneRequest, 'path' | 'headers'> {
  return {
    path: `/api/v1/runtime/leases/${leaseId}/artifacts/${encodeURIComponent(path)}`,
    headers: { 'repr-digest': `sha-256=:${digest.toString('base64')}:`, 'cc-fence': String(fence) },
  };
}

/**
 * Digests one output and stores it. Throws OutputChanged, PlaneProblem or PlaneUnreachable; after the last it may be
 * called again, because storing the same bytes twice changes nothing.
 */
export async function storeOutput(
  output: OutputFile,
  lease: { leaseId: string; fence: number; workDir: string },
  send: (request: PlaneRequest) => Promise<PlaneAnswer>,
  signal: AbortSignal,
): Promise<OutputRef> {
  const file = await openOutput(lease.workDir, output);
  try {
    const hash = createHash('sha256');
    for await (const chunk of readExactly(file, output.sizeBytes)) hash.update(chunk);
    const digest = hash.digest();
    await send({
      method: 'PUT',
      ...artifactRequest(lease.leaseId, lease.fence, output.path, digest),
      bytes: { stream: () => Readable.from(readExactly(file, output.sizeBytes)), lengthBytes: output.sizeBytes },
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    return { path: output.path, sha256: digest.toString('hex'), size_bytes: output.sizeBytes };
  } finally {
    await file.close();
  }
}
