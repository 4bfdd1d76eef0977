import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { ProblemError } from '../../contract/problems.ts';
import type { BlobStore, StoredBlob } from '../files-port.ts';
import type { Random } from '../random.ts';
import { fileProblem } from './file-problem.ts';
import { syncDirectory } from './sync-directory.ts';

const DIGEST = /^[0-9a-f]{64}$/;
const TEMP_NAME_BYTES = 12;

/** Blobs as files `sha256/<first 2>/<sha256>`; a name is only ever a digest, never anything that came from outside. */
export class FileBlobs implements BlobStore {
  constructor(
    private readonly directory: string,
    private readonly random: Random,
    isReadOnly = false,
  ) {
    if (isReadOnly) return;
    // What an earlier process did not finish belongs to nobody.
    rmSync(`${directory}/tmp`, { recursive: true, force: true });
    mkdirSync(`${directory}/tmp`, { recursive: true, mode: 0o700 });
  }

  async sizeOf(sha256: string): Promise<number | null> {
    if (!DIGEST.test(sha256)) return null;
    try {
      return (await stat(this.path(sha256))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw fileProblem(error);
    }
  }

  async put(bytes: Readable | Uint8Array, limits: { expectedSha256?: string; maxBytes: number }): Promise<StoredBlob> {
    const temp = `${this.directory}/tmp/${this.random.bytes(TEMP_NAME_BYTES).toString('hex')}`;
    try {
      const stored = await this.receive(temp, bytes, limits.maxBytes);
      if (limits.expectedSha256 !== undefined && limits.expectedSha256 !== stored.sha256) {
        throw new ProblemError(
          'digest.mismatch',
          `The bytes have the digest ${stored.sha256}. Send them again with the right one.`,
        );
      }
      await this.adopt(temp, stored.sha256);
      return stored;
    } catch (error) {
      await rm(temp, { force: true }).catch(() => undefined);
      throw fileProblem(error);
    }
  }

  open(sha256: string): Readable {
    return createReadStream(this.path(sha256));
  }

  private async receive(temp: string, bytes: Readable | Uint8Array, maxBytes: number): Promise<StoredBlob> {
    const file = await open(temp, 'wx', 0o600);
    try {
      const stored = await write(file, bytes instanceof Readable ? bytes : Readable.from([bytes]), maxBytes);
      await file.sync();
      return stored;
    } finally {
      await file.close();
    }
  }

  /** Gives a finished file its name, durably. The same bytes under the same name are no change. */
  private async adopt(temp: string, sha256: string): Promise<void> {
    const all = `${this.directory}/sha256`;
    const folder = `${all}/${sha256.slice(0, 2)}`;
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(temp, this.path(sha256));
    await syncDirectory(folder);
    if (made !== undefined) {
      await syncDirectory(all);
      await syncDirectory(this.directory);
    }
  }

  private path(sha256: string): string {
    if (!DIGEST.test(sha256)) throw new ProblemError('not_found', 'There are no such bytes in this workspace.');
    return `${this.directory}/sha256/${sha256.slice(0, 2)}/${sha256}`;
  }
}

async function write(file: FileHandle, bytes: Readable, maxBytes: number): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes)
      throw new ProblemError('body.too_large', `Send at most ${maxBytes} bytes; split what is larger.`);
    hash.update(chunk);
    // Goes on after a short write, which a single write does not.
    await file.writeFile(chunk);
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}
