import { expect, test } from 'vitest';
import { doctorContext } from '../testing/doctor-context.ts';
import { postureChecker } from './posture-summary.ts';

test('says what is enforced, which is not files and not the network', async () => {
  expect(await postureChecker.check(doctorContext())).toMatchObject({
    passed: true,
    detail: 'Not confined: files none, network not enforced, processes ended by group.',
  });
});
