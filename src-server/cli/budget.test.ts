import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine } from '../../test/helpers/command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.start();
});
afterAll(() => line.close());

describe('budget', () => {
  test('sets, shows and lists limits, holds and refusals', async () => {
    const set = await line.json([
      'budget',
      'set',
      '--limit',
      'tier:managed/day=600',
      '--limit',
      'wu:WU-9=0',
      '--base-version',
      '0',
    ]);
    expect(set).toMatchObject({
      version: 1,
      limits: [
        { scope: 'tier:managed', window: 'day', limit_mcu: 600 },
        { scope: 'wu:WU-9', window: 'total' },
      ],
    });
    const shown = await line.here(['budget', 'show']);
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('0.6 CU left')]);
    expect(shown.stdout).toMatch(/^Managed tier +day +0\.6 CU .* tier:managed\/day$/m);
    expect(shown.stdout).toContain('Held for budget: 0 jobs. Waiting for a limit: 0 jobs.');
    expect((await line.json(['budget', 'set', '--default-wu-limit-mcu', '5000'])).default_wu_limit_mcu).toBe(5000);
    expect((await line.json(['budget', 'set', '--default-wu-limit-mcu', 'none'])).default_wu_limit_mcu).toBeNull();
    expect((await line.here(['budget', 'holds'])).stdout).toContain('Nothing is held');
    expect((await line.json(['budget', 'refusals'])).items).toEqual([]);
    const file = line.file('budgets.json', JSON.stringify({ limits: [], rates: { managed: { 'cpu-small': 700 } } }));
    expect((await line.json(['budget', 'set', '--file', file])).rates).toMatchObject({ managed: { 'cpu-small': 700 } });
  });

  test.each<[string, string[], number, RegExp]>([
    ['no verb', [], 64, /budget takes show/],
    ['a set without anything', ['set'], 64, /budget takes show/],
    ['a limit that is no number', ['set', '--limit', 'workspace=much'], 64, /SCOPE/],
    ['a scope that is none', ['set', '--limit', 'tier:cloud=1'], 2, /field\.invalid/],
    ['a version that is not in force', ['set', '--limit', 'workspace=1', '--base-version', '99'], 2, /budgets_version/],
  ])('%s', async (_, args, code, says) => {
    const ended = await line.here(['budget', ...args]);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(says)]);
  });
});
