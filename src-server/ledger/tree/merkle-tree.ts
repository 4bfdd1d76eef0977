import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './hashes.ts';
import { PerfectNodes } from './perfect-nodes.ts';

/**
 * Nodes over this many levels stay in memory, 256 bytes per thousand leaves; those below are made again from the entries
 * of their chunk, which costs about a millisecond.
 */
const CHUNK_LEVEL = 8;
export const CHUNK_LEAVES = 1 << CHUNK_LEVEL;
/** Chunks whose lower nodes are kept, 16 KB each: a bundle asks for neighbours. */
const CHUNKS_KEPT = 64;
const SIZE_BYTES = 8;

/** Leaf hashes of the entries `[from, to)`, which the tree holds already. */
export type LeavesOf = (from: number, to: number) => Iterable<Uint8Array | string>;

/**
 * The RFC 6962 tree of a log: grows by leaves, and proves for any size it ever had. The upper nodes and the right edge are
 * in memory; what lies below in older parts is asked for again from the log.
 */
export class MerkleTree {
  readonly #leavesOf: LeavesOf;
  /** Level 0 here is level CHUNK_LEVEL of the tree. */
  readonly #upper: PerfectNodes;
  #open = new PerfectNodes(CHUNK_LEAVES);
  readonly #chunks = new Map<number, PerfectNodes>();

  /** @param leavesOf asked for whole chunks of CHUNK_LEAVES only; by default older chunks cannot be proven. */
  constructor(leavesOf: LeavesOf = noLeaves) {
    this.#leavesOf = leavesOf;
    this.#upper = new PerfectNodes(1024);
  }

  /**
   * A tree from what `toBytes` gave.
   * @throws RangeError when the bytes are not such.
   */
  static fromBytes(bytes: Buffer, leavesOf: LeavesOf = noLeaves): MerkleTree {
    const tree = new MerkleTree(leavesOf);
    const size = bytes.length < SIZE_BYTES ? -1 : Number(bytes.readBigUInt64BE(0));
    const chunks = Math.floor(size / CHUNK_LEAVES);
    if (bytes.length !== SIZE_BYTES + (chunks + (size % CHUNK_LEAVES)) * HASH_BYTES)
      throw new RangeError('these are not the bytes of a tree');
    for (let offset = SIZE_BYTES, i = 0; offset < bytes.length; offset += HASH_BYTES, i++) {
      const hash = bytes.subarray(offset, offset + HASH_BYTES);
      if (i < chunks) tree.#upper.append(hash);
      else tree.#open.append(hash);
    }
    return tree;
  }

  /** Number of leaves. */
  get size(): number {
    return this.#upper.length * CHUNK_LEAVES + this.#open.length;
  }

