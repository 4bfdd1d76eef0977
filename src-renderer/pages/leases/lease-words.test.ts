import { describe, expect, it } from 'vitest';
import { endCause, freeSlots, idleLaneWords, isExpiring, laneWords, leaseEnd, leaseLook } from './lease-words.ts';

const lease = { ttl_ms: 60_000, max_runtime_ms: 600_000, state: 'active', started_at: 'x', stopping: false } as const;
const source = {
  state: 'online',
  cordoned: false,
  draining: false,
  revoked: false,
  in_use: 2,
  capacity: 6,
  offered: 5,
  quarantine_reason: null,
  pool: null,
} as const;

describe('the end of a lease', () => {
  it('is its time plus grace while the runtime lasts longer', () => {
    const end = leaseEnd(lease, 74_000, 300_000);
    expect(end).toEqual({ leftMs: 74_000, totalMs: 75_000, by: 'renewal' });
    expect(leaseLook(lease, end).label).toBe('Active');
    expect(endCause(end, lease)).toBe('renewed');
  });
  it('has never more left than it was given', () => {
    expect(leaseEnd(lease, 75_900, null).leftMs).toBe(75_000);
  });
  it('is the runtime limit where that is nearer', () => {
    const end = leaseEnd(lease, 70_000, 44_000);
    expect(end).toEqual({ leftMs: 44_000, totalMs: 600_000, by: 'runtime' });
    expect(leaseLook(lease, end).label).toBe('Expiring');
    expect(endCause(end, lease)).toBe('runtime limit');
  });
  it('is not renewed under a fifth of its time, and not before', () => {
    expect(isExpiring(leaseEnd(lease, 15_000, null))).toBe(false);
    const end = leaseEnd(lease, 14_999, null);
    expect(isExpiring(end)).toBe(true);
    expect(endCause(end, lease)).toBe('not renewed');
    expect(endCause(end, { ...lease, started_at: null })).toBe('not started');
    expect(endCause(end, { ...lease, stopping: true })).toBe('stopping');
  });
});

describe('a lane', () => {
  it('counts slots while it takes work and names what closes it', () => {
    expect(laneWords(source, 1_000).text).toBe('2 of 5');
    expect(laneWords({ ...source, state: 'late' }, 62_000).text).toBe('Late, 62 s');
    expect(laneWords({ ...source, draining: true }, 0).text).toBe('Draining');
  });
  it('offers what the runner offers, and nothing once closed', () => {
    expect(freeSlots(source)).toBe(3);
    expect(freeSlots({ ...source, cordoned: true })).toBe(0);
    expect(freeSlots({ ...source, state: 'late' })).toBe(0);
  });
  it('says why it is empty', () => {
    expect(idleLaneWords(source, 0)).toBeNull();
    expect(idleLaneWords({ ...source, state: 'offline' }, 8_040_000)).toBe('Offline 2 h 14 m. Gets no jobs.');
    expect(idleLaneWords({ ...source, state: 'quarantined', quarantine_reason: 'Doctor: 12 of 13.' }, 0)).toBe(
      'Doctor: 12 of 13. Gets no jobs until it passes.',
    );
  });
});
