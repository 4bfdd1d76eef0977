import { expect, it } from 'vitest';
import { rowsInView, scrollTopFor } from './rows-in-view.ts';

const VIEW = { scrollTop: 0, height: 720, rowHeight: 36, count: 100_000 };

it.each([0, 1, 35, 36, 500, 17_999, 3_599_280, 9e9])(
  'draws every visible row, and few others, at %d px',
  (scrollTop) => {
    const { from, to } = rowsInView({ ...VIEW, scrollTop });
    const first = Math.min(VIEW.count, Math.floor(scrollTop / VIEW.rowHeight));
    const last = Math.min(VIEW.count, Math.ceil((scrollTop + VIEW.height) / VIEW.rowHeight));
    expect(from).toBeLessThanOrEqual(first);
    expect(to).toBeGreaterThanOrEqual(last);
    expect(to - from).toBeLessThanOrEqual(20 + 2 * 12 + 4);
  },
);
it.each([0, 36, 500, 3_599_280])('draws only what is seen of a list that has just come, at %d px', (scrollTop) => {
  const { from, to } = rowsInView({ ...VIEW, scrollTop, isLean: true });
  expect(from).toBeLessThanOrEqual(Math.floor(scrollTop / VIEW.rowHeight));
  expect(to).toBeGreaterThanOrEqual(Math.min(VIEW.count, Math.ceil((scrollTop + VIEW.height) / VIEW.rowHeight)));
  expect(to - from).toBeLessThanOrEqual(20 + 1);
});
it('draws what there is of a short list, and nothing of an empty one', () => {
  expect(rowsInView({ ...VIEW, count: 3 })).toEqual({ from: 0, to: 3 });
  expect(rowsInView({ ...VIEW, count: 0, scrollTop: 500 })).toEqual({ from: 0, to: 0 });
});
it('scrolls no further than it must to show a row whole', () => {
  expect(scrollTopFor(5, 33, VIEW)).toBe(0);
  expect(scrollTopFor(19, 33, VIEW)).toBe(20 * 36 + 33 - 720);
  expect(scrollTopFor(50, 33, { ...VIEW, scrollTop: 3_600 })).toBe(1_800);
});
