import { type LedgerDamagedError, LogError } from './errors.ts';
import type { FileOps } from './file-ops.ts';
import { sha256Hex, ZERO_HASH } from './hashing.ts';
import { LineIndex } from './line-index.ts';
import type { LogEntry, LogPort } from './log-port.ts';
import type { OlderVerifier } from './older-verifier.ts';
import { type SegmentStore, segmentName } from './segment-store.ts';
import { isOutOfSpace, writeFully } from './write-fully.ts';

/** A segment that has reached this size is closed; a batch is never split, so the last one may stand above it. */
export const SEGMENT_LIMIT_BYTES = 64 * 1024 * 1024;
const LF = 10;

export interface FileLogParts {
  ops: FileOps;
  /** The `log/` directory. */
  directory: string;
  store: SegmentStore;
  older: OlderVerifier | null;
  segmentLimitBytes: number;
  isReadOnly: boolean;
  /** Damage that a read-only open found and tolerates. */
  damage: LedgerDamagedError | null;
  onDamage: ((damage: LedgerDamagedError) => void) | undefined;
}

/** The file engine of the log port. Made by `openFileLog`, which verifies and recovers first. */
export class FileLog implements LogPort {
  readonly #parts: FileLogParts;
  readonly #store: SegmentStore;
  #headHash: string | null = null;
  #inFlight: Promise<void> | null = null;
  #failure: LogError | null = null;
  #isClosed = false;
  #damage: LedgerDamagedError | null;

  constructor(parts: FileLogParts) {
    this.#parts = parts;
    this.#store = parts.store;
    this.#damage = parts.damage;
  }

  get nextSeq(): number {
    return this.#store.nextSeq;
  }

  get headHash(): string {
    this.#headHash ??= this.nextSeq === 0 ? ZERO_HASH : sha256Hex(this.get(this.nextSeq - 1));
    return this.#headHash;
  }

  /** Damage that is known: from a read-only open, or from `verifyOlder`. */
  get damage(): LedgerDamagedError | null {
    return this.#damage;
  }

  /** Entries from this seq on were verified since the open. */
  get verifiedFrom(): number {
    return this.#parts.older?.verifiedFrom ?? 0;
  }

  append(expectedSeq: number, lines: readonly Buffer[]): Promise<void> {
    if (this.#failure !== null)
      return Promise.reject(new LogError('storage.failed', this.#failure.message, { cause: this.#failure }));
    if (this.#isClosed || this.#parts.isReadOnly) return Promise.reject(new Error('the log is not open for writing'));
    if (this.#inFlight !== null) return Promise.reject(new Error('an append is in flight'));
    if (expectedSeq !== this.nextSeq) {
      return Promise.reject(new LogError('conflict.expected_seq', `next is ${this.nextSeq}, not ${expectedSeq}`));
    }
    if (lines.length === 0) return Promise.resolve();
    if (lines.some((line) => line.length === 0 || line.includes(LF)))
      return Promise.reject(new Error('a line is empty or holds a newline'));
    const running = this.#appendBatch(lines).finally(() => {
      this.#inFlight = null;
    });
    this.#inFlight = running;
    return running;
  }

  read(from: number, to = this.nextSeq): Iterable<LogEntry> {
    return this.#store.read(from, Math.min(to, this.nextSeq));
  }

  get(seq: number): Buffer {
    return this.#store.get(seq);
  }

  /**
   * Verifies older segments for about `budgetMs` more, newest first. Meant for idle moments.
   * Damage goes to `onDamage` once, and stays in `damage`.
   * @returns true when nothing is left to do.
   */
  verifyOlder(budgetMs: number): boolean {
    const { older, onDamage } = this.#parts;
    if (older === null || older.isDone || this.#isClosed) return true;
    const isDone = older.step(budgetMs);
    if (older.damage !== null && this.#damage === null) {
      this.#damage = older.damage;
      onDamage?.(older.damage);
    }
    return isDone;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#inFlight?.catch(() => undefined);
    this.#parts.older?.close();
    this.#store.close();
  }

  async #appendBatch(lines: readonly Buffer[]): Promise<void> {
    const bytes = joinLines(lines);
    const { fd, index } = await this.#segmentFor(bytes.length);
    try {
      await writeFully(this.#parts.ops, fd, bytes, index.endBytes);
    } catch (error) {
      throw isOutOfSpace(error) ? await this.#takeBack(fd, index.endBytes, error) : this.#die('write', error);
    }
    try {
      await this.#parts.ops.dataSync(fd);
    } catch (error) {
      // Never again: after a failed sync the kernel may drop the pages and report the next one as good.
      throw this.#die('fdatasync', error);
    }
    for (const line of lines) index.push(line.length + 1);
    this.#headHash = null;
  }

  /** The newest segment when the batch fits, else a new one whose name is on disk before anything is written to it. */
  async #segmentFor(sizeBytes: number): Promise<{ fd: number; index: LineIndex }> {
    const { ops, directory, segmentLimitBytes } = this.#parts;
    const newest = this.#store.newest;
    if (newest !== null && (newest.index.length === 0 || newest.index.endBytes + sizeBytes <= segmentLimitBytes))
      return newest;
    const firstSeq = this.nextSeq;
    const path = `${directory}/${segmentName(firstSeq)}`;
    let fd: number;
    try {
      fd = ops.open(path, 'wx+');
    } catch (error) {
      throw isOutOfSpace(error)
        ? new LogError('storage.full', 'no room for a new segment', { cause: error })
        : this.#die('open', error);
    }
    this.#store.adopt({ firstSeq, path }, fd, new LineIndex());
    try {
      await ops.syncDirectory(directory);
    } catch (error) {
      throw this.#die('fsync of the directory', error);
    }
    return this.#store.newest!;
  }

  /** Removes what a full disk let through, durably, so that no part of a refused batch can ever appear. */
  async #takeBack(fd: number, sizeBytes: number, cause: unknown): Promise<LogError> {
    try {
      await this.#parts.ops.truncate(fd, sizeBytes);
      await this.#parts.ops.dataSync(fd);
    } catch (error) {
      return this.#die('truncate after a full disk', error);
    }
    return new LogError('storage.full', 'no room for the batch', { cause });
  }

  #die(step: string, cause: unknown): LogError {
    this.#failure = new LogError('storage.failed', `${step}: ${(cause as Error).message}`, { cause });
    return this.#failure;
  }
}

function joinLines(lines: readonly Buffer[]): Buffer {
  let sizeBytes = 0;
  for (const line of lines) sizeBytes += line.length + 1;
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let offset = 0;
  for (const line of lines) {
    offset += line.copy(bytes, offset);
    bytes[offset++] = LF;
  }
  return bytes;
}
