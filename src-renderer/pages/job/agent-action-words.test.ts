import { describe, expect, it } from 'vitest';
import type { ActionItem } from '../../../src-server/contract/agent.ts';
import type { Attempt } from '../../../src-server/contract/job.ts';
import { actionLook, costWords, noActionWords, shownText, totalWords } from './agent-action-words.ts';

const item = (over: Partial<ActionItem>) => ({ verdict: 'allowed', detail: null, cost_mcu: 0, ...over }) as ActionItem;

describe('a call of an agent', () => {
  it.each([
    [item({}), 'Allowed', 'ok'],
    [item({ detail: 'there is no such file' }), 'Allowed, failed', 'fail'],
    [item({ verdict: 'approved' }), 'Approved', 'ok'],
    [item({ verdict: 'refused', detail: 'not granted' }), 'Refused', 'refuse'],
    [item({ verdict: 'rejected', detail: 'The approval was expired.' }), 'Rejected', 'refuse'],
    [item({ verdict: 'over_budget', detail: 'too dear' }), 'Over budget', 'refuse'],
  ])('%j is told as %s', (action, label, tone) => {
    expect(actionLook(action)).toMatchObject({ label, tone });
  });
  it('costs what it cost', () => {
    expect([0, 1_500].map((cost_mcu) => costWords({ cost_mcu }))).toEqual(['–', '1.5 CU']);
    expect(costWords({ cost_mcu: 1_500, late: true })).toBe('not counted');
    const all = [item({ cost_mcu: 2_000 }), item({ cost_mcu: 1_000 }), item({ cost_mcu: 500, late: true })];
    expect([totalWords(all, 5_000), totalWords([item({})], 0)]).toEqual(['3 calls, 3 CU of 5 CU', '1 call']);
  });
  it('is shown as text, whatever the agent wrote', () => {
    expect(shownText('a\u202etxt.exe\u001b[31m\nb\u0007')).toBe('a‹202E›txt.exe b␇');
  });
  it('is missing for a reason', () => {
    expect(noActionWords(null)).toMatch(/^No attempt yet/);
    expect(noActionWords({ ended_at: null } as Attempt)).toMatch(/^No call yet/);
    expect(noActionWords({ ended_at: '2026-01-01T00:00:00.000Z' } as Attempt)).toBe('This attempt made no calls.');
  });
});
