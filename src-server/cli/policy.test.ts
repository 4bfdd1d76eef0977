import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine } from '../../test/helpers/command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.start();
});
afterAll(() => line.close());

const file = (rule: Record<string, unknown>): string => line.file('policy.json', JSON.stringify(rule));

describe('policy', () => {
  test('shows a draft before it is published, then its versions, and goes back', async () => {
    const draft = file({
      mode: 'byoc_only',
      fallback: { mode: 'never', after_ms: 60_000 },
      overrides: [{ compute_class: 'gpu-small', mode: 'managed_only' }],
      fair_share: true,
    });
    const shown = await line.here(['policy', 'diff', draft]);
    expect(shown.stdout.trim().split('\n')).toEqual([
      'The mode becomes byoc_only; it was byoc_first.',
      'The fallback becomes never; it was ask.',
      'Override 1 is new: gpu-small: managed_only.',
      'Work units take turns inside one priority.',
    ]);
    expect(await line.json(['policy', 'publish', draft, '--reason', 'keep it here'])).toMatchObject({
      version: 2,
      mode: 'byoc_only',
      reason: 'keep it here',
      rolls_back_to: null,
    });
    expect((await line.here(['policy', 'show'])).stdout).toMatch(/override 1 +gpu-small: managed_only/);
    expect(await line.json(['policy', 'rollback', '1'])).toMatchObject({
      version: 3,
      mode: 'byoc_first',
      overrides: [],
      rolls_back_to: 1,
    });
    expect((await line.json(['policy', 'diff', '1', '3'])).changes).toEqual([]);
    const { items } = await line.json(['policy', 'versions']);
    expect((items as { version: number }[]).map((v) => v.version)).toEqual([3, 2, 1]);
  });

  test('tells what a draft would have done, and says so where there is no history', async () => {
    const answer = await line.json(['policy', 'simulate', file({ mode: 'managed_only' }), '--last', '50']);
    expect([answer.considered, answer.changed]).toEqual([0, 0]);
    expect(answer.not_enough_history).toContain('too few to tell');
    const shown = await line.here(['policy', 'simulate', file({ labels: {}, policy: { mode: 'byoc_only' } })]);
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('0 of 0 jobs would have gone elsewhere')]);
    expect((await line.here(['policy', 'simulate', file({ mode: 'sideways' })])).code).toBe(2);
    expect((await line.here(['policy', 'simulate', file({}), '--last', '0'])).code).toBe(64);
  });

  test('says what is wrong with a base that is old, a version that is not there, and a file that is no policy', async () => {
    const stale = await line.here(['policy', 'publish', file({ base_version: 1, mode: 'byoc_first' })]);
    expect([stale.code, stale.stderr]).toEqual([2, expect.stringContaining('conflict.policy_version')]);
    expect((await line.here(['policy', 'rollback', '99'])).code).toBe(2);
    expect((await line.here(['policy', 'rollback', 'one'])).code).toBe(64);
    expect((await line.here(['policy', 'publish', '/nowhere/policy.json'])).code).toBe(2);
    expect((await line.here(['policy'])).code).toBe(64);
  });
});
