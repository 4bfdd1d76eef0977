import { expect, test } from 'vitest';
import { doctorContext } from '../testing/doctor-context.ts';
import { confinementChecker } from './confinement.ts';

test('tells what was tried and does not pass, because no job is confined by it yet', async () => {
  const tried: string[] = [];
  const checker = confinementChecker(async (program) => {
    tried.push(program);
    return program === 'unshare' ? '' : null;
  });
  const { passed, detail } = await checker.check(doctorContext());
  expect(tried).toEqual(['bwrap', 'unshare']);
  expect(passed).toBe(false);
  expect(detail).toContain('bubblewrap does not run, a network namespace can be made');
  expect(checker.required).toBe(false);
});

test('promises nothing on other platforms', async () => {
  const surroundings = { platform: 'darwin' as const, env: {}, home: '/' };
  const { passed, detail } = await confinementChecker().check(doctorContext({ surroundings }));
  expect([passed, detail]).toEqual([false, 'Command jobs run unconfined: files none, network not enforced.']);
});
