import { describe, expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

describe('backoff', () => {
  const waits = (fraction: number, count: number) => {
    const backoff = new Backoff({ baseMs: 500, capMs: 30_000 }, { fraction: () => fraction });
    return { backoff, list: Array.from({ length: count }, () => backoff.nextMs()) };
  };

  test('grows to its cap and takes any part of it', () => {
    expect(waits(0.999_999, 9).list).toEqual([499, 999, 1_999, 3_999, 7_999, 15_999, 29_999, 29_999, 29_999]);
    expect(waits(0.5, 3).list).toEqual([250, 500, 1_000]);
  });

  test('never spins', () => {
    expect(waits(0, 2_000).list.every((ms) => ms === 50)).toBe(true);
  });

  test('starts small again after a success', () => {
    const { backoff } = waits(0.5, 10);
    backoff.reset();
    expect(backoff.nextMs()).toBe(250);
  });
});
