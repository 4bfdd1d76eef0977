import { expect, it } from 'vitest';
import { barOf, densityBars } from './density.ts';

const entry = (seq: number, ms: number) => ({ seq, at: new Date(ms).toISOString() });

it('counts each entry once, whatever the clocks say', () => {
  const bars = densityBars([entry(12, 9_000), entry(10, 0), entry(11, 100), entry(13, 99_000)], 10_000, 4);
  expect(bars.map((bar) => bar.entries)).toEqual([2, 0, 0, 2]);
  expect(bars.map((bar) => bar.lastSeq)).toEqual([11, 11, 11, 13]);
});
it('finds the bar of an entry, and now for none', () => {
  const bars = densityBars([entry(0, 0), entry(1, 5_000), entry(2, 9_000)], 10_000, 2);
  expect([0, 1, 2].map((seq) => barOf(bars, seq))).toEqual([0, 1, 1]);
  expect(barOf(bars, null)).toBe(1);
  expect(densityBars([], 0, 2)).toEqual([]);
});
