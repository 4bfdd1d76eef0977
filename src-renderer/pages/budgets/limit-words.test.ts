import { describe, expect, it } from 'vitest';
import type { BudgetLimitItem } from '../../../src-server/contract/budget.ts';
import { committedPercent, limitKey, meterWords, pacePercent, usedWords, warningWords } from './limit-words.ts';

const limit: BudgetLimitItem = {
  scope: 'tier:managed',
  window: 'day',
  limit_mcu: 600_000,
  spent_mcu: 318_000,
  held_mcu: 54_000,
  left_mcu: 228_000,
  resets_at: '2026-10-15T00:00:00.000Z',
  warn_percent: [50, 80],
  warned_percent: [50],
};

describe('a limit in words', () => {
  it('says what is used and left', () => {
    expect(usedWords(limit)).toBe('372 of 600');
    expect(meterWords(limit)).toBe('318 CU settled, 54 CU held, 228 CU left of 600 CU');
    expect(committedPercent(limit)).toBe(62);
    expect(warningWords(limit)).toBe('Past 50%');
    expect(limitKey(limit)).toBe('tier:managed/day');
  });
  it('tells a pace only inside a window that has gone on for a while', () => {
    expect(pacePercent(limit, Date.parse('2026-10-14T12:00:00.000Z'))).toBe(106);
    expect(pacePercent(limit, Date.parse('2026-10-14T00:20:00.000Z'))).toBeNull();
    expect(pacePercent({ ...limit, window: 'total', resets_at: null }, 0)).toBeNull();
  });
  it('counts a limit of nothing as used up', () => expect(committedPercent({ ...limit, limit_mcu: 0 })).toBe(100));
});
