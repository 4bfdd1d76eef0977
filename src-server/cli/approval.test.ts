import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlaneUnderTest } from '../../test/helpers/plane-under-test.ts';
import { runCommand } from './run-command.ts';

let plane: PlaneUnderTest;
let folder: string;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  folder = mkdtempSync(join(tmpdir(), 'cc-cli-'));
  writeFileSync(join(folder, 'token'), plane.adminToken, { mode: 0o600 });
});
afterEach(async () => {
  await plane.close();
  rmSync(folder, { recursive: true, force: true });
});

async function cli(...args: string[]): Promise<{ code: number; out: string[] }> {
  const out: string[] = [];
  const printer = {
    line: (text: string) => void out.push(text),
    raw: (text: string) => void out.push(text),
    json: (value: unknown) => void out.push(JSON.stringify(value)),
    note: (text: string) => void out.push(text),
  };
  const at = ['--url', plane.url, '--token-file', join(folder, 'token')];
  return { code: await runCommand([...args, ...at], printer), out };
}

describe('approval', () => {
  it('lists, shows what follows, and decides', async () => {
    const job = await plane.submit({ approval: { when: 'before_start', reason: 'Writes to production' } });
    const listed = await cli('approval', 'list', '--status', 'pending');
    expect(listed.out[0]).toContain(`${job.approval_id}  before_start  pending  WU-101`);
    const shown = await cli('approval', 'show', job.approval_id);
    expect(shown.out).toContain(`Bound to ${job.digest}`);
    expect(shown.out.join('\n')).toContain('Costs at most 0 CU an attempt.');
    const stale = await cli('approval', 'approve', job.approval_id, '--digest', `sha256:${'0'.repeat(64)}`);
    expect(stale).toMatchObject({ code: 2 });
    expect(stale.out[0]).toContain('approval.job_changed');
    const done = await cli('approval', 'approve', job.approval_id, '--reason', 'Go', '--json');
    expect(JSON.parse(done.out[0] as string)).toMatchObject({ status: 'approved', decision_reason: 'Go' });
    expect((await plane.job(job.job_id)).state).toBe('queued');
  });

  it('says how it is used', async () => {
    expect((await cli('approval', 'approve')).code).toBe(64);
    expect((await cli('approval', 'bless', 'apr_1')).code).toBe(64);
  });
});

describe('admission', () => {
  it('requests, grants and revokes', async () => {
    const runner = await plane.runner('rack-1');
    const asked = await cli(
      'admission',
      'request',
      '--network',
      'private:registry',
      '--source',
      runner.sourceId,
      '--host',
      'registry.lan:443',
      '--json',
    );
    const id = JSON.parse(asked.out[0] as string).admission_id as string;
    const granted = await cli('admission', 'grant', id, '--expires-ms', '60000');
    expect(granted.out).toEqual([
      `${id} granted. rack-1 may reach registry.lan:443 in private:registry, granted by ada.`,
    ]);
    expect((await cli('admission', 'list')).out[0]).toContain('private:registry');
    expect((await cli('admission', 'revoke', id)).out[0]).toContain('revoked');
    expect((await cli('admission', 'request', '--network', 'private:x')).code).toBe(64);
    expect((await cli('admission', 'request', '--network', 'private:x', '--source', 's', '--host', 'x')).code).toBe(64);
  });
});
