import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine } from '../../test/helpers/command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.start();
});
afterAll(() => line.close());

describe('source', () => {
  test('names, drains, resumes and revokes sources', async () => {
    const made = await line.json(['source', 'enroll', 'laptop-1', '--capacity', '3', '--label', 'region=eu']);
    const id = made.source_id as string;
    expect((await line.json(['source', 'show', id])).labels).toEqual({ region: 'eu' });
    expect((await line.json(['source', 'cordon', id])).cordoned).toBe(true);
    expect((await line.json(['source', 'drain', id, '--deadline-ms', '1000'])).draining).toBe(true);
    expect(await line.json(['source', 'resume', id])).toMatchObject({ cordoned: false, draining: false });
    expect((await line.json(['source', 'revoke', id, '--reason', 'gone'])).revoked).toBe(true);
    expect((await line.here(['source', 'list'])).stdout).toContain('laptop-1');
    const label = await line.here(['source', 'enroll', 'laptop-2', '--label', 'region']);
    expect([label.code, label.stderr]).toEqual([64, expect.stringContaining('--label takes name=value')]);
  });
});
