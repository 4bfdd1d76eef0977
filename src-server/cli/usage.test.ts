import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine } from '../../test/helpers/command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.start();
});
afterAll(() => line.close());

describe('usage and wallet', () => {
  test('show a metering preview and take credits', async () => {
    expect((await line.here(['usage', 'list'])).stdout).toContain('nothing is charged');
    expect((await line.json(['usage', 'list'])).totals).toEqual({ count: 0, mcu: 0, pending: 0, dead: 0 });
    expect(await line.json(['wallet', 'top-up', '1500', '--reason', 'trial'])).toMatchObject({ balance_mcu: 1500 });
    const shown = await line.here(['wallet', 'show']);
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringMatching(/Balance 1\.5 CU[\s\S]*trial/)]);
  });

  test.each([[['usage']], [['wallet']], [['wallet', 'top-up']], [['wallet', 'top-up', 'much']]])(
    '%j is a usage error',
    async (args) => {
      expect((await line.here(args)).code).toBe(64);
    },
  );
});
