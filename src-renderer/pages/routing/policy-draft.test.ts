import { describe, expect, it } from 'vitest';
import type { Policy, PolicyOverride } from '../../../src-server/contract/policy.ts';
import { fieldsOf, isChanged, overrideRows, raised, rebased, restored, withOverride } from './policy-draft.ts';

const live: Policy = {
  version: 14,
  mode: 'byoc_first',
  fallback: { mode: 'auto', after_ms: 90_000 },
  refuse_after_ms: null,
  overrides: [{ compute_class: 'gpu-small', mode: 'byoc_only' }],
  fair_share: false,
  four_eyes: true,
  rolls_back_to: null,
  published_at: '2026-10-13T16:20:00.000Z',
  published_by: 'ines',
  reason: null,
};
const large: PolicyOverride = { compute_class: 'cpu-large', mode: 'managed_first' };
const eu: PolicyOverride = { labels: { region: 'eu' }, mode: 'byoc_only' };

describe('a draft', () => {
  it('differs by content only', () => {
    expect(isChanged(live, { ...fieldsOf(live), fallback: { after_ms: 90_000, mode: 'auto' } })).toBe(false);
    expect(isChanged(live, { ...fieldsOf(live), four_eyes: false })).toBe(true);
  });
  it('keeps on another version what it changed, and takes the rest from there', () => {
    const fields = { ...fieldsOf(live), mode: 'byoc_only' as const };
    const next: Policy = { ...live, version: 15, mode: 'managed_only', refuse_after_ms: 600_000 };
    expect(rebased(live, next, fields)).toEqual({ ...fieldsOf(next), mode: 'byoc_only' });
  });
});

describe('overrides', () => {
  it('stand in their order, then what was taken away, then the classes that follow', () => {
    const rows = overrideRows(live.overrides, [eu, large]);
    expect(rows.map(({ key, at }) => `${key} ${at}`)).toEqual([
      '* region=eu 0',
      'cpu-large 1',
      'gpu-small -1',
      'cpu-small -1',
      'cpu-medium -1',
      'gpu-large -1',
    ]);
    expect(rows[2]?.was).toEqual(live.overrides[0]);
  });
  it('put a rule by label before whole classes, and a changed one in its place', () => {
    expect(withOverride([large], null, eu)).toEqual([eu, large]);
    const ask: PolicyOverride = { ...large, mode: 'byoc_only' };
    expect(withOverride([eu, large], 'cpu-large', ask)).toEqual([eu, ask]);
  });
  it('come back as they were', () => {
    const rows = overrideRows(live.overrides, [large]);
    const gone = rows.find(({ key }) => key === 'gpu-small');
    expect(gone && restored([large], gone)).toEqual([large, live.overrides[0]]);
    const made = rows.find(({ key }) => key === 'cpu-large');
    expect(made && restored([large], made)).toEqual([]);
  });
  it('move up', () => {
    expect(raised([large, eu], 1)).toEqual([eu, large]);
    expect(raised([large, eu], 0)).toEqual([large, eu]);
  });
});
