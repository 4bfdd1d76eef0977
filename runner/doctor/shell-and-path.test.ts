import { expect, test } from 'vitest';
import { doctorContext } from '../testing/doctor-context.ts';
import { shellAndPathChecker } from './shell-and-path.ts';

test('passes where the shell runs and PATH is set', async () => {
  const surroundings = { platform: process.platform, env: { PATH: '/usr/bin:/bin' }, home: '/' };
  expect(await shellAndPathChecker.check(doctorContext({ surroundings }))).toMatchObject({ passed: true });
});

test('fails without PATH', async () => {
  const surroundings = { platform: process.platform, env: {}, home: '/' };
  expect(await shellAndPathChecker.check(doctorContext({ surroundings }))).toMatchObject({
    passed: false,
    fix: 'Set PATH for the runner.',
  });
});
