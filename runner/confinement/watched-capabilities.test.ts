import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { type Capabilities, NO_CAPABILITIES } from './capabilities.ts';
import { WatchedCapabilities } from './watched-capabilities.ts';

const CONFINED: Capabilities = {
  ...NO_CAPABILITIES,
  posture: { ...NO_CAPABILITIES.posture, files: 'confined', network: ['none'] },
  bubblewrap: '0.8.0',
};

test('tries again every ten minutes and tells a change once', async () => {
  const clock = new FakeClock();
  let found = CONFINED;
  const told: (string | undefined)[] = [];
  const watched = new WatchedCapabilities(
    CONFINED,
    async () => found,
    clock,
    ({ posture }) => told.push(posture.files),
  );
  watched.start();
  await clock.advance(600_000);
  expect(told).toEqual([]);
  found = NO_CAPABILITIES;
  await clock.advance(1_200_000);
  expect(told).toEqual(['none']);
  expect(watched.now()).toBe(NO_CAPABILITIES);
  watched.stop();
  found = CONFINED;
  await clock.advance(1_200_000);
  expect(told).toEqual(['none']);
});

test('keeps what it knows when a probe throws', async () => {
  const clock = new FakeClock();
  const watched = new WatchedCapabilities(
    CONFINED,
    async () => {
      throw new Error('no room');
    },
    clock,
    () => expect.unreachable(),
  );
  watched.start();
  await clock.advance(600_000);
  expect(watched.now()).toBe(CONFINED);
  watched.stop();
});

test('tries at once when it is told to, and trusts nothing that was kept', async () => {
  const asked: boolean[] = [];
  const told: (string | undefined)[] = [];
  const watched = new WatchedCapabilities(
    CONFINED,
    async (isFresh) => {
      asked.push(isFresh);
      return NO_CAPABILITIES;
    },
    new FakeClock(),
    ({ posture }) => told.push(posture.files),
  );
  watched.tryAgain();
  watched.tryAgain();
  await expect.poll(() => told).toEqual(['none']);
  expect(asked).toEqual([true]);
});
