import type { FileOps } from './file-ops.ts';

const LF = 10;
/** Large enough that the cost per chunk vanishes, small enough to stay in the cache of the core. */
const CHUNK_BYTES = 1024 * 1024;

/** Most lines are shorter. */
const CARRY_BYTES = 64 * 1024;

export interface FileLine {
  /** Byte offset of the line in the file. */
  offset: number;
  /** The bytes without the newline; a view, valid as long as it is kept (`isPassing`: until two more were taken). */
  line: Buffer;
  /** False only for what stands after the last newline. */
  isTerminated: boolean;
}

/**
 * Splits a file into lines without copying them (each is a view into a chunk of 1 MiB that is read once).
 * @param from byte offset where a line begins.
 * @param to byte offset where reading ends.
 * @param isPassing each line is done with when the next but one is taken: two buffers then serve a file of any length, where
 *   fresh ones would cost more than the reading.
 */
export function* splitLines(
  ops: FileOps,
  fd: number,
  from: number,
  to: number,
  isPassing = false,
): Generator<FileLine> {
  let carry: Buffer = Buffer.alloc(0);
  let last: Buffer | null = null;
  /** A buffer that no line in use points into. */
  let spare: Buffer | null = null;
  let position = from;
  let carryOffset = from;
  while (position < to) {
    const wanted = Math.min(CHUNK_BYTES, to - position);
    // Another buffer for each chunk, as the lines handed out before still point into the old one.
    const sizeBytes = carry.length + wanted;
    const chunk: Buffer = spare !== null && spare.length >= sizeBytes ? spare : newBuffer(sizeBytes, isPassing);
    carry.copy(chunk);
    const count = ops.read(fd, chunk, carry.length, wanted, position);
    if (count === 0) break;
    position += count;
    const end = carry.length + count;
    let searchFrom = carry.length;
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(LF, searchFrom);
      if (newline === -1 || newline >= end) break;
      yield { offset: carryOffset + start, line: chunk.subarray(start, newline), isTerminated: true };
      start = newline + 1;
      searchFrom = start;
    }
    carryOffset += start;
    carry = chunk.subarray(start, end);
    // A line of this chunk ends the use of those in the one before; where there was none, they are still in use.
    spare = isPassing && start > 0 ? last : null;
    last = chunk;
  }
  if (carry.length > 0) yield { offset: carryOffset, line: carry, isTerminated: false };
}

/** One that is used again has room for what another chunk may carry over. */
const newBuffer = (sizeBytes: number, isPassing: boolean): Buffer =>
  Buffer.allocUnsafeSlow(isPassing ? sizeBytes + CARRY_BYTES : sizeBytes);
