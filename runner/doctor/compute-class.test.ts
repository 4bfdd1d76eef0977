import { expect, test } from 'vitest';
import { doctorContext } from '../testing/doctor-context.ts';
import { computeClassChecker } from './compute-class.ts';

test('shows the class that the plane gave', async () => {
  expect(await computeClassChecker.check(doctorContext())).toMatchObject({ passed: true, detail: 'cpu-small.' });
});
