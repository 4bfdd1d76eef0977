/** Entries are held in the order of their sequence, in columns: two halves of the key's hash, and the sequence. */
interface Columns {
  high: Uint32Array;
  low: Uint32Array;
  seqs: Float64Array;
}

const FIRST_CAPACITY = 1_024;
/** The table has this many places for each entry, so that a look-up ends soon. */
const PLACES_PER_ENTRY = 2;
const EMPTY = 0;
const COLUMN_BYTES = 4 + 4 + 8;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Where the entries of an idempotency key are, 24 bytes for each of them: a day of a million calls stays small, and neither a
 * new key nor a known one costs a statement. It names candidates by a hash of 64 bits; the entry itself says whose it is.
 */
export class KeyIndex {
  private columns = columnsOf(FIRST_CAPACITY);
  private count = 0;
  private forgottenBelow = 0;
  /** Number of the entry + 1 at each place; EMPTY where there is none. */
  private places = new Int32Array(FIRST_CAPACITY * PLACES_PER_ENTRY);

  /** Number of entries that are kept. */
  get size(): number {
    return this.count;
  }

  /** Every entry with a key from this sequence on is known. */
  get completeFrom(): number {
    return this.count === 0 ? this.forgottenBelow : (this.columns.seqs[0] as number);
  }

  /** @param seq higher than all before. */
  add(key: string, seq: number): void {
    if (this.count === this.columns.seqs.length) this.resize(this.count * 2, 0);
    const at = this.count++;
    const { high, low } = hash(key);
    this.columns.high[at] = high;
    this.columns.low[at] = low;
    this.columns.seqs[at] = seq;
    this.place(at);
  }

  /** Sequences of the entries that may have been made under this key, oldest first; mostly none. */
  find(key: string): number[] {
    const { high, low } = hash(key);
    const found: number[] = [];
    const mask = this.places.length - 1;
    for (let place = high & mask; this.places[place] !== EMPTY; place = (place + 1) & mask) {
      const at = (this.places[place] as number) - 1;
      if (this.columns.high[at] === high && this.columns.low[at] === low) found.push(this.columns.seqs[at] as number);
    }
    return found.length > 1 ? found.sort((a, b) => a - b) : found;
  }

  /** Drops the entries below a sequence, once they are so many that it is worth building anew. */
  forgetBelow(seq: number): void {
    let old = 0;
    while (old < this.count && (this.columns.seqs[old] as number) < seq) old++;
    if (old * 4 < this.count || old === 0) return;
    this.forgottenBelow = seq;
    this.resize(Math.max(FIRST_CAPACITY, this.count - old), old);
  }

  /** All entries as bytes, for a snapshot. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.count * COLUMN_BYTES);
    const { high, low, seqs } = columnsIn(bytes.buffer, this.count);
    high.set(this.columns.high.subarray(0, this.count));
    low.set(this.columns.low.subarray(0, this.count));
    seqs.set(this.columns.seqs.subarray(0, this.count));
    return bytes;
  }

  static fromBytes(bytes: Uint8Array): KeyIndex {
    const index = new KeyIndex();
    const count = bytes.length / COLUMN_BYTES;
    // A view needs its bytes aligned, and these may begin anywhere.
    index.columns = columnsIn(bytes.slice().buffer, count);
    index.count = count;
    index.resize(Math.max(FIRST_CAPACITY, count * 2), 0);
    return index;
  }

  /** Room for `capacity` entries, without the first `dropped` ones. */
  private resize(capacity: number, dropped: number): void {
    const { high, low, seqs } = this.columns;
    this.columns = columnsOf(capacity);
    this.columns.high.set(high.subarray(dropped, this.count));
    this.columns.low.set(low.subarray(dropped, this.count));
    this.columns.seqs.set(seqs.subarray(dropped, this.count));
    this.count -= dropped;
    this.places = new Int32Array(2 ** Math.ceil(Math.log2(capacity * PLACES_PER_ENTRY)));
    for (let at = 0; at < this.count; at++) this.place(at);
  }

  private place(at: number): void {
    const mask = this.places.length - 1;
    let place = (this.columns.high[at] as number) & mask;
    while (this.places[place] !== EMPTY) place = (place + 1) & mask;
    this.places[place] = at + 1;
  }
}

const columnsOf = (capacity: number): Columns => columnsIn(new ArrayBuffer(capacity * COLUMN_BYTES), capacity);
/** The widest column comes first, so that each is aligned. */
const columnsIn = (buffer: ArrayBufferLike, count: number): Columns => ({
  seqs: new Float64Array(buffer, 0, count),
  high: new Uint32Array(buffer, count * 8, count),
  low: new Uint32Array(buffer, count * 12, count),
});

/** FNV-1a over the characters, from two beginnings. Keys are hashes of what a client sent, so nobody can choose them to collide. */
function hash(text: string): { high: number; low: number } {
  let high = FNV_OFFSET;
  let low = ~FNV_OFFSET;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, FNV_PRIME);
    low = Math.imul(low ^ code, FNV_PRIME);
  }
  return { high: (high ^ (high >>> 15)) >>> 0, low: (low ^ (low >>> 15)) >>> 0 };
}
