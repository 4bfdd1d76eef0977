import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

const TEN_YEARS_MS = 10 * 365 * 86_400_000;
let plane: PlaneUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
});
afterEach(() => plane.close());

describe('row 28: somebody sets the clock', () => {
  test.each([
    ['ten years ahead', TEN_YEARS_MS],
    ['ten years back', -TEN_YEARS_MS],
  ])('%s: nothing expires by wall time, and the log says that it jumped', async (_, byMs) => {
    const runner = await plane.runner('laptop-1');
    const { credential } = await plane.enroll('laptop-2');
    await plane.submit();
    const lease = await runner.startOne();
    plane.clock.setWall(byMs);
    await expect.poll(() => plane.entriesOf('time.jumped').some((e) => e.events[0]?.body.cause === 'clock')).toBe(true);
    expect(plane.hosted.workspace.engine.hot.lease(lease.lease_id)).toBeDefined();
    expect(
      (await runner.heartbeat({ leases: [lease].map(({ lease_id, fence }) => ({ lease_id, fence })) })).json.leases[0]
        .state,
    ).toBe('active');
    expect((await new RunnerUnderTest(plane, '').redeem(credential)).status).toBe(200);
    expect((await runner.complete(lease)).json.job_state).toBe('succeeded');
    const info = await plane.call('session');
    expect(info.status).toBe(200);
  });

  test('the machine slept for eight hours: a lease gets a fresh time before it is judged', async () => {
    const runner = await plane.runner('laptop-1');
    await plane.submit();
    const lease = await runner.startOne();
    plane.clock.setWall(8 * 3_600_000);
    await expect.poll(() => plane.entriesOf('time.jumped').some((e) => e.events[0]?.body.cause === 'clock')).toBe(true);
    expect((await runner.complete(lease)).status).toBe(200);
  });
});
