import { LogError } from './errors.ts';
import { sha256Hex, ZERO_HASH } from './hashing.ts';
import type { LogEntry, LogPort } from './log-port.ts';

/**
 * What becomes of an append: `durable` at once, `hold` until `settle()` or `fail()`, or refused with the code.
 * Called once per append, so that a simulator decides by its own seed.
 */
export type AppendFate = 'durable' | 'hold' | 'storage.full' | 'storage.failed';

export interface MemoryLogOptions {
  /** Entries that are there already (exact bytes, seq from 0). */
  lines?: readonly Buffer[];
  /** Default: every append is durable at once. */
  fate?: (firstSeq: number, lines: readonly Buffer[]) => AppendFate;
}

interface HeldAppend {
  lines: readonly Buffer[];
  resolve: () => void;
  reject: (error: LogError) => void;
}

/** What a restart after `crash` found and cut, as the file engine reports it. */
export interface MemoryRecovery {
  log: MemoryLog;
  cut: { cut_bytes: number; cut_lines: number };
}

/** The log without a disk, for the demo, the simulator and tests. Same port, same errors, no I/O. */
export class MemoryLog implements LogPort {
  #lines: Buffer[];
  #headHash: string | null = null;
  #held: HeldAppend | null = null;
  #end: 'open' | 'failed' | 'crashed' | 'closed' = 'open';
  readonly #fate: (firstSeq: number, lines: readonly Buffer[]) => AppendFate;

  constructor(options: MemoryLogOptions = {}) {
    this.#lines = [...(options.lines ?? [])];
    this.#fate = options.fate ?? (() => 'durable');
  }

  get nextSeq(): number {
    return this.#lines.length;
  }

  get headHash(): string {
    const last = this.#lines.at(-1);
    this.#headHash ??= last === undefined ? ZERO_HASH : sha256Hex(last);
    return this.#headHash;
  }

  /** Whether an append waits for `settle` or `fail`. */
  get isHolding(): boolean {
    return this.#held !== null;
  }

  append(expectedSeq: number, lines: readonly Buffer[]): Promise<void> {
    if (this.#end === 'failed') return Promise.reject(new LogError('storage.failed', 'the log failed before'));
    if (this.#end !== 'open') return Promise.reject(new Error(`the log is ${this.#end}`));
    if (this.#held !== null) return Promise.reject(new Error('an append is in flight'));
    if (expectedSeq !== this.nextSeq) {
      return Promise.reject(new LogError('conflict.expected_seq', `next is ${this.nextSeq}, not ${expectedSeq}`));
    }
    if (lines.length === 0) return Promise.resolve();
    const fate = this.#fate(expectedSeq, lines);
    return new Promise((resolve, reject) => {
      this.#held = { lines, resolve, reject };
      if (fate === 'durable') this.settle();
      else if (fate !== 'hold') this.fail(fate);
    });
  }

  /** Makes the held append durable and resolves it. No effect when none is held. */
  settle(): void {
    const held = this.#takeHeld();
    if (held === null) return;
    // Copies, as a disk does: what the caller does to its buffers later must not reach the log.
    for (const line of held.lines) this.#lines.push(Buffer.from(line));
    this.#headHash = null;
    held.resolve();
  }

  /** Refuses the held append; after `storage.failed` the log is dead. */
  fail(code: 'storage.full' | 'storage.failed'): void {
    if (code === 'storage.failed') this.#end = 'failed';
    this.#takeHeld()?.reject(new LogError(code, 'injected'));
  }

  /**
   * Power goes: a held append never settles (its process is gone), this object is unusable, and the log as the next
   * start finds it is returned.
   * @param keptLines how many lines of the held append reached the disk whole, in order (0 to its length).
   * @param tornBytes how many bytes of the line after these reached it too; recovery cuts them.
   */
  crash(keptLines = 0, tornBytes = 0): MemoryRecovery {
    const held = this.#takeHeld()?.lines ?? [];
    const kept = held.slice(0, keptLines);
    const torn = Math.min(tornBytes, held[keptLines]?.length ?? 0);
    this.#end = 'crashed';
    const log = new MemoryLog({ lines: [...this.#lines, ...kept.map((line) => Buffer.from(line))], fate: this.#fate });
    return { log, cut: { cut_bytes: torn, cut_lines: torn > 0 ? 1 : 0 } };
  }

  *read(from: number, to = this.nextSeq): Iterable<LogEntry> {
    const end = Math.min(to, this.nextSeq);
    for (let seq = from; seq < end; seq++) yield { seq, line: this.#lines[seq]! };
  }

  get(seq: number): Buffer {
    const line = this.#lines[seq];
    if (line === undefined) throw new RangeError(`entry ${seq} is outside [0, ${this.nextSeq})`);
    return line;
  }

  /** Ends the log; its content stays readable for `new MemoryLog({ lines })`. */
  async close(): Promise<void> {
    if (this.#held !== null) throw new Error('an append is held: settle it, fail it or crash');
    if (this.#end === 'open') this.#end = 'closed';
  }

  #takeHeld(): HeldAppend | null {
    const held = this.#held;
    this.#held = null;
    return held;
  }
}
