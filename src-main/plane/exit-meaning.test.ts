import { expect, it } from 'vitest';
import { meaningOfExit } from './exit-meaning.ts';

it('takes any end that was asked for as a stop', () => {
  for (const code of [0, 1, 75, null]) expect(meaningOfExit(code, true, null)).toEqual({ kind: 'stopped' });
});

it('takes refusals to run as final', () => {
  for (const code of [64, 65, 75, 77]) expect(meaningOfExit(code, false, null).kind).toBe('final');
  expect(meaningOfExit(75, false, 'Its own words.')).toEqual({ kind: 'final', sentence: 'Its own words.' });
});

it('takes everything else as a crash, a full disk (69) too: it may be free at the next start', () => {
  for (const code of [0, 1, 2, 69, 134, -1, null]) expect(meaningOfExit(code, false, null).kind).toBe('crashed');
  expect(meaningOfExit(69, false, 'The disk is full.')).toEqual({ kind: 'crashed', sentence: 'The disk is full.' });
});
