import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEASE_TTL_MAX_MS, LEASE_TTL_MIN_MS, RETRY_BASE_MS, RETRY_CAP_MS } from '../../contract/limits.ts';
import { ATTEMPT_OUTCOMES } from '../../contract/terms.ts';
import { JOB_TRANSITIONS } from '../jobs/transitions.ts';
import { canFollow } from '../transition-table.ts';
import { nextStep } from './outcome.ts';
import { retryDelayMs } from './retry.ts';
import { leaseTiming } from './timing.ts';

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('retry delay', () => {
  it('is a whole number within min(cap, base · 2ⁿ) and grows with the lot', () => {
    fc.assert(
      fc.property(fc.nat(100), unit, unit, (attempt, a, b) => {
        const ceiling = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** attempt);
        const delay = retryDelayMs(attempt, a);
        expect(Number.isSafeInteger(delay) && delay >= 0 && delay < ceiling).toBe(true);
        if (a <= b) expect(delay).toBeLessThanOrEqual(retryDelayMs(attempt, b));
      }),
    );
  });

  it('uses the whole range: full jitter', () => {
    expect(retryDelayMs(3, 0)).toBe(0);
    expect(retryDelayMs(3, 1 - Number.EPSILON)).toBe(7_999);
    expect(retryDelayMs(50, 1 - Number.EPSILON)).toBe(RETRY_CAP_MS - 1);
  });
});

describe('times of a lease', () => {
  it('scale with it, and a runner stops itself before the plane takes over', () => {
    fc.assert(
      fc.property(fc.integer({ min: LEASE_TTL_MIN_MS, max: LEASE_TTL_MAX_MS }), (ttlMs) => {
        const t = leaseTiming(ttlMs);
        for (const ms of Object.values(t)) expect(Number.isSafeInteger(ms) && ms > 0).toBe(true);
        expect(t.renewAfterMs).toBeLessThan(t.selfStopMs);
        expect(t.selfStopMs).toBeLessThan(t.ttlMs);
        expect(t.takeOverMs).toBe(t.ttlMs + t.graceMs);
        expect(t.heartbeatMs).toBeLessThanOrEqual(t.renewAfterMs);
      }),
    );
  });

  it('are 15, 45, 60 and 75 s by default', () => {
    expect(leaseTiming(60_000)).toEqual({
      ttlMs: 60_000,
      renewAfterMs: 15_000,
      graceMs: 15_000,
      takeOverMs: 75_000,
      selfStopMs: 45_000,
      heartbeatMs: 15_000,
    });
  });
});

describe('what follows an attempt', () => {
  const end = fc.record({
    outcome: fc.constantFrom(...ATTEMPT_OUTCOMES),
    exitCode: fc.option(fc.nat(255)),
    attemptsStarted: fc.nat(20),
    maxAttempts: fc.integer({ min: 1, max: 20 }),
    finalExitCodes: fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 3 }),
    isCancelRequested: fc.boolean(),
  });

  it('is a state that may follow, never a try beyond the last, never a run after a cancel', () => {
    fc.assert(
      fc.property(end, (e) => {
        const { state, hasBackoff } = nextStep(e);
        expect(canFollow(JOB_TRANSITIONS, 'running', state)).toBe(true);
        if (e.attemptsStarted >= e.maxAttempts) expect(state).not.toBe('queued');
        if (e.isCancelRequested) expect(['succeeded', 'canceled']).toContain(state);
        expect(state === 'succeeded').toBe(e.outcome === 'succeeded');
        if (hasBackoff) expect(state).toBe('queued');
      }),
    );
  });

  it('ends at once on a final exit code, and starts again without a delay when nothing was run', () => {
    const base = { exitCode: null, attemptsStarted: 1, maxAttempts: 3, finalExitCodes: [42], isCancelRequested: false };
    expect(nextStep({ ...base, outcome: 'failed', exitCode: 42 })).toEqual({ state: 'failed', hasBackoff: false });
    expect(nextStep({ ...base, outcome: 'failed', exitCode: 1 })).toEqual({ state: 'queued', hasBackoff: true });
    expect(nextStep({ ...base, outcome: 'lapsed' })).toEqual({ state: 'queued', hasBackoff: false });
    expect(nextStep({ ...base, outcome: 'given_back' })).toEqual({ state: 'queued', hasBackoff: false });
    expect(nextStep({ ...base, outcome: 'lost', attemptsStarted: 3 })).toEqual({
      state: 'dead_letter',
      hasBackoff: false,
    });
  });
});
