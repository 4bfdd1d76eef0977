import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_ROOT, leafHash } from './hashes.ts';
import { CHUNK_LEAVES, ChangedChunkError, MerkleTree } from './merkle-tree.ts';
import { verifyConsistency, verifyInclusion } from './verify-proof.ts';

/** The published vectors of certificate-transparency: eight leaves and the root after each. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const INCLUSION: [index: number, size: number, path: string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];
const CONSISTENCY: [from: number, to: number, path: string[]][] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];
const hexOf = (hashes: readonly Uint8Array[]): string[] => hashes.map((hash) => Buffer.from(hash).toString('hex'));

describe('the published vectors', () => {
  const tree = new MerkleTree();
  const roots = LEAVES.map((hex) => {
    tree.append(leafHash(Buffer.from(hex, 'hex')));
    return tree.root().toString('hex');
  });

  test('roots, now and of every earlier size', () => {
    expect(roots).toEqual(ROOTS);
    expect(ROOTS.map((_, i) => tree.root(i + 1).toString('hex'))).toEqual(ROOTS);
    expect(new MerkleTree().root().toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(EMPTY_ROOT).toEqual(tree.root(0));
  });
  test.each(INCLUSION)('inclusion of %i in %i', (index, size, path) => {
    expect(hexOf(tree.inclusionProof(index, size))).toEqual(path);
  });
  test.each(CONSISTENCY)('consistency of %i and %i', (from, to, path) => {
    expect(hexOf(tree.consistencyProof(from, to))).toEqual(path);
  });
});

/** The definition of RFC 6962, 2.1, word by word, with a memory so that it ends in time. */
class NaiveTree {
  readonly #known = new Map<string, Buffer>();
  constructor(readonly leaves: readonly Buffer[]) {}

