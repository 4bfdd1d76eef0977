import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeBudget } from './judge.ts';
import { isScope, type LimitUse } from './limits.ts';
import { cuWords, heldSentence, missingDetail, refusedSentence, waitsSentence } from './words.ts';

const mcu = fc.nat(1_000_000);
const use: fc.Arbitrary<LimitUse> = fc.record({
  scope: fc.constantFrom('workspace', 'tier:managed', 'wu:WU-1'),
  window: fc.constantFrom('total', 'day', 'week', 'month'),
  limitMcu: mcu,
  spentMcu: mcu,
  heldMcu: mcu,
  resetsMs: fc.constant(null),
});

describe('judging a budget', () => {
  it('gives room exactly when every limit keeps what is held, spent and needed', () => {
    fc.assert(
      fc.property(fc.array(use, { maxLength: 6 }), mcu, (uses, needed) => {
        const fits = uses.every((u) => u.heldMcu + u.spentMcu + needed <= u.limitMcu);
        expect(judgeBudget(uses, needed).outcome === 'room').toBe(needed === 0 || fits);
      }),
    );
  });

  it('refuses exactly when some limit has less unspent than is needed, and waits for holds alone', () => {
    fc.assert(
      fc.property(fc.array(use, { maxLength: 6 }), fc.integer({ min: 1, max: 1_000_000 }), (uses, needed) => {
        const verdict = judgeBudget(uses, needed);
        const isUsedUp = uses.some((u) => u.limitMcu - u.spentMcu < needed);
        expect(verdict.outcome === 'refused').toBe(isUsedUp);
        if (verdict.outcome === 'waits')
          expect(
            judgeBudget(
              uses.map((u) => ({ ...u, heldMcu: 0 })),
              needed,
            ).outcome,
          ).toBe('room');
      }),
    );
  });

  it('names what is missing: a limit raised by exactly that gives room there, one less does not', () => {
    fc.assert(
      fc.property(
        fc.array(use, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (uses, needed) => {
          const { outcome, decisive } = judgeBudget(uses, needed);
          if (outcome === 'room' || decisive === null) return;
          const { missingMcu, ...limit } = decisive;
          const raised = (by: number) => judgeBudget([{ ...limit, limitMcu: limit.limitMcu + by }], needed).outcome;
          expect(raised(missingMcu)).toBe('room');
          expect(raised(missingMcu - 1)).not.toBe('room');
        },
      ),
    );
  });

  it('has room for what needs nothing, also on a limit that was lowered below its use', () => {
    const lowered = {
      scope: 'workspace',
      window: 'total',
      limitMcu: 1,
      spentMcu: 9,
      heldMcu: 9,
      resetsMs: null,
    } as const;
    expect(judgeBudget([lowered], 0).outcome).toBe('room');
    expect(judgeBudget([], 5)).toEqual({ outcome: 'room', neededMcu: 5, decisive: null });
  });
});

describe('words', () => {
  it.each([
    [0, '0 CU'],
    [1_000, '1 CU'],
    [1_500, '1.5 CU'],
    [1_005, '1.005 CU'],
    [20, '0.02 CU'],
  ])('%i milli-CU are %s', (amount, words) => expect(cuWords(amount)).toBe(words));

  const tier = {
    scope: 'tier:managed',
    window: 'day',
    limitMcu: 5_000,
    spentMcu: 1_500,
    heldMcu: 2_000,
    resetsMs: 9,
    missingMcu: 8_500,
  } as const;
  const wu = { ...tier, scope: 'wu:WU-1', window: 'total', spentMcu: 0, heldMcu: 0, resetsMs: null } as const;

  it('a refusal says what is left, and every number', () => {
    expect(refusedSentence(tier, 10_000)).toBe(
      'Managed tier has 1.5 CU left, the job needs 10. Not moved elsewhere. Limit today 5 CU: 1.5 spent, 2 held, 8.5 missing.',
    );
    expect(refusedSentence({ ...tier, limitMcu: 1_000, missingMcu: 12_500 }, 10_000)).toMatch(
      /^Managed tier has 0 CU left/,
    );
  });

  it('a work unit that used nothing yet is told of its limit, else of what is left', () => {
    expect(refusedSentence({ ...wu, missingMcu: 5_000 }, 10_000)).toBe(
      'Needs 10 CU, the WU limit is 5. Not moved elsewhere. Limit in total 5 CU: 0 spent, 0 held, 5 missing.',
    );
    expect(refusedSentence({ ...wu, spentMcu: 4_000, missingMcu: 9_000 }, 10_000)).toMatch(
      /^WU-1 has 1 CU left, the job needs 10\. /,
    );
  });

  it('a job that waits or is held is told what releases it', () => {
    expect(waitsSentence({ ...tier, missingMcu: 1_000 }, 2_500)).toBe(
      'Managed tier has 1.5 CU left and 2 held by other jobs, the job needs 2.5. Waits for a release. Limit today 5 CU: 1.5 spent, 2 held, 1 missing.',
    );
    expect(heldSentence(tier, 10_000)).toMatch(/needs 10\. Waits for a higher limit or the next window\. Limit today/);
    expect(heldSentence(wu, 10_000)).toMatch(/limit is 5\. Waits for a higher limit\. Limit in total/);
  });

  it('no sentence holds a name of the wire', () => {
    const told = [tier, wu].flatMap((s) => [refusedSentence, heldSentence, waitsSentence].map((say) => say(s, 10_000)));
    expect([...told, missingDetail(tier), missingDetail(wu)].filter((words) => /tier:|wu:/.test(words))).toEqual([]);
    expect(missingDetail(tier)).toBe('Managed tier 8.5 CU short');
  });

  it.each([
    ['workspace', true],
    ['wu:WU-101', true],
    ['wu:101', false],
    ['tier:byoc', true],
    ['tier:managed/gpu-small', true],
    ['tier:managed/huge', false],
    ['tier:cloud', false],
    ['', false],
  ])('%s is a scope: %s', (scope, is) => expect(isScope(scope)).toBe(is));
});
