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
  it('asks for an approval and for a private network', () => {
    const { spec } = readDraft({
      ...good,
      isHeld: true,
      heldBecause: ' Writes to production ',
      network: 'private',
      privateName: 'registry',
    });
    expect(spec).toMatchObject({
      approval: { when: 'before_start', reason: 'Writes to production' },
      network: 'private:registry',
      egress: [],
    });
    const { errors } = readDraft({ ...good, network: 'private', privateName: 'My Net' });
    expect(messageUnder(errors, '/network')).toBe('A name like registry: small letters, digits and hyphens.');
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
  describe('of an agent job', () => {
    const { tools } = EMPTY_DRAFT.agent;
    const agent = {
      tools: { ...tools, exec: { rule: 'ask' as const, priceCu: '0.2' } },
      ceilingCu: '5',
      maxCalls: '50',
    };
    it('becomes one, that may ask where a tool asks', () => {
      const { spec, errors } = readDraft({ ...good, kind: 'mcp', agent, env: 'CI=1' });
      expect(errors).toEqual([]);
      expect(spec).toMatchObject({
        kind: 'mcp',
        mcp: {
          argv: ['node', '--version'],
          env: { CI: '1' },
          tools: { 'fs.read': { rule: 'allow', price_mcu: 0 }, exec: { rule: 'ask', price_mcu: 200 } },
          max_calls: 50,
        },
        budget: { extras_mcu: 5_000 },
        approval: { when: 'on_request' },
      });
      expect(spec).not.toHaveProperty('command');
      const plain = readDraft({ ...good, kind: 'mcp', agent: EMPTY_DRAFT.agent }).spec;
      expect(plain).not.toHaveProperty('approval');
    });
    it('says what is wrong with a price, the ceiling, the calls and the program', () => {
      const wrong = {
        ...agent,
        tools: { ...agent.tools, exec: { rule: 'allow' as const, priceCu: 'much' } },
        maxCalls: '0',
      };
      const { spec, errors } = readDraft({ ...good, kind: 'mcp', command: ' ', agent: { ...wrong, ceilingCu: '-1' } });
      expect(spec).toBeNull();
      expect(messageUnder(errors, '/mcp/tools/exec')).toBe('A number of CU, like 0.2.');
      expect(messageUnder(errors, '/budget/extras_mcu')).toBe('A number of CU, like 0.2.');
      expect(messageUnder(errors, '/mcp/max_calls')).toBe('From 1 to 1,000.');
      expect(messageUnder(errors, '/command/argv')).toBeDefined();
      const dear = { ...agent, ceilingCu: '0.1' };
      expect(messageUnder(readDraft({ ...good, kind: 'mcp', agent: dear }).errors, '/mcp/tools/exec')).toMatch(
        /ceiling/,
      );
    });
    it('leaves nothing of it in a command', () => {
      const { spec } = readDraft({ ...good, agent: { ...agent, maxCalls: 'x' } });
      expect([spec?.command?.argv, spec?.mcp, spec?.budget]).toEqual([['node', '--version'], undefined, undefined]);
    });
  });
});
