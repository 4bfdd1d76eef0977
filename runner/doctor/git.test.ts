import { expect, test } from 'vitest';
import { doctorContext } from '../testing/doctor-context.ts';
import { gitChecker } from './git.ts';

test('tells the version of what it finds', async () => {
  expect(await gitChecker(process.execPath).check(doctorContext())).toEqual({
    passed: true,
    detail: `v${process.versions.node}.`,
    fix: null,
  });
});

test('fails where git is missing, and is not required', async () => {
  const checker = gitChecker('no-such-git');
  expect(await checker.check(doctorContext())).toMatchObject({ passed: false });
  expect(checker.required).toBe(false);
});
