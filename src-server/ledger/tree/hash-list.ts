import { HASH_BYTES } from './hashes.ts';

/** A growing list of SHA-256 in one buffer: 32 bytes each, no object per hash. */
export class HashList {
  #bytes: Buffer;
  #length = 0;

  /** @param capacity how many hashes fit before the buffer is doubled. */
  constructor(capacity: number) {
    this.#bytes = Buffer.alloc(capacity * HASH_BYTES);
  }

  get length(): number {
    return this.#length;
  }

  push(hash: Uint8Array): void {
    const offset = this.#length * HASH_BYTES;
    if (offset === this.#bytes.length) {
      const larger = Buffer.alloc(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(hash, offset);
    this.#length++;
  }

  /** A view of hash `i`, valid until the next `push`. */
  at(i: number): Buffer {
    if (i < 0 || i >= this.#length) throw new RangeError(`there is no hash ${i}`);
    return this.#bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
  }

  /** The first `count` hashes; a view. */
  bytes(count = this.#length): Buffer {
    return this.#bytes.subarray(0, count * HASH_BYTES);
  }
}