  root(start: number, end: number): Buffer {
    const key = `${start}-${end}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const root = this.#compute(start, end);
    this.#known.set(key, root);
    return root;
  }
  path(m: number, start: number, end: number): Buffer[] {
    if (end - start === 1) return [];
    const k = NaiveTree.split(end - start);
    return m < k
      ? [...this.path(m, start, start + k), this.root(start + k, end)]
      : [...this.path(m - k, start + k, end), this.root(start, start + k)];
  }
  proof(m: number, start: number, end: number, isWhole = true): Buffer[] {
    if (m === end - start) return isWhole ? [] : [this.root(start, end)];
    const k = NaiveTree.split(end - start);
    return m <= k
      ? [...this.proof(m, start, start + k, isWhole), this.root(start + k, end)]
      : [...this.proof(m - k, start + k, end, false), this.root(start, start + k)];
  }
  #compute(start: number, end: number): Buffer {
    const sha = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
    if (end === start) return sha();
    if (end - start === 1) return sha(Buffer.of(0), this.leaves[start]!);
    const k = NaiveTree.split(end - start);
    return sha(Buffer.of(1), this.root(start, start + k), this.root(start + k, end));
  }
  static split(n: number): number {
    let k = 1;
    while (k < n / 2) k *= 2;
    return k;
  }
}

const LEAF_BYTES = Array.from({ length: 4_096 }, (_, i) => Buffer.from(`entry ${i}`));
const LEAF_HASHES = LEAF_BYTES.map((bytes) => leafHash(bytes));
const treeOf = (size: number): MerkleTree => {
  const tree = new MerkleTree((from, to) => LEAF_HASHES.slice(from, to));
  for (let i = 0; i < size; i++) tree.append(LEAF_HASHES[i]!);
  return tree;
};

describe('against the definition', () => {
  const naive = new NaiveTree(LEAF_BYTES);
  const whole = treeOf(4_096);
  /** Mostly around chunks and powers of two, where mistakes live. */
  const size = fc.oneof(
    fc.integer({ min: 1, max: 4_096 }),
    fc.integer({ min: 1, max: 40 }),
    fc
      .record({ near: fc.constantFrom(64, 256, 512, 1_024, 2_048, 4_000), by: fc.integer({ min: -3, max: 3 }) })
      .map(({ near, by }) => near + by),
  );

  test('10,000 random trees: roots, inclusion, consistency, and both proofs verified', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (n, a, b) => {
        const index = a % n;
        const from = (b % n) + 1;
        const root = whole.root(n);
        const inclusion = whole.inclusionProof(index, n);
        const consistency = whole.consistencyProof(from, n);
        if (!root.equals(naive.root(0, n))) return false;
        if (hexOf(inclusion).join() !== hexOf(naive.path(index, 0, n)).join()) return false;
        if (hexOf(consistency).join() !== hexOf(naive.proof(from, 0, n)).join()) return false;
        const fromRoot = whole.root(from);
        return (
          verifyInclusion({ leafHash: LEAF_HASHES[index]!, index, size: n, proof: inclusion, root }) &&
          verifyConsistency({ fromSize: from, fromRoot, toSize: n, toRoot: root, proof: consistency })
        );
      }),
      { numRuns: 10_000 },
    );
  });

  test('a tree that grew to a size has the root that the larger one says it had', () => {
    const tree = treeOf(0);
    for (let n = 1; n <= 700; n++) {
      tree.append(LEAF_HASHES[n - 1]!);
      expect(tree.root().equals(whole.root(n))).toBe(true);
    }
  });

  test('a changed proof is no proof', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), fc.nat(), (n, a, b, c) => {
        const index = a % n;
        const root = whole.root(n);
        const proof = whole.inclusionProof(index, n);
        const good = { leafHash: LEAF_HASHES[index]!, index, size: n, proof, root };
        const bad = proof.map((hash) => Buffer.from(hash));
        if (bad.length > 0) bad[b % bad.length]![c % 32]! ^= 1 << (c % 8);
        const another = (index + 1) % n;
        return (
          (bad.length === 0 || !verifyInclusion({ ...good, proof: bad })) &&
          !verifyInclusion({ ...good, proof: [...proof, root] }) &&
          (proof.length === 0 || !verifyInclusion({ ...good, proof: proof.slice(1) })) &&
          (another === index || !verifyInclusion({ ...good, index: another })) &&
          !verifyInclusion({ ...good, index: n }) &&
          !verifyInclusion({ ...good, root: EMPTY_ROOT })
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test('a log that was rewritten has no consistency proof', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(), fc.nat(), (from, a, b) => {
        const changed = a % from;
        const to = from + (b % 600);
        const other = new MerkleTree((start, end) => other.leaves.slice(start, end)) as MerkleTree & {
          leaves: Buffer[];
        };
        other.leaves = LEAF_HASHES.slice(0, to).map((hash, i) => (i === changed ? leafHash(Buffer.from('x')) : hash));
        for (const hash of other.leaves) other.append(hash);
        const claim = { fromSize: from, fromRoot: whole.root(from), toSize: to, toRoot: other.root() };
        return !verifyConsistency({ ...claim, proof: other.consistencyProof(from, to) });
      }),
      { numRuns: 150 },
    );
  });

  test('the bytes that a snapshot keeps make the same tree', () => {
    for (const n of [0, 1, 255, 256, 257, 1_000, 4_096]) {
      const tree = treeOf(n);
      const again = MerkleTree.fromBytes(tree.toBytes(), (from, to) => LEAF_HASHES.slice(from, to));
      expect([again.size, again.root()]).toEqual([n, tree.root()]);
      if (n > 300) expect(again.inclusionProof(3)).toEqual(tree.inclusionProof(3));
    }
    expect(() => MerkleTree.fromBytes(treeOf(10).toBytes().subarray(1))).toThrow(RangeError);
  });

  test('older entries that are no longer the same are named, not proven', () => {
    const bytes = treeOf(CHUNK_LEAVES + 1).toBytes();
    const tree = MerkleTree.fromBytes(bytes, (from, to) => LEAF_HASHES.slice(from + 1, to + 1));
    expect(() => tree.inclusionProof(7)).toThrow(ChangedChunkError);
  });

  test('what is not in the tree is refused', () => {
    const tree = treeOf(5);
    expect(() => tree.root(6)).toThrow(RangeError);
    expect(() => tree.inclusionProof(5)).toThrow(RangeError);
    expect(() => tree.inclusionProof(0, 0)).toThrow(RangeError);
    expect(() => tree.consistencyProof(5, 4)).toThrow(RangeError);
    expect(tree.consistencyProof(0, 5)).toEqual([]);
  });
});
