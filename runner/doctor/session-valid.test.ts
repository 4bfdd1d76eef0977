import { expect, test } from 'vitest';
import { PlaneProblem } from '../errors.ts';
import { doctorContext } from '../testing/doctor-context.ts';
import { examine } from './doctor.ts';
import { sessionChecker } from './session-valid.ts';

test('passes when the plane knows this runner by its key', async () => {
  expect(await sessionChecker.check(doctorContext())).toMatchObject({ passed: true, detail: 'ses_1 on source src_1.' });
});

test('fails in the words of the plane', async () => {
  const session = async () => {
    throw new PlaneProblem(403, 'runner.revoked', 'The runner was revoked.', false, null, {});
  };
  const [finding] = await examine([sessionChecker], doctorContext({ session }));
  expect(finding).toMatchObject({ passed: false, detail: 'The runner was revoked.' });
});
