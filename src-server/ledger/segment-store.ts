import { LedgerDamagedError } from './errors.ts';
import type { FileOps } from './file-ops.ts';
import { LineIndex } from './line-index.ts';
import { type FileLine, splitLines } from './line-splitter.ts';
import type { LogEntry } from './log-port.ts';

/** Indexes of closed segments that are kept: 16 × (64 MiB of lines ≈ 100 k offsets) ≈ 6 MB. */
const KEPT_INDEXES = 16;
const NAME_PATTERN = /^(\d{12})\.jsonl$/;

export interface Segment {
  /** Seq of its first entry, which is its file name. */
  firstSeq: number;
  path: string;
}

/** File name of a segment: its first seq in 12 digits. */
export function segmentName(firstSeq: number): string {
  return `${String(firstSeq).padStart(12, '0')}.jsonl`;
}

/** The segments of a log directory, oldest first. Other files there are none of the log's business. */
export function findSegments(ops: FileOps, directory: string): Segment[] {
  return ops
    .list(directory)
    .map((name) => NAME_PATTERN.exec(name))
    .filter((match) => match !== null)
    .map((match) => ({ firstSeq: Number(match[1]), path: `${directory}/${match[0]}` }))
    .sort((a, b) => a.firstSeq - b.firstSeq);
}

/** The reading side of a log: its segments, and where the lines of each begin. */
export class SegmentStore {
  readonly #ops: FileOps;
  readonly #segments: Segment[];
  /** Of the newest segment; grows with the appends. */
  #newest: { fd: number; index: LineIndex } | null = null;
  readonly #indexes = new Map<number, LineIndex>();

  constructor(ops: FileOps, segments: Segment[]) {
    this.#ops = ops;
    this.#segments = segments;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }
  /** The newest segment's open file and index; null while the log has no segment. */
  get newest(): { fd: number; index: LineIndex } | null {
    return this.#newest;
  }
  get nextSeq(): number {
    const last = this.#segments.at(-1);
    return last === undefined ? 0 : last.firstSeq + (this.#newest?.index.length ?? 0);
  }

  /** Makes a segment the newest one; the file before is closed, its index kept. */
  adopt(segment: Segment, fd: number, index: LineIndex): void {
    const last = this.#segments.at(-1);
    if (last !== undefined && last.firstSeq > segment.firstSeq) throw new Error('segments only grow');
    if (last?.firstSeq !== segment.firstSeq) {
      if (last !== undefined && this.#newest !== null) this.#keepIndex(last.firstSeq, this.#newest.index);
      this.#segments.push(segment);
    }
    if (this.#newest !== null) this.#ops.close(this.#newest.fd);
    this.#newest = { fd, index };
  }

  close(): void {
    if (this.#newest !== null) this.#ops.close(this.#newest.fd);
    this.#newest = null;
    this.#indexes.clear();
  }

  /** Number of the segment that entry `seq` belongs to. */
  positionOf(seq: number): number {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#segments[middle]!.firstSeq <= seq) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  sizeBytesOf(position: number): number {
    const fd = this.#ops.open(this.#segments[position]!.path, 'r');
    try {
      return this.#ops.sizeBytes(fd);
    } finally {
      this.#ops.close(fd);
    }
  }

  /** All lines of one segment as they are in the file, up to its size now. @param isPassing see `splitLines`. */
  *linesOf(position: number, fromBytes = 0, toBytes?: number, isPassing = false): Generator<FileLine> {
    const fd = this.#ops.open(this.#segments[position]!.path, 'r');
    try {
      yield* splitLines(this.#ops, fd, fromBytes, toBytes ?? this.#ops.sizeBytes(fd), isPassing);
    } finally {
      this.#ops.close(fd);
    }
  }

  *read(from: number, to: number): Generator<LogEntry> {
    let seq = from;
    while (seq < to) {
      const position = this.positionOf(seq);
      const { firstSeq } = this.#segments[position]!;
      if (seq < firstSeq) throw new LedgerDamagedError(seq, 'its segment is missing');
      const isNewest = position === this.#segments.length - 1;
      const end = isNewest ? to : Math.min(to, this.#segments[position + 1]!.firstSeq);
      const index = seq === firstSeq && !isNewest ? null : this.#indexOf(position);
      const fromBytes = index === null ? 0 : index.offset(seq - firstSeq);
      for (const { line, isTerminated } of this.linesOf(position, fromBytes, index?.offset(end - firstSeq))) {
        if (seq === end) break;
        if (!isTerminated || !startsAsEntry(line, seq))
          throw new LedgerDamagedError(seq, 'the line at its place is another');
        yield { seq: seq++, line };
      }
      if (seq < end) throw new LedgerDamagedError(seq, 'it is not in its segment');
    }
  }

  get(seq: number): Buffer {
    if (!Number.isSafeInteger(seq) || seq < 0 || seq >= this.nextSeq) {
      throw new RangeError(`entry ${seq} is outside [0, ${this.nextSeq})`);
    }
    const position = this.positionOf(seq);
    const segment = this.#segments[position]!;
    const i = seq - segment.firstSeq;
    if (i < 0) throw new LedgerDamagedError(seq, 'its segment is missing');
    const index = this.#indexOf(position);
    if (i >= index.length) throw new LedgerDamagedError(seq, 'it is not in its segment');
    const offset = index.offset(i);
    const line = Buffer.allocUnsafe(index.offset(i + 1) - offset - 1);
    const isNewest = position === this.#segments.length - 1;
    const fd = isNewest ? this.#newest!.fd : this.#ops.open(segment.path, 'r');
    try {
      const count = this.#ops.read(fd, line, 0, line.length, offset);
      if (count !== line.length || !startsAsEntry(line, seq))
        throw new LedgerDamagedError(seq, 'the line at its place is another');
    } finally {
      if (!isNewest) this.#ops.close(fd);
    }
    return line;
  }

  #indexOf(position: number): LineIndex {
    if (position === this.#segments.length - 1) return this.#newest!.index;
    const { firstSeq } = this.#segments[position]!;
    let index = this.#indexes.get(firstSeq);
    if (index === undefined) {
      index = new LineIndex();
      for (const { line, isTerminated } of this.linesOf(position)) {
        if (isTerminated) index.push(line.length + 1);
      }
    }
    this.#keepIndex(firstSeq, index);
    return index;
  }

  /** Least recently used out first: a Map keeps the order of insertion. */
  #keepIndex(firstSeq: number, index: LineIndex): void {
    this.#indexes.delete(firstSeq);
    this.#indexes.set(firstSeq, index);
    if (this.#indexes.size > KEPT_INDEXES) this.#indexes.delete(this.#indexes.keys().next().value!);
  }
}

/** Cheap check that a line is in its place: `{"v":<version>,"seq":<seq>,`. */
function startsAsEntry(line: Buffer, seq: number): boolean {
  const head = line.toString('latin1', 0, 48);
  const at = head.indexOf(`,"seq":${seq},`);
  return at > '{"v":'.length && at <= '{"v":999'.length && head.startsWith('{"v":');
}
