import { expect, it } from 'vitest';
import { createRefresher } from './refresher.ts';

const fakeClock = () => {
  let at = 0;
  let timers: { due: number; run: () => void }[] = [];
  return {
    now: () => at,
    after: (delayMs: number, run: () => void) => {
      const timer = { due: at + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((candidate) => candidate !== timer);
      };
    },
    advance: (ms: number) => {
      const end = at + ms;
      for (;;) {
        const next = timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        at = next.due;
        next.run();
      }
      at = end;
    },
  };
};

it('fetches at most once a second and key, however many changes come', async () => {
  const clock = fakeClock();
  const runs: unknown[] = [];
  const refresher = createRefresher(async (key) => runs.push([clock.now(), ...key]), clock);
  for (let i = 0; i < 3_000; i += 1) {
    refresher.refresh(['overview']);
    clock.advance(1);
    await Promise.resolve();
  }
  expect(runs).toEqual([
    [120, 'overview'],
    [1_120, 'overview'],
    [2_120, 'overview'],
  ]);
});
it('keeps keys apart and shows the last change of a spell', async () => {
  const clock = fakeClock();
  const runs: unknown[] = [];
  const refresher = createRefresher(async (key) => runs.push(key[0]), clock);
  refresher.refresh(['a']);
  refresher.refresh(['b']);
  clock.advance(500);
  await Promise.resolve();
  refresher.refresh(['a']);
  clock.advance(2_000);
  expect(runs).toEqual(['a', 'b', 'a']);
});
it('does nothing more once stopped', () => {
  const clock = fakeClock();
  const runs: unknown[] = [];
  const refresher = createRefresher(async (key) => runs.push(key), clock);
  refresher.refresh(['a']);
  refresher.stop();
  clock.advance(5_000);
  expect(runs).toEqual([]);
});

it('waits for a fetch that takes long, and fetches once more for what came meanwhile', async () => {
  const clock = fakeClock();
  const ends: (() => void)[] = [];
  const refresher = createRefresher(() => new Promise<void>((resolve) => ends.push(resolve)), clock);
  for (let i = 0; i < 50; i += 1) {
    refresher.refresh(['overview']);
    clock.advance(100);
  }
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await Promise.resolve();
  clock.advance(1_000);
  expect(ends).toHaveLength(2);
});
