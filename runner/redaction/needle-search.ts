import type { NeedleAutomaton } from './needle-automaton.ts';

/** Takes a part of the stream that must not leave. */
export type OnFound = (start: number, end: number) => void;

/** Looks for the needles of one automaton in one view of one stream. */
export class NeedleSearch {
  #state = 0;
  #count = 0;
  /** Where the last bytes of the view begin in the stream, by their place in the view. */
  readonly #starts: Float64Array;

  constructor(
    private readonly automaton: NeedleAutomaton,
    private readonly onFound: OnFound,
  ) {
    this.#starts = new Float64Array(automaton.longest + 1);
  }

  push = (byte: number, start: number, end: number): void => {
    this.#starts[this.#count % this.#starts.length] = start;
    this.#count += 1;
    this.#state = this.automaton.step(this.#state, byte);
    const matched = this.automaton.matchedBytes(this.#state);
    if (matched > 0) this.onFound(this.#startOf(matched), end);
  };

  /** Where a needle may have begun that is not whole yet; Infinity when none has. */
  pendingStart(): number {
    const pending = this.automaton.pendingBytes(this.#state);
    return pending === 0 ? Number.POSITIVE_INFINITY : this.#startOf(pending);
  }

  /** Bytes of the longest needle that has begun. */
  pendingBytes(): number {
    return this.automaton.pendingBytes(this.#state);
  }

  #startOf(bytes: number): number {
    return this.#starts[(this.#count - bytes) % this.#starts.length] as number;
  }
}
