const INITIAL_LINES = 1024;

/** Where each line of one segment begins. Four bytes per line; a segment stays far below 4 GiB. */
export class LineIndex {
  #offsets = new Uint32Array(INITIAL_LINES);
  #length = 0;
  /** Byte offset behind the last line's newline. */
  endBytes = 0;

  /** Number of lines. */
  get length(): number {
    return this.#length;
  }

  /** Adds a line that begins at `endBytes`. @param sizeBytes its length with the newline. */
  push(sizeBytes: number): void {
    if (this.#length === this.#offsets.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[this.#length++] = this.endBytes;
    this.endBytes += sizeBytes;
  }

  /** Byte offset of line `i`; for `i = length` the end. */
  offset(i: number): number {
    return i >= this.#length ? this.endBytes : this.#offsets[i]!;
  }

  /** Forgets the lines from `length` on. */
  truncate(length: number): void {
    if (length >= this.#length) return;
    this.endBytes = this.#offsets[length]!;
    this.#length = length;
  }
}
