import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { ProblemError } from '../../contract/problems.ts';
import type { BlobStore, StoredBlob } from '../files-port.ts';
import type { Random } from '../random.ts';

const DIGEST = /^[0-9a-f]{64}$/;

/** Blobs as files `sha256/<first 2>/<sha256>`; a name is only ever a digest, never anything that came from outside. */
export class FileBlobs implements BlobStore {
  constructor(
    private readonly directory: string,
    private readonly random: Random,
  ) {
    mkdirSync(`${directory}/tmp`, { recursive: true, mode: 0o700 });
  }

  async sizeOf(sha256: string): Promise<number | null> {
    try {
      return (await stat(this.path(sha256))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async put(bytes: Readable | Uint8Array, limits: { expectedSha256?: string; maxBytes: number }): Promise<StoredBlob> {
    const temp = `${this.directory}/tmp/${this.random.bytes(12).toString('hex')}`;
    const file = await open(temp, 'wx', 0o600).catch(storageProblem);
    try {
      const stored = await receive(file, bytes instanceof Readable ? bytes : Readable.from([bytes]), limits.maxBytes);
      if (limits.expectedSha256 !== undefined && limits.expectedSha256 !== stored.sha256) {
        throw new ProblemError(
          'digest.mismatch',
          `The bytes have the digest ${stored.sha256}. Send them again with the right one.`,
        );
      }
      await file.sync();
      await file.close();
      await mkdir(`${this.directory}/sha256/${stored.sha256.slice(0, 2)}`, { recursive: true, mode: 0o700 });
      await rename(temp, this.path(stored.sha256));
      await syncDirectory(`${this.directory}/sha256/${stored.sha256.slice(0, 2)}`);
      return stored;
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(temp, { force: true });
      return storageProblem(error);
    }
  }

  open(sha256: string): Readable {
    return createReadStream(this.path(sha256));
  }

  private path(sha256: string): string {
    if (!DIGEST.test(sha256)) throw new ProblemError('not_found', 'There are no such bytes.');
    return `${this.directory}/sha256/${sha256.slice(0, 2)}/${sha256}`;
  }
}

async function receive(file: FileHandle, bytes: Readable, maxBytes: number): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new ProblemError('body.too_large', `The limit is ${maxBytes} bytes.`);
    hash.update(chunk);
    await file.write(chunk);
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().catch(() => undefined);
  await handle.close();
}

/** A disk without room is a problem with a next step; anything else stays what it is. */
function storageProblem(error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    throw new ProblemError('storage.full', 'Free some space on the disk of the data directory; nothing was stored.');
  throw error;
}
