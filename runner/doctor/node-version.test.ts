import { expect, test } from 'vitest';
import { doctorContext } from '../testing/doctor-context.ts';
import { nodeVersionChecker } from './node-version.ts';

test.each([
  ['20.0.0', true],
  ['24.1.0', true],
  ['18.20.4', false],
])('Node %s: %s', async (version, passed) => {
  expect(await nodeVersionChecker(version).check(doctorContext())).toMatchObject({ passed });
});
