import { describe, expect, it } from 'vitest';
import { toMessage } from './messages.ts';
import { backoffMs } from './read-stream.ts';

const change = { seq: 7, at: '2026-10-13T10:42:36.000Z', types: ['job.submitted'], ref: {}, rows: {} };

describe('events of the stream', () => {
  it('are read by kind', () => {
    expect(toMessage('change', JSON.stringify(change))).toEqual({ kind: 'change', change });
    expect(toMessage('pulse', '{"leases":{},"sources":{"src_1":400}}')).toMatchObject({ kind: 'pulse' });
    expect(toMessage('reset', '{"seq":9}')).toEqual({ kind: 'reset' });
  });
  it('ask for a fetch when a change cannot be read, and skip what is unknown', () => {
    expect(toMessage('change', '{"seq":"seven"}')).toEqual({ kind: 'reset' });
    expect(toMessage('change', 'not json')).toEqual({ kind: 'reset' });
    expect(toMessage('pulse', '{}')).toBeNull();
    expect(toMessage('later', '{}')).toBeNull();
  });
});

it('waits longer after each failure, at most 10 s', () => {
  expect([1, 2, 3, 4, 5, 6, 20].map(backoffMs)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});
