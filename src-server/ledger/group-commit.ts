import type { LogPort } from './log-port.ts';

/** Runs a function soon, after what is running now. The live plane passes `setImmediate`, the simulator its own queue. */
export type Schedule = (run: () => void) => void;

interface Batch {
  firstSeq: number;
  lines: Buffer[];
  /** Made when somebody waits, and shared by all who wait for an entry of the batch. */
  waiting: PromiseWithResolvers | null;
}
interface PromiseWithResolvers {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const SETTLED = Promise.resolve();

/**
 * Puts entries on disk in batches: what is staged while one append runs goes into the next. There is no timer and no
 * delay when idle: the first entry staged is flushed at the end of the current turn.
 *
 * A failed append rejects all who wait for its batch or for anything staged later, and staging is refused with the
 * same error until `reset`: the state in memory is then ahead of the disk and has to be rebuilt from it.
 */
export class GroupCommit {
  #log: LogPort;
  readonly #schedule: Schedule;
  #durableSeq: number;
  #inFlight: Batch | null = null;
  #open: Batch;
  #isScheduled = false;
  #failure: { error: unknown } | null = null;
  readonly #failureListeners: ((error: unknown) => void)[] = [];

  /** @param schedule see `Schedule`; it must never run the function at once. */
  constructor(log: LogPort, schedule: Schedule) {
    this.#log = log;
    this.#schedule = schedule;
    this.#durableSeq = log.nextSeq;
    this.#open = emptyBatch(log.nextSeq);
  }

  /** Seq of the first entry of the batch that the next staged entry belongs to (`batch` of that entry). */
  get openBatch(): number {
    return this.#open.firstSeq;
  }

  /** Seq that the next staged entry has to carry. */
  get nextSeq(): number {
    return this.#open.firstSeq + this.#open.lines.length;
  }

  /** Entries below this are on disk. */
  get durableSeq(): number {
    return this.#durableSeq;
  }

  /** Why nothing can be staged, or null. The value is what the append was rejected with, mostly a LogError. */
  get failure(): unknown {
    return this.#failure?.error ?? null;
  }

  /**
   * Hands over the line of entry `nextSeq`, whose `batch` is `openBatch`.
   * @throws the error of the failed append, until `reset`.
   */
  stage(line: Buffer): void {
    if (this.#failure !== null) throw this.#failure.error;
    this.#open.lines.push(line);
    this.#flushSoon();
  }

  /**
   * Resolves once entry `seq` is on disk, at once if it is; those who wait are released in the order of entries.
   * `durable(nextSeq - 1)` waits for all that is staged; a seq below 0 (nothing was seen) resolves.
   * @throws RangeError for an entry that is not staged; rejects with the error of the append that failed.
   */
  durable(seq: number): Promise<void> {
    if (seq < this.#durableSeq) return SETTLED;
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    if (seq >= this.nextSeq) throw new RangeError(`entry ${seq} is not staged, the next is ${this.nextSeq}`);
    const batch = seq >= this.#open.firstSeq ? this.#open : this.#inFlight!;
    batch.waiting ??= withResolvers();
    return batch.waiting.promise;
  }

  /** Calls back once per failure, before those who wait are rejected. */
  onFailure(callback: (error: unknown) => void): void {
    this.#failureListeners.push(callback);
  }

  /** Starts again on a log that was opened again (or is usable again); nothing may be waiting then. */
  reset(log: LogPort): void {
    if (this.#inFlight !== null || this.#open.lines.length > 0)
      throw new Error('entries are staged: they would be lost');
    this.#log = log;
    this.#failure = null;
    this.#durableSeq = log.nextSeq;
    this.#open = emptyBatch(log.nextSeq);
  }

  #flushSoon(): void {
    if (this.#isScheduled || this.#inFlight !== null) return;
    this.#isScheduled = true;
    this.#schedule(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#inFlight !== null || this.#open.lines.length === 0) return;
    const batch = this.#open;
    this.#inFlight = batch;
    this.#open = emptyBatch(batch.firstSeq + batch.lines.length);
    this.#log.append(batch.firstSeq, batch.lines).then(
      () => this.#succeed(batch),
      (error: unknown) => this.#fail(batch, error),
    );
  }

  #succeed(batch: Batch): void {
    this.#inFlight = null;
    this.#durableSeq = batch.firstSeq + batch.lines.length;
    batch.waiting?.resolve();
    // Those who were just released may stage more in this turn; it goes into the same batch.
    if (this.#open.lines.length > 0) this.#flushSoon();
  }

  #fail(batch: Batch, error: unknown): void {
    const later = this.#open;
    this.#inFlight = null;
    this.#open = emptyBatch(batch.firstSeq);
    this.#failure = { error };
    for (const callback of this.#failureListeners) callback(error);
    batch.waiting?.reject(error);
    later.waiting?.reject(error);
  }
}

function emptyBatch(firstSeq: number): Batch {
  return { firstSeq, lines: [], waiting: null };
}

function withResolvers(): PromiseWithResolvers {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
