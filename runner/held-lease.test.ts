import { beforeEach, describe, expect, test } from 'vitest';
import { HeldLease, type LeaseHolder } from './held-lease.ts';
import { HeldLeases } from './held-leases.ts';
import { FakeClock } from './testing/fake-clock.ts';

const TTL_MS = 60_000;
let clock: FakeClock;
let told: string[];
let lease: HeldLease;

beforeEach(() => {
  clock = new FakeClock();
  told = [];
  const holder: LeaseHolder = {
    freeze: () => told.push('freeze'),
    thaw: () => told.push('thaw'),
    lost: ({ graceMs }) => told.push(`lost ${graceMs}`),
    directed: (directive) => told.push(directive),
  };
  lease = new HeldLease('lse_1', 41, clock.now(), TTL_MS, clock, holder, () => told.push('ask'));
  new HeldLeases(clock).add(lease);
});

describe('a held lease', () => {
  test('not renewed, is lost at 45 s, with 10 s for the job to end by itself', async () => {
    await clock.advance(45_000);
    expect(told).toEqual([]);
    await clock.advance(300);
    expect(told).toEqual(['lost 10000']);
    expect(lease.isLost).toBe(true);
  });

  test('gives no time when this process was stopped past the whole TTL, though a renewal lies unread', () => {
    const sent = clock.now();
    clock.stopFor(80_000);
    lease.renewed(sent, TTL_MS);
    expect(told).toEqual(['lost 0']);
  });

  test('freezes after a sleep, asks at once, and goes on when renewed', async () => {
    clock.sleepThrough(8 * 3_600_000);
    await clock.advance(250);
    expect(told).toEqual(['freeze', 'ask']);
    lease.renewed(clock.now(), TTL_MS);
    expect(told).toEqual(['freeze', 'ask', 'thaw']);
  });

  test('is lost 10 s after a sleep when nobody answers', async () => {
    clock.sleepThrough(8 * 3_600_000);
    await clock.advance(10_500);
    expect(told.at(-1)).toMatch(/^lost/);
  });

  test('tells a directive once though it is repeated, and a cancel after a stop', () => {
    lease.directed('stop', '');
    lease.directed('stop', '');
    lease.directed('cancel', '');
    expect(told).toEqual(['stop', 'cancel']);
  });

  test('is ended by no clock once nothing runs under it, but still by the plane', async () => {
    lease.disarm();
    await clock.advance(600_000);
    expect(told).toEqual([]);
    lease.superseded('The plane says superseded.');
    expect(told).toEqual(['lost 2000']);
  });
});
