import { describe, expect, it } from 'vitest';
import { BINDINGS } from './bindings.ts';
import { matchKey } from './match-key.ts';

const press = (key: string, more: Partial<Parameters<typeof matchKey>[0]> = {}) => ({
  key,
  isMod: false,
  isAlt: false,
  isInField: false,
  ...more,
});

describe('keys', () => {
  it('fire alone', () => expect(matchKey(press('c'), null).command).toBe('job.submit'));
  it('never fire in a field when single', () => {
    for (const { keys } of BINDINGS.filter((binding) => binding.keys.length === 1)) {
      expect(matchKey(press(keys[0] ?? '', { isInField: true }), null)).toEqual({ command: null, pending: null });
    }
  });
  it('fire in a field with Mod', () => {
    expect(matchKey(press('k', { isMod: true, isInField: true }), null).command).toBe('palette');
  });
  it('leave browser combinations alone', () => expect(matchKey(press('c', { isMod: true }), null).command).toBeNull());
  it('read sequences', () => {
    const first = matchKey(press('g'), null);
    expect(first).toEqual({ command: null, pending: 'g' });
    expect(matchKey(press('s'), first.pending)).toEqual({ command: 'go.sources', pending: null });
  });
  it('forget a sequence that leads nowhere', () => {
    expect(matchKey(press('y'), 'g')).toEqual({ command: null, pending: null });
    expect(matchKey(press('c'), 'g').command).toBe('job.submit');
  });
  it('need Shift where a decision hangs on it', () => {
    expect(matchKey(press('A', { isShift: true }), null).command).toBe('approval.approve');
    expect(matchKey(press('R', { isShift: true, isInField: true }), null).command).toBeNull();
    expect(matchKey(press('a'), null).command).toBeNull();
    expect(matchKey(press('C', { isShift: true }), null).command).toBeNull();
    expect(matchKey(press('?', { isShift: true }), null).command).toBe('shortcuts');
  });
  it('are each bound once', () => {
    const all = BINDINGS.map(({ keys }) => keys.join(' '));
    expect(new Set(all).size).toBe(all.length);
  });
});
