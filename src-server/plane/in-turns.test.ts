import { expect, test } from 'vitest';
import { drained, inTurns } from './in-turns.ts';

/** Steps that take 4 ms each by a clock that only they move. */
function slowSteps(count: number) {
  let nowMs = 0;
  const steps = function* (): Generator<void, string> {
    for (let n = 0; n < count; n++) {
      nowMs += 4;
      yield;
    }
    return 'done';
  };
  return { steps: steps(), clock: { monoMs: () => nowMs, wallMs: () => nowMs } };
}

test('other work gets its turn while steps are taken, and not after each of them', async () => {
  const { steps, clock } = slowSteps(100);
  let turns = 0;
  const soon = (run: () => void): void => {
    turns++;
    setImmediate(run);
  };
  expect(await inTurns(steps, { clock, timers: { soon } })).toBe('done');
  // Three steps are 12 ms.
  expect(turns).toBe(33);
});

test('a step that throws ends it, and steps may be taken at once', async () => {
  const failing = (function* (): Generator<void, never> {
    yield;
    throw new Error('no history');
  })();
  const { clock } = slowSteps(0);
  await expect(inTurns(failing, { clock, timers: { soon: (run) => run() } })).rejects.toThrow('no history');
  expect(drained(slowSteps(5).steps)).toBe('done');
});
