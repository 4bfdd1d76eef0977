import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KeyIndex } from './key-index.ts';

const keyOf = (n: number): string => createHash('sha256').update(String(n)).digest('hex').slice(0, 32);
const filled = (count: number): KeyIndex => {
  const index = new KeyIndex();
  for (let n = 0; n < count; n++) index.add(keyOf(n), n * 3);
  return index;
};

describe('the index of idempotency keys', () => {
  it('finds every key and knows no other', () => {
    const index = filled(20_000);
    for (let n = 0; n < 20_000; n++) expect(index.find(keyOf(n))).toEqual([n * 3]);
    for (let n = 20_000; n < 30_000; n++) expect(index.find(keyOf(n))).toEqual([]);
  });

  it('finds all entries of one key, oldest first', () => {
    const index = filled(3_000);
    for (const seq of [9_001, 9_002, 12_000]) index.add(keyOf(7), seq);
    expect(index.find(keyOf(7))).toEqual([21, 9_001, 9_002, 12_000]);
  });

  it('forgets what is old and keeps the rest', () => {
    const index = filled(10_000);
    index.forgetBelow(15_000);
    expect(index.size).toBe(5_000);
    expect(index.find(keyOf(4_999))).toEqual([]);
    expect(index.find(keyOf(5_000))).toEqual([15_000]);
    index.add(keyOf(1), 40_000);
    expect(index.find(keyOf(1))).toEqual([40_000]);
  });

  it('is the same after a way through bytes, wherever they begin', () => {
    const bytes = filled(2_500).toBytes();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const again = KeyIndex.fromBytes(shifted.subarray(3));
    again.add(keyOf(2_500), 7_500);
    for (let n = 0; n <= 2_500; n++) expect(again.find(keyOf(n))).toEqual([n * 3]);
    expect(KeyIndex.fromBytes(new KeyIndex().toBytes()).find(keyOf(1))).toEqual([]);
  });
});
