import { expect, it } from 'vitest';
import { sparkPath } from './spark-path.ts';

it('draws nothing from a single sample', () => expect(sparkPath([3], 10, 10)).toBeNull());
it('puts zero at the foot and the largest at the top', () => {
  expect(sparkPath([0, 4], 10, 10)).toBe('M0.0 8.0L10.0 2.0');
});
it('keeps a flat zero line at the foot', () => expect(sparkPath([0, 0], 10, 10)).toBe('M0.0 8.0L10.0 8.0'));
it('keeps the peaks of a long series', () => {
  const values = Array.from({ length: 600 }, (_, i) => (i === 333 ? 9 : 0));
  const path = sparkPath(values, 72, 24) ?? '';
  expect(path.split('L')).toHaveLength(30);
  expect(path).toContain(' 2.0');
});
