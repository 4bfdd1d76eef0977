import { describe, expect, test } from 'vitest';
import { type GuardEvent, type GuardState, startGuard, stepGuard } from './lease-guard.ts';

const TTL_MS = 60_000;
const at = (monoMs: number, wallMs = monoMs) => ({ monoMs, wallMs });
const tick = (monoMs: number, wallMs = monoMs): GuardEvent => ({ kind: 'tick', now: at(monoMs, wallMs) });
const renewed = (monoMs: number, wallMs = monoMs, ttlMs = TTL_MS): GuardEvent => ({
  kind: 'renewed',
  sent: at(monoMs, wallMs),
  ttlMs,
});

/** Plays events from a start at zero; returns the actions and the last state. */
function play(...events: GuardEvent[]): { actions: string[]; state: GuardState } {
  let state = startGuard(at(0), TTL_MS);
  const actions: string[] = [];
  for (const event of events) {
    const step = stepGuard(state, event);
    state = step.state;
    actions.push(step.action);
  }
  return { actions, state };
}

describe('the lease guard', () => {
  test('kills once monotonic time passes three quarters of the TTL without a renewal', () => {
    expect(play(tick(45_000), tick(45_001), tick(50_000)).actions).toEqual(['none', 'kill', 'none']);
  });

  test('counts from when the acknowledged renewal was sent', () => {
    expect(play(renewed(15_000), tick(60_000), tick(60_001)).actions).toEqual(['none', 'none', 'kill']);
  });

  test('does not take an older renewal for a newer one', () => {
    expect(play(renewed(15_000), renewed(10_000), tick(60_000)).actions).toEqual(['none', 'none', 'none']);
  });

  test('freezes when wall time alone ran away, and goes on after a renewal that was asked for since', () => {
    const { actions, state } = play(
      tick(1_000, 8 * 3_600_000),
      renewed(1_100, 8 * 3_600_000 + 100),
      tick(2_000, 8 * 3_600_000 + 1_000),
    );
    expect(actions).toEqual(['freeze', 'thaw', 'none']);
    expect(state.phase).toBe('held');
  });

  test('does not thaw on an answer to a question from before the freeze', () => {
    expect(play(tick(1_000, 100_000), renewed(900), tick(5_000, 104_000)).actions).toEqual(['freeze', 'none', 'none']);
  });

  test('kills a frozen job after 10 s without an answer, or when the plane says it is superseded', () => {
    expect(play(tick(1_000, 100_000), tick(10_999, 110_000), tick(11_000, 110_001)).actions).toEqual([
      'freeze',
      'none',
      'kill',
    ]);
    expect(play(tick(1_000, 100_000), { kind: 'superseded' }).actions).toEqual(['freeze', 'kill']);
  });

  test('prefers monotonic time: a process that was itself stopped kills, it does not ask', () => {
    expect(play(tick(70_000, 70_000)).actions).toEqual(['kill']);
  });

  test('minds no wall clock that goes back', () => {
    expect(play(tick(1_000, -3_600_000)).actions).toEqual(['none']);
  });

  test('never leaves lost', () => {
    expect(play({ kind: 'superseded' }, renewed(10), tick(20), { kind: 'superseded' }).actions).toEqual([
      'kill',
      'none',
      'none',
      'none',
    ]);
  });

  test('takes a new TTL with the renewal that brings it', () => {
    expect(play(renewed(1_000, 1_000, 8_000), tick(7_000), tick(7_001)).actions).toEqual(['none', 'none', 'kill']);
  });
});
