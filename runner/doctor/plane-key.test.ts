import { expect, test } from 'vitest';
import { RunnerError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { doctorContext } from '../testing/doctor-context.ts';
import { examine } from './doctor.ts';
import { planeKeyChecker } from './plane-key.ts';

test('passes with the pinned key', async () => {
  expect(await planeKeyChecker.check(doctorContext())).toMatchObject({
    passed: true,
    detail: 'The plane holds SHA256:pinned.',
  });
});

test('fails in the words of the proof that did not hold', async () => {
  const greeting = async () => {
    throw new RunnerError(EXIT.planeNotTrusted, 'The plane shows another key.');
  };
  const [finding] = await examine([planeKeyChecker], doctorContext({ greeting }));
  expect(finding).toMatchObject({ passed: false, detail: 'The plane shows another key.' });
});
