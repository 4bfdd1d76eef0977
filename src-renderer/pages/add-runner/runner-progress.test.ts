import { expect, it } from 'vitest';
import type { SourceDetail } from '../../../src-server/contract/source.ts';
import { runnerProgress } from './runner-progress.ts';

const source = (more: Partial<SourceDetail>) =>
  ({ session: null, doctor: null, state: 'pending', ...more }) as SourceDetail;
const doctor = (passed: boolean, required = true) => ({
  at: '',
  passed: passed ? 2 : 1,
  total: 2,
  checks: [{ id: 'a', required, passed, detail: '' }],
});
const session = {} as SourceDetail['session'];

it.each([
  ['nothing heard', source({}), 'issued', 'waiting', 'Listening for n'],
  ['connected', source({ session, state: 'online' }), 'redeemed', 'connected', 'n is connected. Run doctor next'],
  [
    'unfit',
    source({ session, doctor: doctor(false), state: 'quarantined' }),
    'redeemed',
    'unfit',
    'Doctor: 1 of 2 passed',
  ],
  [
    'ready',
    source({ session, doctor: doctor(true), state: 'online' }),
    'redeemed',
    'ready',
    'Doctor: 2 of 2 passed. Ready',
  ],
  [
    'a failed check that is not required',
    source({ session, doctor: doctor(false, false), state: 'online' }),
    'redeemed',
    'ready',
    'Doctor: 1 of 2 passed. Ready',
  ],
] as const)('%s', (_, given, state, stage, words) => {
  expect(runnerProgress('n', given, { state })).toEqual({ stage, words });
});
