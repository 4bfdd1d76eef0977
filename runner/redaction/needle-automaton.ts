const BYTES = 256;

/**
 * Finds many byte strings at once (Aho-Corasick with every transition filled in): one step per byte, whatever the number
 * of needles. Bytes that stand in no needle share one column, so the table stays small.
 */
export class NeedleAutomaton {
  readonly #columnOf = new Uint16Array(BYTES);
  #columns = 1;
  readonly #next: Int32Array;
  /** Per state: bytes of the longest needle that ends here; 0 for none. */
  readonly #matched: Int32Array;
  /** Per state: bytes of the longest start of a needle that the text ends with. */
  readonly #depth: Int32Array;
  readonly longest: number;

  constructor(needles: readonly Uint8Array[]) {
    for (const needle of needles) {
      for (const byte of needle) if (this.#columnOf[byte] === 0) this.#columnOf[byte] = this.#columns++;
    }
    const states = 1 + needles.reduce((sum, { length }) => sum + length, 0);
    this.longest = needles.reduce((most, { length }) => Math.max(most, length), 0);
    this.#next = new Int32Array(states * this.#columns).fill(-1);
    this.#matched = new Int32Array(states);
    this.#depth = new Int32Array(states);
    this.#plant(needles);
    this.#fill(states);
  }

  /**
   * Goes through bytes and calls `onMatch` at each needle's end with its index and length. Returns the state at the end.
   */
  run(from: number, bytes: Uint8Array, length: number, onMatch: (at: number, needleBytes: number) => void): number {
    const next = this.#next;
    const columnOf = this.#columnOf;
    const matched = this.#matched;
    const columns = this.#columns;
    let state = from;
    for (let at = 0; at < length; at += 1) {
      state = next[state * columns + (columnOf[bytes[at] as number] as number)] as number;
      if (matched[state] !== 0) onMatch(at, matched[state] as number);
    }
    return state;
  }

  /** The state after one more byte. */
  step(state: number, byte: number): number {
    return this.#next[state * this.#columns + (this.#columnOf[byte] as number)] as number;
  }

  matchedBytes(state: number): number {
    return this.#matched[state] as number;
  }

  pendingBytes(state: number): number {
    return this.#depth[state] as number;
  }

  #plant(needles: readonly Uint8Array[]): void {
    let used = 1;
    for (const needle of needles) {
      let state = 0;
      for (const byte of needle) {
        const at = state * this.#columns + (this.#columnOf[byte] as number);
        if (this.#next[at] === -1) {
          this.#depth[used] = (this.#depth[state] as number) + 1;
          this.#next[at] = used++;
        }
        state = this.#next[at] as number;
      }
      this.#matched[state] = Math.max(this.#matched[state] as number, needle.length);
    }
  }

  /** Breadth first: a state's missing steps are those of the longest shorter ending that is a start as well. */
  #fill(states: number): void {
    const fallback = new Int32Array(states);
    const queue: number[] = [];
    for (let column = 0; column < this.#columns; column += 1) {
      const to = this.#next[column] as number;
      if (to === -1) this.#next[column] = 0;
      else queue.push(to);
    }
    for (let at = 0; at < queue.length; at += 1) {
      const state = queue[at] as number;
      const other = fallback[state] as number;
      this.#matched[state] = Math.max(this.#matched[state] as number, this.#matched[other] as number);
      for (let column = 0; column < this.#columns; column += 1) {
        const otherTo = this.#next[other * this.#columns + column] as number;
        const here = state * this.#columns + column;
        const to = this.#next[here] as number;
        if (to === -1) this.#next[here] = otherTo;
        else {
          fallback[to] = otherTo;
          queue.push(to);
        }
      }
    }
  }
}
