import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { checkInclusion } from './check-inclusion.ts';

const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leaf = (line: string) => sha(Buffer.from([0]), Buffer.from(line));
const node = (left: Uint8Array, right: Uint8Array) => sha(Buffer.from([1]), left, right);
const text = (bytes: Buffer) => bytes.toString('base64');
const lines = ['a', 'b', 'c', 'd', 'e'];

/** Root and audit path by the recursive definition, another way than the one under test. */
const rootOf = (leaves: Buffer[]): Buffer => {
  if (leaves.length === 1) return leaves[0] as Buffer;
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return node(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
};
const pathOf = (at: number, leaves: Buffer[]): Buffer[] => {
  if (leaves.length === 1) return [];
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return at < k
    ? [...pathOf(at, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(at - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
};
const proofOf = (seq: number, size: number) => {
  const leaves = lines.slice(0, size).map(leaf);
  return {
    seq,
    leaf_hash: text(leaves[seq] as Buffer),
    checkpoint: '',
    size,
    root: text(rootOf(leaves)),
    inclusion: pathOf(seq, leaves).map(text),
  };
};

it('accepts every entry of every size, and no changed one', async () => {
  for (let size = 1; size <= lines.length; size++) {
    for (let seq = 0; seq < size; seq++) {
      const proof = proofOf(seq, size);
      expect(await checkInclusion({ seq, line: lines[seq] as string }, proof), `${seq} of ${size}`).toBe(true);
      expect(await checkInclusion({ seq, line: 'z' }, proof)).toBe(false);
      expect(await checkInclusion({ seq, line: lines[seq] as string }, { ...proof, root: text(leaf('z')) })).toBe(
        false,
      );
      if (proof.inclusion.length > 0) {
        const short = { ...proof, inclusion: proof.inclusion.slice(1) };
        expect(await checkInclusion({ seq, line: lines[seq] as string }, short)).toBe(false);
      }
    }
  }
});
