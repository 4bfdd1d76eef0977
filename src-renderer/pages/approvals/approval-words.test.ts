import { describe, expect, it } from 'vitest';
import type { SessionInfo } from '../../../src-server/contract/workspace.ts';
import { readDraft } from './admit-draft.ts';
import { approveLack, changeLines, commandLines } from './approval-words.ts';

const session = { operator: { operator_id: 'op_1', name: 'ines', role: 'approver' } } as SessionInfo;

describe('an approval in words', () => {
  it('shows a script by its lines and arguments as they are split', () => {
    expect(commandLines({ argv: ['a\nb'], shell: true })).toEqual(['a', 'b']);
    expect(commandLines({ argv: ['git', 'commit', '-m', 'two words'], shell: false })).toEqual([
      'git commit -m "two words"',
    ]);
  });
  it('shows what goes before what comes', () => {
    expect(changeLines({ pointer: '/command/argv/1', before: '72h', after: '24h', sentence: '' })).toEqual([
      { sign: '−', text: 'command.argv.1: 72h' },
      { sign: '+', text: 'command.argv.1: 24h' },
    ]);
    expect(changeLines({ pointer: '/secrets', before: null, after: ['A'], sentence: '' })).toEqual([
      { sign: '+', text: 'secrets: ["A"]' },
    ]);
  });
  it.each([
    [{ four_eyes: true, not_by: ['ines'] }, undefined, /Four-eyes/],
    [{ four_eyes: true, not_by: ['tomas'] }, undefined, undefined],
    [{ four_eyes: false, not_by: ['ines'] }, undefined, undefined],
    [{ four_eyes: false, not_by: [] }, 'Your role is viewer.', /viewer/],
  ])('knows who cannot approve: %j %s', (detail, lack, expected) => {
    const got = approveLack(detail, session, lack);
    if (expected === undefined) expect(got).toBeUndefined();
    else expect(got).toMatch(expected);
  });
});

describe('a request for a network', () => {
  const draft = { network: 'lab', sourceId: 'src_1', hosts: 'registry.lan:443, 10.0.0.7:22', hours: '2', reason: ' ' };
  it('is read from the form', () => {
    expect(readDraft(draft)).toEqual({
      body: {
        network: 'private:lab',
        source_id: 'src_1',
        hosts: [
          { host: 'registry.lan', port: 443 },
          { host: '10.0.0.7', port: 22 },
        ],
        expires_ms: 7_200_000,
        reason: null,
      },
    });
  });
  it.each([
    [{ network: 'The Lab' }, 'network'],
    [{ sourceId: '' }, 'sourceId'],
    [{ hosts: 'registry.lan' }, 'hosts'],
    [{ hosts: 'registry.lan:70000' }, 'hosts'],
    [{ hosts: ' ' }, 'hosts'],
    [{ hours: '-1' }, 'hours'],
  ])('names the field that is wrong: %j', (change, field) => {
    const read = readDraft({ ...draft, ...change });
    expect('errors' in read && Object.keys(read.errors)).toEqual([field]);
  });
});
