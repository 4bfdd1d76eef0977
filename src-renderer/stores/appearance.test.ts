import { expect, it } from 'vitest';
import { rowHeightFor } from './appearance.ts';

it('makes compact rows 28 px, and two lines still fit', () => {
  expect([36, 32, 28, 48].map((px) => rowHeightFor(px, 'compact'))).toEqual([28, 28, 28, 40]);
  expect(rowHeightFor(36, 'default')).toBe(36);
});