  /** Adds the next leaf. @param leafHash see `leafHash` and `leafDigest` of `hashes.ts`. */
  append(leafHash: Uint8Array | string): void {
    this.#open.append(leafHash);
    if (this.#open.length < CHUNK_LEAVES) return;
    this.#keepChunk(this.#upper.length, this.#open);
    this.#upper.append(this.#open.at(CHUNK_LEVEL, 0));
    this.#open = new PerfectNodes(CHUNK_LEAVES);
  }

  /** Root over the first `size` leaves. */
  root(size = this.size): Buffer {
    this.#assertSize(size);
    return size === 0 ? Buffer.from(EMPTY_ROOT) : this.#hashOf(0, size);
  }

  /**
   * Audit path of leaf `index` in the tree of the first `size` leaves, lowest node first (RFC 6962, 2.1.1).
   * @throws RangeError when there is no such leaf.
   */
  inclusionProof(index: number, size = this.size): Buffer[] {
    this.#assertSize(size);
    if (!Number.isSafeInteger(index) || index < 0 || index >= size)
      throw new RangeError(`leaf ${index} is not among ${size}`);
    const path: Buffer[] = [];
    let start = 0;
    let end = size;
    while (end - start > 1) {
      const middle = start + splitOf(end - start);
      if (index < middle) {
        path.push(this.#hashOf(middle, end));
        end = middle;
      } else {
        path.push(this.#hashOf(start, middle));
        start = middle;
      }
    }
    return path.reverse();
  }

  /**
   * Proof that the first `fromSize` leaves of the tree of `toSize` are those that the tree of `fromSize` had
   * (RFC 6962, 2.1.2). Empty when the sizes are equal or the first is 0.
   */
  consistencyProof(fromSize: number, toSize = this.size): Buffer[] {
    this.#assertSize(toSize);
    if (!Number.isSafeInteger(fromSize) || fromSize < 0 || fromSize > toSize)
      throw new RangeError(`a tree of ${fromSize} is no beginning of one of ${toSize}`);
    if (fromSize === 0) return [];
    const path: Buffer[] = [];
    let start = 0;
    let end = toSize;
    let isOldTreeWhole = true;
    while (fromSize < end) {
      const middle = start + splitOf(end - start);
      if (fromSize <= middle) {
        path.push(this.#hashOf(middle, end));
        end = middle;
      } else {
        path.push(this.#hashOf(start, middle));
        start = middle;
        isOldTreeWhole = false;
      }
    }
    if (!isOldTreeWhole) path.push(this.#hashOf(start, end));
    return path.reverse();
  }

  /** What a snapshot keeps: the size, the hash of each whole chunk, the leaves of the open one. 0.13 bytes per leaf. */
  toBytes(): Buffer {
    const size = Buffer.alloc(SIZE_BYTES);
    size.writeBigUInt64BE(BigInt(this.size));
    return Buffer.concat([size, this.#upper.appended(), this.#open.appended()]);
  }

  /** Hash over the leaves `[start, end)`, where `start` is a multiple of the largest power of two in their number. */
  #hashOf(start: number, end: number): Buffer {
    const count = end - start;
    if (isPowerOfTwo(count)) return this.#node(Math.log2(count), start / count);
    const middle = start + splitOf(count);
    return nodeHash(this.#hashOf(start, middle), this.#hashOf(middle, end));
  }

  #node(level: number, index: number): Buffer {
    if (level >= CHUNK_LEVEL) return this.#upper.at(level - CHUNK_LEVEL, index);
    const perChunk = 1 << (CHUNK_LEVEL - level);
    return this.#chunk(Math.floor(index / perChunk)).at(level, index % perChunk);
  }

  #chunk(chunk: number): PerfectNodes {
    if (chunk === this.#upper.length) return this.#open;
    let nodes = this.#chunks.get(chunk);
    if (nodes === undefined) {
      nodes = new PerfectNodes(CHUNK_LEAVES);
      for (const leaf of this.#leavesOf(chunk * CHUNK_LEAVES, (chunk + 1) * CHUNK_LEAVES)) nodes.append(leaf);
      const isSame = nodes.length === CHUNK_LEAVES && nodes.at(CHUNK_LEVEL, 0).equals(this.#upper.at(0, chunk));
      if (!isSame) throw new ChangedChunkError(chunk * CHUNK_LEAVES, (chunk + 1) * CHUNK_LEAVES);
    }
    this.#keepChunk(chunk, nodes);
    return nodes;
  }

  /** Least recently used out first: a Map keeps the order of insertion. */
  #keepChunk(chunk: number, nodes: PerfectNodes): void {
    this.#chunks.delete(chunk);
    this.#chunks.set(chunk, nodes);
    if (this.#chunks.size > CHUNKS_KEPT) this.#chunks.delete(this.#chunks.keys().next().value as number);
  }

  #assertSize(size: number): void {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.size)
      throw new RangeError(`a tree of ${size} is not within ${this.size}`);
  }
}

/** Entries of a chunk are not those that the tree was built from. */
export class ChangedChunkError extends Error {
  readonly code = 'ledger.damaged';
  constructor(
    readonly from: number,
    readonly to: number,
  ) {
    super(`the entries ${from} to ${to - 1} are not those that the tree was built from`);
    this.name = 'ChangedChunkError';
  }
}

/** The largest power of two below `count`; `count` > 1. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}

function noLeaves(): never {
  throw new RangeError('this tree has no access to its older leaves');
}
