import type { Batch } from './batch.ts';
import type { NeedleAutomaton } from './needle-automaton.ts';

/** Takes a part of the stream that must not leave. */
export type OnFound = (start: number, end: number) => void;

/** Looks for the needles of one automaton in one view of one stream. */
export class NeedleSearch {
  #state = 0;
  /** Where the last bytes before the present batch begin in the stream, oldest first. */
  #before: Float64Array = new Float64Array(0);

  constructor(
    private readonly automaton: NeedleAutomaton,
    private readonly onFound: OnFound,
  ) {}

  take = (batch: Batch): void => {
    if (this.automaton.longest === 0) return;
    const { bytes, starts, ends, length } = batch;
    this.#state = this.automaton.run(this.#state, bytes, length, (at, needleBytes) => {
      const first = at + 1 - needleBytes;
      const start = first >= 0 ? starts[first] : this.#before[this.#before.length + first];
      this.onFound(start as number, ends[at] as number);
    });
    this.#remember(starts, length);
  };

  /** Where a needle may have begun that is not whole yet; Infinity when none has. */
  pendingStart(): number {
    const pending = this.pendingBytes();
    return pending === 0 ? Number.POSITIVE_INFINITY : (this.#before[this.#before.length - pending] as number);
  }

  /** Bytes of the longest needle that has begun. */
  pendingBytes(): number {
    return this.automaton.pendingBytes(this.#state);
  }

  /** Only what has begun needs its places again. */
  #remember(starts: Float64Array, length: number): void {
    const pending = this.pendingBytes();
    const fromBatch = starts.slice(Math.max(0, length - pending), length);
    const fromBefore = pending - fromBatch.length;
    if (fromBefore === 0) {
      this.#before = fromBatch;
      return;
    }
    const joined = new Float64Array(pending);
    joined.set(this.#before.subarray(this.#before.length - fromBefore));
    joined.set(fromBatch, fromBefore);
    this.#before = joined;
  }
}
