import { expect, it } from 'vitest';
import { LEASE_TTL_MAX_MS, LEASE_TTL_MIN_MS } from '../../../src-server/contract/limits.ts';
import { leaseTimeWords, readLeaseTime } from './settings-words.ts';

it('takes every lease time that the plane takes, and no other', () => {
  expect(readLeaseTime(String(LEASE_TTL_MIN_MS / 1_000))).toEqual({ ttlMs: LEASE_TTL_MIN_MS });
  expect(readLeaseTime(String(LEASE_TTL_MAX_MS / 1_000))).toEqual({ ttlMs: LEASE_TTL_MAX_MS });
  for (const text of ['', '4', '3601', '1.5', 'x']) expect(readLeaseTime(text)).toHaveProperty('problem');
});
it('tells the times that follow from it', () => {
  expect(leaseTimeWords(60_000)).toBe('Renewed every 15 s, a runner stops itself at 45 s, grace 15 s.');
});
