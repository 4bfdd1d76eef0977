import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
});
afterEach(() => plane.close());

test.each(['/api/v1/health?credential=', '/api/v1/runtime/claim/', '/'])(
  'row 13: a credential that reached the plane in the address %s is burned',
  async (path) => {
    const { credential } = await plane.enroll('laptop-1');
    const answer = await plane.raw('GET', `${path}${credential}`, { host: `127.0.0.1:${plane.port}` });
    expect(answer.text).not.toContain(credential);
    await expect.poll(() => plane.entriesOf('credential.burned').length).toBe(1);
    expect(plane.entriesOf('credential.burned')[0]?.events[0]?.body.reason).toBe('It reached the plane in an address.');
    const late = await new RunnerUnderTest(plane, '').redeem(credential);
    expect([late.status, late.code]).toEqual([401, 'credential.burned']);
  },
);
