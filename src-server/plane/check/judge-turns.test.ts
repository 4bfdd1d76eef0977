import { expect, it } from 'vitest';
import { holdMcu } from '../../domain/budgets/cost.ts';
import type { AppliedEntry } from '../../state/entry-view.ts';
import { LogFold } from './log-fold.ts';

const NO_RATES = { 'cpu-small': 0, 'cpu-medium': 0, 'cpu-large': 0, 'gpu-small': 0, 'gpu-large': 0 };
const limits = (version: number, rate: number): AppliedEntry =>
  ({
    seq: version - 1,
    at: '2026-11-22T14:48:05.120Z',
    boot: 'boot-1',
    mono: version,
    actor: { kind: 'operator', id: 'ines' },
    ref: {},
    events: [
      {
        type: 'budget.limits_changed',
        body: {
          version,
          default_wu_limit_mcu: null,
          limits: [],
          rates: { byoc: { ...NO_RATES, 'cpu-small': rate }, managed: NO_RATES },
          reason: null,
        },
      },
    ],
  }) as unknown as AppliedEntry;

it('counts a turn anew under other rates: what was served under the old ones is in another measure', () => {
  const fold = new LogFold();
  fold.apply(limits(1, 1_000));
  const servedMcu = holdMcu(1_000, 600_000, 0);
  fold.world.passedOver.set('50 cpu-small', new Map([['WU-2', new Map([['WU-1', servedMcu]])]]));
  expect(fold.apply(limits(2, 0))).toEqual([]);
  expect(fold.world.passedOver.size).toBe(0);
});
