import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises';
import { LOG_KEPT_LIMIT_BYTES } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { StreamEnd } from '../files-port.ts';
import { fileProblem } from './file-problem.ts';

const READ_BYTES = 256 * 1024;
const NOT_WRITABLE: ReadonlySet<string | undefined> = new Set(['EROFS', 'EACCES', 'EPERM']);

/**
 * One output stream of one attempt: a file of what is kept and, once more came than that, a count of it beside the file.
 * Writes follow each other; a failed sync ends it, because nobody knows then what the disk holds.
 */
export class LogFile {
  private tail: Promise<unknown> = Promise.resolve();
  private durableBytes = 0;
  private hasFailed = false;

  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    /** Bytes in the file. */
    private keptBytes: number,
    /** Bytes that came in all. */
    private sizeBytes: number,
  ) {}

  /** @returns null when the stream was never written and is not to be made. */
  static async open(path: string, isMade: boolean): Promise<LogFile | null> {
    try {
      const file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
        // On a disk that cannot be written it can still be read.
        if (!isMade && NOT_WRITABLE.has(error.code)) return open(path, 'r');
        if (error.code !== 'ENOENT') throw error;
        return isMade ? open(path, 'wx+', 0o600) : null;
      });
      if (file === null) return null;
      const keptBytes = (await file.stat()).size;
      const counted = Number(await readFile(`${path}.size`, 'utf8').catch(() => '0')) || 0;
      return new LogFile(file, path, keptBytes, Math.max(keptBytes, counted));
    } catch (error) {
      throw fileProblem(error);
    }
  }

  get isDirty(): boolean {
    return this.durableBytes < this.sizeBytes;
  }

  /** @throws ProblemError `conflict.log_gap`, `storage.full`, `storage.failed`. */
  append(offset: number, bytes: Uint8Array): Promise<{ nextOffset: number; durableOffset: number }> {
    return this.inTurn(async () => {
      this.assertSound();
      if (offset > this.sizeBytes) {
        throw new ProblemError('conflict.log_gap', `Send this stream again from byte ${this.sizeBytes} on.`, {
          expected_offset: this.sizeBytes,
        });
      }
      const fresh = bytes.subarray(Math.min(bytes.length, this.sizeBytes - offset));
      const kept = fresh.subarray(0, Math.max(0, LOG_KEPT_LIMIT_BYTES - this.keptBytes));
      await this.write(kept);
      this.keptBytes += kept.length;
      this.sizeBytes += fresh.length;
      return { nextOffset: this.sizeBytes, durableOffset: this.durableBytes };
    });
  }

  async read(offset: number, limitBytes: number): Promise<{ bytes: Buffer; sizeBytes: number; isTruncated: boolean }> {
    await this.tail;
    const { keptBytes, sizeBytes } = this;
    const bytes = Buffer.alloc(Math.max(0, Math.min(limitBytes, keptBytes - offset)));
    const { bytesRead } = bytes.length === 0 ? { bytesRead: 0 } : await this.file.read(bytes, 0, bytes.length, offset);
    return { bytes: bytes.subarray(0, bytesRead), sizeBytes: keptBytes, isTruncated: sizeBytes > keptBytes };
  }

  /** Makes everything that came until now durable. @throws ProblemError `storage.full`, `storage.failed`. */
  sync(): Promise<void> {
    return this.inTurn(async () => {
      this.assertSound();
      const { sizeBytes, keptBytes } = this;
      if (this.durableBytes >= sizeBytes) return;
      try {
        await this.file.datasync();
        if (sizeBytes > keptBytes) await this.writeCount(sizeBytes);
      } catch (error) {
        this.hasFailed = true;
        throw fileProblem(error);
      }
      this.durableBytes = sizeBytes;
    });
  }

  /**
   * Durable, and what it came to.
   * @param toldBytes what its runner counted in all: past what is kept it sends no more, so that only it knows.
   */
  async finish(toldBytes = 0): Promise<StreamEnd> {
    if (this.keptBytes >= LOG_KEPT_LIMIT_BYTES) this.sizeBytes = Math.max(this.sizeBytes, toldBytes);
    await this.sync();
    const hash = createHash('sha256');
    for (let at = 0; at < this.keptBytes; ) {
      const { bytes } = await this.read(at, READ_BYTES);
      if (bytes.length === 0) break;
      hash.update(bytes);
      at += bytes.length;
    }
    return { size_bytes: this.sizeBytes, sha256: hash.digest('hex'), truncated: this.sizeBytes > this.keptBytes };
  }

  async close(): Promise<void> {
    await this.tail;
    await this.file.close();
  }

  private async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, this.keptBytes + done);
        done += bytesWritten;
      }
    } catch (error) {
      throw fileProblem(error);
    }
  }

  /** Written whole under another name first: half a number would be another number. */
  private async writeCount(sizeBytes: number): Promise<void> {
    await writeFile(`${this.path}.size.tmp`, String(sizeBytes), { mode: 0o600, flush: true });
    await rename(`${this.path}.size.tmp`, `${this.path}.size`);
  }

  private assertSound(): void {
    if (this.hasFailed)
      throw new ProblemError(
        'storage.failed',
        'The disk of the data directory failed. Check it, then start the control plane again.',
      );
  }

  private inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = this.tail.then(step);
    this.tail = done.catch(() => undefined);
    return done;
  }
}
