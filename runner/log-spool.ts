import { createHash } from 'node:crypto';

/** Kept of each stream of an attempt, in bytes; the plane keeps no more either. */
export const LOG_KEPT_LIMIT_BYTES = 10 * 1024 * 1024;

/** Keeps the same bytes where a crash does not reach them. */
export interface SpoolMirror {
  append(offset: number, bytes: Uint8Array): void;
  release(offset: number): void;
}

/**
 * The bytes of one output stream that the plane has not made durable yet, by offset from the stream's start.
 * Bytes past the kept limit are counted and dropped.
 */
export class LogSpool {
  #chunks: Buffer[] = [];
  #startOffset = 0;
  #endOffset = 0;
  #totalBytes = 0;
  readonly #hash = createHash('sha256');

  constructor(
    private readonly keptLimitBytes: number = LOG_KEPT_LIMIT_BYTES,
    private readonly mirror: SpoolMirror | null = null,
  ) {}

  /** What an earlier process left on disk. */
  static restored(startOffset: number, bytes: Buffer): LogSpool {
    const spool = new LogSpool();
    spool.#startOffset = startOffset;
    spool.#endOffset = startOffset + bytes.length;
    spool.#totalBytes = spool.#endOffset;
    if (bytes.length > 0) spool.#chunks.push(bytes);
    return spool;
  }

  /** Offset of the first byte still held. */
  get startOffset(): number {
    return this.#startOffset;
  }

  /** Offset after the last kept byte. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** Bytes in memory now. */
  get heldBytes(): number {
    return this.#endOffset - this.#startOffset;
  }

  /** All bytes the job wrote, kept or not. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  get isTruncated(): boolean {
    return this.#totalBytes > this.#endOffset;
  }

  /** SHA-256 of every kept byte, in hexadecimal: what the plane stores when all of it arrives. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  append(bytes: Buffer): void {
    this.#totalBytes += bytes.length;
    const room = this.keptLimitBytes - this.#endOffset;
    if (room <= 0) return;
    const kept = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.#hash.update(kept);
    if (kept.length === 0) return;
    // Ahead of everything else: what a crash takes from the memory is on disk.
    this.mirror?.append(this.#endOffset, kept);
    this.#chunks.push(kept);
    this.#endOffset += kept.length;
  }

  /** Up to `limitBytes` from `offset`; empty at the end. `offset` must lie between start and end. */
  read(offset: number, limitBytes: number): Buffer {
    if (offset < this.#startOffset || offset > this.#endOffset) throw new RangeError(`Offset ${offset} is not held.`);
    const parts: Buffer[] = [];
    let skip = offset - this.#startOffset;
    let room = limitBytes;
    for (const chunk of this.#chunks) {
      if (room === 0) break;
      if (skip >= chunk.length) {
        skip -= chunk.length;
        continue;
      }
      const part = chunk.subarray(skip, skip + room);
      parts.push(part);
      room -= part.length;
      skip = 0;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  /**
   * Puts a visible gap of the same length in the place of bytes from `offset` on that nobody has any more, so that every
   * byte after it keeps its place. Returns the length of the gap.
   */
  fillGap(offset: number): number {
    const lostBytes = this.#startOffset - offset;
    const words = `\n[gap: ${lostBytes} bytes of output were lost here]\n`;
    this.#chunks.unshift(Buffer.from(words.slice(0, lostBytes).padStart(lostBytes, ' ')));
    this.#startOffset = offset;
    return lostBytes;
  }

  /** Lets go of everything below `offset`, which is durable at the plane. */
  release(offset: number): void {
    this.mirror?.release(offset);
    while (this.#chunks.length > 0) {
      const first = this.#chunks[0] as Buffer;
      const surplus = Math.min(offset, this.#endOffset) - this.#startOffset;
      if (surplus <= 0) return;
      if (surplus < first.length) {
        this.#chunks[0] = first.subarray(surplus);
        this.#startOffset += surplus;
        return;
      }
      this.#chunks.shift();
      this.#startOffset += first.length;
    }
  }
}
