import type { FileOps } from './file-ops.ts';

const LF = 10;
/** Large enough that the cost per chunk vanishes, small enough to stay in the cache of the core. */
const CHUNK_BYTES = 1024 * 1024;

export interface FileLine {
  /** Byte offset of the line in the file. */
  offset: number;
  /** The bytes without the newline; a view, valid as long as it is kept. */
  line: Buffer;
  /** False only for what stands after the last newline. */
  isTerminated: boolean;
}

/**
 * Splits a file into lines without copying them (each is a view into a chunk of 1 MiB that is read once).
 * @param from byte offset where a line begins.
 * @param to byte offset where reading ends.
 */
export function* splitLines(ops: FileOps, fd: number, from: number, to: number): Generator<FileLine> {
  let carry: Buffer = Buffer.alloc(0);
  let position = from;
  let carryOffset = from;
  while (position < to) {
    const wanted = Math.min(CHUNK_BYTES, to - position);
    // A new buffer for each chunk, as the lines handed out before still point into the old one.
    const chunk = Buffer.allocUnsafeSlow(carry.length + wanted);
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
  }
  if (carry.length > 0) yield { offset: carryOffset, line: carry, isTerminated: false };
}
