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

  /** @param hash its bytes, or a digest: one character for each of them. */
  push(hash: Uint8Array | string): void {
    const offset = this.#length * HASH_BYTES;
    if (offset === this.#bytes.length) {
      const larger = Buffer.alloc(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    if (typeof hash === 'string') this.#bytes.write(hash, offset, HASH_BYTES, 'latin1');
    else this.#bytes.set(hash, offset);
    this.#length++;
  }

  /** A view of hash `i`, valid until the next `push`. */
  at(i: number): Buffer {
    if (i < 0 || i >= this.#length) throw new RangeError(`there is no hash ${i}`);
    return this.#bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
  }

  /** A view of the hashes `i` and `i + 1`, valid until the next `push`. */
  pairAt(i: number): Buffer {
    if (i < 0 || i + 1 >= this.#length) throw new RangeError(`there are no hashes ${i} and ${i + 1}`);
    return this.#bytes.subarray(i * HASH_BYTES, (i + 2) * HASH_BYTES);
  }

  /** The first `count` hashes; a view. */
  bytes(count = this.#length): Buffer {
    return this.#bytes.subarray(0, count * HASH_BYTES);
  }
}
