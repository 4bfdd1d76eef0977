import { expect, it } from 'vitest';
import { hasMissed } from './missed-changes.ts';

it('misses nothing where nobody was told more than its answer holds, or it heard all since', () => {
  expect(hasMissed(100, null, 98)).toBe(false);
  expect(hasMissed(100, null, 100)).toBe(false);
  expect(hasMissed(100, 101, 105)).toBe(false);
  expect(hasMissed(100, 99, 105)).toBe(false);
});
it('misses what was told between its answer and the first that it heard', () => {
  expect(hasMissed(100, null, 101)).toBe(true);
  expect(hasMissed(100, 105, 105)).toBe(true);
});
