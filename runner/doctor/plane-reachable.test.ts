import { expect, test } from 'vitest';
import { PlaneUnreachable, RunnerError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { doctorContext } from '../testing/doctor-context.ts';
import { planeReachableChecker } from './plane-reachable.ts';

const check = (error: Error | null) =>
  planeReachableChecker.check(
    doctorContext({
      greeting: async () => {
        if (error !== null) throw error;
        return { nonce: 'n', planePublicKey: 'k', planeWallMs: null };
      },
    }),
  );

test('passes when the plane answers, also when its key is another (the next check tells that)', async () => {
  expect(await check(null)).toMatchObject({ passed: true, detail: 'http://127.0.0.1:4100 answers.' });
  expect(await check(new RunnerError(EXIT.planeNotTrusted, 'another key'))).toMatchObject({ passed: true });
});

test('fails with the way out when nothing answers', async () => {
  const { passed, fix } = await check(new PlaneUnreachable('ECONNREFUSED'));
  expect([passed, fix]).toEqual([false, expect.stringContaining('http://127.0.0.1:4100')]);
});
