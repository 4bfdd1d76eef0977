import { HashList } from './hash-list.ts';
import { pairDigest } from './hashes.ts';

/**
 * The complete nodes of a tree, level by level: level 0 holds what is appended, level n the hashes over 2ⁿ of them.
 * One append costs one node hash on average.
 */
export class PerfectNodes {
  readonly #levels: HashList[] = [];
  readonly #capacity: number;

  /** @param capacity hashes that are expected on level 0. */
  constructor(capacity: number) {
    this.#capacity = Math.max(1, capacity);
  }

  /** Number of hashes on level 0. */
  get length(): number {
    return this.#levels[0]?.length ?? 0;
  }

  /** @param hash its bytes, or a digest: one character for each of them. */
  append(hash: Uint8Array | string): void {
    let level = 0;
    let node = hash;
    for (;;) {
      this.#levels[level] ??= new HashList(Math.max(1, this.#capacity >> level));
      const list = this.#levels[level]!;
      list.push(node);
      if (list.length % 2 === 1) return;
      node = pairDigest(list.pairAt(list.length - 2));
      level++;
    }
  }

  /** A copy of the hash over the `2^level` hashes that begin at `index · 2^level`. */
  at(level: number, index: number): Buffer {
    const list = this.#levels[level];
    if (list === undefined) throw new RangeError(`there is no node on level ${level}`);
    return Buffer.from(list.at(index));
  }

  /** What was appended; a view. */
  appended(): Buffer {
    return this.#levels[0]?.bytes() ?? Buffer.alloc(0);
  }
}
