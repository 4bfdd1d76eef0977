import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf } from './clock.ts';

const LAST_MS = 8.64e15;

test('an instant is what Date makes of it, whatever was asked before', () => {
  // Neighbours share the text of their second.
  const near = fc.integer({ min: -2_000, max: 2_000 });
  const far = fc.integer({ min: -LAST_MS, max: LAST_MS });
  fc.assert(
    fc.property(fc.array(fc.oneof(near, far)), (moments) => {
      for (const ms of moments) expect(instantOf(ms)).toBe(new Date(ms).toISOString());
    }),
  );
  expect(() => instantOf(LAST_MS + 1_000)).toThrow(RangeError);
});
