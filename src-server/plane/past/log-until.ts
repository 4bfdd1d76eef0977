import { sha256Hex, ZERO_HASH } from '../../ledger/hashing.ts';
import type { LogEntry, LogPort } from '../../ledger/log-port.ts';

/** The beginning of a log as it was when it held `nextSeq` entries; nothing can be appended to it. */
export class LogUntil implements LogPort {
  constructor(
    private readonly log: LogPort,
    readonly nextSeq: number,
  ) {
    if (nextSeq > log.nextSeq) throw new RangeError(`the log ends before ${nextSeq}`);
  }

  get headHash(): string {
    return this.nextSeq === 0 ? ZERO_HASH : sha256Hex(this.get(this.nextSeq - 1));
  }

  append(): Promise<void> {
    return Promise.reject(new Error('the past is read-only'));
  }

  read(from: number, to = this.nextSeq): Iterable<LogEntry> {
    return this.log.read(from, Math.min(to, this.nextSeq));
  }

  get(seq: number): Buffer {
    if (seq >= this.nextSeq) throw new RangeError(`entry ${seq} is not of this past`);
    return this.log.get(seq);
  }

  /** The log belongs to the live workspace. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
