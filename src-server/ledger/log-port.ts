/** One entry as the log keeps it. */
export interface LogEntry {
  seq: number;
  /** The exact bytes, without the newline. Treat as read-only: it may be a view into a larger buffer. */
  line: Buffer;
}

/**
 * An append-only log of lines. Entries are numbered from 0 without gaps and their bytes never change.
 * Engines: file (`openFileLog`) and memory (`MemoryLog`); both pass `log-port.conformance.ts`.
 */
export interface LogPort {
  /** Seq of the next entry to be appended, which is the number of durable entries. */
  readonly nextSeq: number;
  /** SHA-256 of the last durable line in lower-case hex, or 64 zeros when the log is empty. */
  readonly headHash: string;
  /**
   * Appends lines with consecutive seqs. Resolves once they are on stable storage; an empty list resolves at once.
   * One append in flight at a time: the caller batches. All lines of a call are one batch in the sense of the torn-tail rule.
   * @param expectedSeq seq of the first line; must equal `nextSeq`.
   * @param lines entries without newline.
   * @throws LogError `conflict.expected_seq` (nothing written), `storage.full` (nothing kept, usable when space returns),
   *   `storage.failed` (the engine is dead; what was in flight may or may not be there after the next open).
   */
  append(expectedSeq: number, lines: readonly Buffer[]): Promise<void>;
  /**
   * Streams the durable entries `[from, to)` in order; `to` defaults to and is capped by `nextSeq` at the call.
   * Checks framing and the seq at the head of each line, but not the hash chain (see `ChainVerifier`).
   * @throws LedgerDamagedError when an entry of the range is not there.
   */
  read(from: number, to?: number): Iterable<LogEntry>;
  /**
   * The exact bytes of one durable entry.
   * @throws RangeError outside `[0, nextSeq)`; LedgerDamagedError when the entry is not there.
   */
  get(seq: number): Buffer;
  /** Waits for the append in flight and frees what the engine holds. Later calls are programmer errors. */
  close(): Promise<void>;
}
