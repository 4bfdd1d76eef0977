import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignSlots } from './row-slots.ts';

const slotsOf = (map: ReadonlyMap<string, number>) => [...map.values()];

it('keeps the place of a row that stays, and gives those of others to rows that come', () => {
  const first = assignSlots(new Map(), ['a', 'b', 'c'], null);
  expect(slotsOf(first)).toEqual([0, 1, 2]);
  const further = assignSlots(first, ['b', 'c', 'd'], null);
  expect([...further]).toEqual([
    ['b', 1],
    ['c', 2],
    ['d', 0],
  ]);
  expect(slotsOf(assignSlots(further, ['x', 'y', 'z', 'more'], null))).toEqual([1, 2, 0, 3]);
});

it('gives nobody the place of the row that may have the focus', () => {
  const first = assignSlots(new Map(), ['a', 'b'], null);
  expect(slotsOf(assignSlots(first, ['x', 'y'], 'a'))).toEqual([1, 2]);
});

it('never gives one place to two rows', () => {
  const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghij'));
  fc.assert(
    fc.property(fc.array(fc.tuple(ids, fc.constantFrom(null, 'a', 'b')), { maxLength: 12 }), (lists) => {
      let slots = new Map<string, number>();
      for (const [list, pinned] of lists) {
        const before = slots;
        slots = assignSlots(before, list, pinned);
        expect([...slots.keys()]).toEqual(list);
        expect(new Set(slots.values()).size).toBe(list.length);
        for (const id of list) if (before.has(id)) expect(slots.get(id)).toBe(before.get(id));
      }
    }),
  );
});
