import { expect, test } from 'vitest';
import { PlaneUnreachable } from '../errors.ts';
import { doctorContext } from '../testing/doctor-context.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { clockChecker } from './clock-drift.ts';

async function check(planeAheadMs: number | null, wallJumpMs = 0) {
  const clock = new FakeClock();
  const greeting = async () => {
    if (planeAheadMs === null) throw new PlaneUnreachable('ECONNREFUSED');
    return { nonce: 'n', planePublicKey: 'k', planeWallMs: clock.now().wallMs + planeAheadMs };
  };
  const result = clockChecker.check(doctorContext({ clock, greeting }));
  clock.sleepThrough(wallJumpMs);
  await clock.advance(1_000);
  return result;
}

test('passes while both clocks go together and the plane agrees', async () => {
  expect(await check(2_000)).toMatchObject({ passed: true });
});

test('passes without word from the plane', async () => {
  expect(await check(null)).toMatchObject({ passed: true });
});

test('fails when wall time is being moved', async () => {
  expect(await check(0, 5_000)).toMatchObject({
    passed: false,
    detail: 'Wall time moved 5000 ms against monotonic time.',
  });
});

test('fails when the clocks differ, and says what that means', async () => {
  const { passed, detail } = await check(-90_000);
  expect([passed, detail]).toEqual([
    false,
    'The clocks differ by 1:30. Times shown can differ by this much, leases are not affected.',
  ]);
});
