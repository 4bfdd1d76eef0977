import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';
import { priorityOf, rankOf, seqOfRank } from './rank.ts';

interface Job {
  seq: number;
  wu: string;
  priority: number;
  cost: number;
}
const jobs = fc
  .array(
    fc.record({
      wu: fc.constantFrom('WU-1', 'WU-2', 'WU-3', 'WU-4'),
      priority: fc.constantFrom(0, 50, 100),
      cost: fc.nat(40),
    }),
    { maxLength: 120 },
  )
  .map((list): Job[] => list.map((job, seq) => ({ ...job, seq })));

function queueOf(list: readonly Job[]): { queue: FairQueue; pop: () => Job | undefined } {
  const queue = new FairQueue();
  for (const job of list) queue.push(rankOf(job.priority, job.seq), job.wu);
  const pop = (): Job | undefined => {
    const rank = queue.pop((r) => list[seqOfRank(r)]?.cost ?? 0);
    return rank === undefined ? undefined : list[seqOfRank(rank)];
  };
  return { queue, pop };
}

describe('fair share', () => {
  it('hands out every job once, the higher priority first, by age inside a work unit', () => {
    fc.assert(
      fc.property(jobs, (list) => {
        const { queue, pop } = queueOf(list);
        const taken: Job[] = [];
        for (;;) {
          const top = queue.top;
          const job = pop();
          if (job === undefined) break;
          expect(priorityOf(top)).toBe(job.priority);
          taken.push(job);
        }
        expect(taken.map((j) => j.seq).sort((a, b) => a - b)).toEqual(list.map((j) => j.seq));
        for (const [n, job] of taken.entries())
          for (const later of taken.slice(n + 1)) {
            expect(later.priority).toBeLessThanOrEqual(job.priority);
            if (later.priority === job.priority && later.wu === job.wu) expect(later.seq).toBeGreaterThan(job.seq);
          }
      }),
    );
  });

  it('passes nobody over for more than two of the dearest jobs', () => {
    fc.assert(
      fc.property(jobs, (list) => {
        const { pop } = queueOf(list.map((job) => ({ ...job, priority: 50 })));
        const left = new Map<string, number>();
        for (const { wu } of list) left.set(wu, (left.get(wu) ?? 0) + 1);
        const dearest = Math.max(1, ...list.map((j) => j.cost));
        const passed = new Map<string, number>();
        for (let job = pop(); job !== undefined; job = pop()) {
          left.set(job.wu, (left.get(job.wu) as number) - 1);
          for (const [wu, count] of left) {
            const key = `${wu} by ${job.wu}`;
            if (wu === job.wu) for (const other of left.keys()) passed.delete(`${wu} by ${other}`);
            else if (count > 0) passed.set(key, (passed.get(key) ?? 0) + Math.max(1, job.cost));
            expect(passed.get(key) ?? 0).toBeLessThanOrEqual(2 * dearest);
          }
        }
      }),
    );
  });

  it('takes turns one by one where jobs cost nothing', () => {
    const list: Job[] = ['A', 'A', 'A', 'B', 'B', 'C'].map((wu, seq) => ({ wu, seq, priority: 50, cost: 0 }));
    const { pop } = queueOf(list);
    expect(list.map(() => pop()?.wu).join('')).toBe('ABCABA');
  });

  it('gives a work unit with jobs a third as dear three for one', () => {
    const list: Job[] = Array.from({ length: 24 }, (_, seq) => ({
      wu: seq < 6 ? 'dear' : 'cheap',
      seq,
      priority: 50,
      cost: seq < 6 ? 30 : 10,
    }));
    const { pop } = queueOf(list);
    const first12 = list.slice(0, 12).map(() => pop()?.wu);
    expect(first12.filter((wu) => wu === 'cheap')).toHaveLength(9);
  });

  it('charges nothing for a job that was not handed out, and takes it back', () => {
    const list: Job[] = ['A', 'A', 'B'].map((wu, seq) => ({ wu, seq, priority: 50, cost: 5 }));
    const { queue, pop } = queueOf(list);
    const held = pop() as Job;
    queue.refund();
    queue.push(rankOf(held.priority, held.seq), held.wu);
    expect([pop()?.seq, pop()?.seq, pop()?.seq, pop()]).toEqual([0, 2, 1, undefined]);
  });

  it('a work unit whose jobs left unserved comes back before those that were served meanwhile', () => {
    const queue = new FairQueue();
    queue.push(1, 'A');
    queue.push(2, 'B');
    expect(queue.pop(() => 1)).toBe(1);
    expect(queue.pop(() => 1)).toBe(2);
    queue.refund();
    queue.push(3, 'A');
    queue.push(2, 'B');
    expect(queue.pop(() => 1)).toBe(2);
  });
});
