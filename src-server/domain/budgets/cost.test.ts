import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPUTE_CLASSES, SIDES } from '../../contract/terms.ts';
import { DEFAULT_RATES, holdMcu, runtimeCostMcu, scopesOf, settle } from './cost.ts';

const rate = fc.constantFrom(...SIDES.flatMap((side) => COMPUTE_CLASSES.map((c) => DEFAULT_RATES[side][c])));
const runtimeMs = fc.nat(7 * 86_400_000);
const mcu = fc.nat(2 ** 40);

describe('cost', () => {
  it('is whole, grows with the runtime, and is rounded up once', () => {
    fc.assert(
      fc.property(rate, runtimeMs, runtimeMs, (r, a, b) => {
        const cost = runtimeCostMcu(r, a);
        expect(Number.isSafeInteger(cost)).toBe(true);
        expect(BigInt(cost)).toBe((BigInt(r) * BigInt(a) + 59_999n) / 60_000n);
        if (a <= b) expect(cost).toBeLessThanOrEqual(runtimeCostMcu(r, b));
      }),
    );
  });

  it('within the declared worst case never exceeds the hold', () => {
    fc.assert(
      fc.property(
        rate,
        runtimeMs,
        fc.nat(1_000_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (r, max, extras, part) => {
          const cost = runtimeCostMcu(r, Math.floor(max * part)) + Math.floor(extras * part);
          expect(settle(holdMcu(r, max, extras), cost).overrunMcu).toBe(0);
        },
      ),
    );
  });

  it('a settlement gives back exactly what it does not debit, and shows the rest', () => {
    fc.assert(
      fc.property(mcu, mcu, (held, cost) => {
        const { debitedMcu, releasedMcu, overrunMcu } = settle(held, cost);
        expect(debitedMcu + releasedMcu).toBe(held);
        expect(debitedMcu + overrunMcu).toBe(cost);
        expect(Math.min(debitedMcu, releasedMcu, overrunMcu)).toBeGreaterThanOrEqual(0);
        expect(releasedMcu === 0 || overrunMcu === 0).toBe(true);
      }),
    );
  });

  it('touches the work unit, the tier, its class and the workspace', () => {
    expect(scopesOf('WU-7', 'managed', 'gpu-small')).toEqual([
      'wu:WU-7',
      'tier:managed',
      'tier:managed/gpu-small',
      'workspace',
    ]);
  });
});
