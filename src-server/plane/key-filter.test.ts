import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { KeyFilter } from './key-filter.ts';

const keyOf = (n: number): string => createHash('sha256').update(String(n)).digest('hex').slice(0, 32);

it('never forgets a key, and seldom knows one that was not added', () => {
  const filter = new KeyFilter();
  for (let n = 0; n < 100_000; n++) filter.add(keyOf(n));
  for (let n = 0; n < 100_000; n++) expect(filter.mayHave(keyOf(n))).toBe(true);
  let wrong = 0;
  for (let n = 100_000; n < 200_000; n++) if (filter.mayHave(keyOf(n))) wrong++;
  expect(wrong).toBeLessThan(1_000);
});
