import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberHeap } from './heap.ts';
import { rankOf, seqOfRank } from './rank.ts';
import { TimerHeap } from './timers.ts';

const job = fc.record({ priority: fc.nat(100), seq: fc.nat(2 ** 40 - 1) });

describe('rank', () => {
  it('is one safe integer that orders by priority, then by age, and names its job', () => {
    fc.assert(
      fc.property(job, job, (a, b) => {
        const [ra, rb] = [rankOf(a.priority, a.seq), rankOf(b.priority, b.seq)];
        expect(Number.isSafeInteger(ra)).toBe(true);
        expect(seqOfRank(ra)).toBe(a.seq);
        const isFirst = a.priority > b.priority || (a.priority === b.priority && a.seq < b.seq);
        expect(ra < rb).toBe(isFirst);
      }),
    );
  });
});

describe('heap', () => {
  it('does what a sorted array does, whatever the order of calls', () => {
    const step = fc.oneof(fc.record({ push: fc.maxSafeNat() }), fc.constant('pop' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const heap = new NumberHeap();
        const sorted: number[] = [];
        for (const s of steps) {
          if (s === 'pop') expect(heap.pop()).toBe(sorted.shift());
          else {
            heap.push(s.push);
            sorted.push(s.push);
            sorted.sort((a, b) => a - b);
          }
          expect([heap.size, heap.top]).toEqual([sorted.length, sorted[0] ?? Number.POSITIVE_INFINITY]);
        }
      }),
    );
  });
});

describe('timers', () => {
  it('come when they are due, in order of time and then as they were set', () => {
    const step = fc.oneof(fc.record({ set: fc.nat(50) }), fc.record({ now: fc.nat(50) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new TimerHeap<'x'>();
        let model: { dueMs: number; id: string }[] = [];
        for (const [order, s] of steps.entries()) {
          if ('set' in s) {
            heap.set(s.set, 'x', String(order));
            model.push({ dueMs: s.set, id: String(order) });
            continue;
          }
          const due = model
            .filter((t) => t.dueMs <= s.now)
            .sort((a, b) => a.dueMs - b.dueMs || Number(a.id) - Number(b.id));
          const taken: string[] = [];
          for (let t = heap.takeDue(s.now); t !== undefined; t = heap.takeDue(s.now)) taken.push(t.id);
          expect(taken).toEqual(due.map((t) => t.id));
          model = model.filter((t) => t.dueMs > s.now);
          expect(heap.size).toBe(model.length);
        }
      }),
    );
  });

  it('keep kind and id as they were given, numbers and what only looks like one', () => {
    const ids = fc.oneof(
      fc.constantFrom('', '0', '-0', '007', '1e3', '1e21', 'NaN', 'Infinity', ' 5', '0x10'),
      fc.string(),
      fc.nat().map(String),
    );
    const timer = fc.record({ dueMs: fc.nat(20), kind: fc.constantFrom('lease' as const, 'job' as const), id: ids });
    fc.assert(
      fc.property(fc.array(timer, { maxLength: 60 }), (timers) => {
        const heap = new TimerHeap<'lease' | 'job'>();
        for (const { dueMs, kind, id } of timers) heap.set(dueMs, kind, id);
        // A sort is stable: equal moments stay as they were set.
        const expected = timers.toSorted((a, b) => a.dueMs - b.dueMs);
        expect(timers.map(() => heap.takeDue(20))).toEqual(expected);
        expect(heap.takeDue(20)).toBeUndefined();
      }),
    );
  });
});
