import { describe, expect, test } from 'vitest';
import { poolState, poolStateAfter } from './pool-state.ts';
import { seatClass } from './seat-class.ts';

const none = { pending: 0, online: 0, late: 0, quarantined: 0, offline: 0 };

describe('the state of a pool', () => {
  test.each([
    [{ ...none, online: 1, offline: 9 }, 'online'],
    [{ ...none, late: 1, quarantined: 3, offline: 9 }, 'late'],
    [{ ...none, quarantined: 1, offline: 9 }, 'quarantined'],
    [{ ...none, offline: 1 }, 'offline'],
    [none, 'offline'],
  ] as const)('%j is %s', (counts, state) => expect(poolState(counts)).toBe(state));

  test('a runner that goes late leaves the pool online while another lives', () => {
    expect(poolStateAfter({ ...none, online: 2 }, 'online', 'late')).toBe('online');
    expect(poolStateAfter({ ...none, online: 1 }, 'online', 'late')).toBe('late');
  });
  test('the last runner that ends leaves it offline, a new one brings it back', () => {
    expect(poolStateAfter({ ...none, online: 1 }, 'online', null)).toBe('offline');
    expect(poolStateAfter(none, null, 'online')).toBe('online');
  });
});

describe('the class of a runner in a pool', () => {
  test.each([
    [['cpu-small'], null, 'cpu-large', 'cpu-small'],
    [['cpu-small', 'cpu-medium'], null, 'cpu-large', 'cpu-medium'],
    [['cpu-small', 'cpu-medium'], null, 'cpu-small', 'cpu-small'],
    [['cpu-small', 'gpu-small'], 'cpu-small', 'cpu-medium', 'cpu-small'],
    [['gpu-small'], null, 'cpu-large', null],
    [['cpu-small', 'gpu-small'], 'gpu-small', 'cpu-large', null],
    [['gpu-small'], 'gpu-small', 'gpu-large', 'gpu-small'],
  ] as const)('%j, token %s, hardware %s: %s', (pool, token, own, expected) =>
    expect(seatClass(pool, token, own)).toBe(expected),
  );
});
