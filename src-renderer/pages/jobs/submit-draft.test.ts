import { describe, expect, it } from 'vitest';
import { EMPTY_DRAFT, INPUTS_LIMIT_BYTES, messageUnder, readDraft } from './submit-draft.ts';

const good = { ...EMPTY_DRAFT, wuId: 'WU-101', title: 'Unit tests', command: 'node --version' };

describe('the submit form', () => {
  it('becomes a job', () => {
    const { spec, errors } = readDraft({
      ...good,
      env: 'CI=1\nURL=a=b',
      outputs: 'report/**\n',
      stallS: '',
      maxRuntimeMin: '0.5',
      inputs: [{ id: 1, path: 'a.txt', text: 'hi' }],
    });
    expect(errors).toEqual([]);
    expect(spec).toMatchObject({
      wu_id: 'WU-101',
      command: { argv: ['node', '--version'], env: { CI: '1', URL: 'a=b' }, shell: false },
      outputs: ['report/**'],
      stall_ms: null,
      max_runtime_ms: 30_000,
      inputs: [{ path: 'a.txt', text: 'hi' }],
    });
  });
  it('hands a shell its text as it is', () => {
    const { spec } = readDraft({ ...good, isShell: true, command: 'a | b\nc' });
    expect(spec?.command).toMatchObject({ argv: ['a | b\nc'], shell: true });
  });
  it('says what is wrong where', () => {
    const { spec, errors } = readDraft({
      ...good,
      wuId: '101',
      title: ' ',
      priority: '101',
      attempts: 'x',
      env: 'nonsense',
      outputs: '../up',
    });
    expect(spec).toBeNull();
    expect(messageUnder(errors, '/wu_id')).toBe('A work unit like WU-123.');
    expect(messageUnder(errors, '/title')).toBe('A title is needed.');
    expect(messageUnder(errors, '/priority')).toBe('From 0 to 100.');
    expect(messageUnder(errors, '/max_attempts')).toBe('From 1 to 20.');
    expect(messageUnder(errors, '/command/env')).toBe('nonsense is not NAME=value.');
    expect(messageUnder(errors, '/outputs')).toContain('segments');
    expect(messageUnder(errors, '/labels')).toBeUndefined();
  });
  it('stops inputs that one request cannot carry', () => {
    const { errors } = readDraft({
      ...good,
      inputs: [{ id: 1, path: 'a', base64: '', sizeBytes: INPUTS_LIMIT_BYTES + 1 }],
    });
    expect(messageUnder(errors, '/inputs')).toContain('700 KiB');
  });
  it('sends hosts only with egress', () => {
    expect(readDraft({ ...good, egress: 'a.example:443' }).spec?.egress).toEqual([]);
    expect(readDraft({ ...good, network: 'egress', egress: 'a.example:443' }).spec?.egress).toEqual(['a.example:443']);
  });
});
