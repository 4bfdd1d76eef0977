import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLI, PlaneProcess } from '../helpers/plane-process.ts';
import { Program } from '../helpers/program.ts';

let plane: PlaneProcess;
beforeAll(async () => {
  plane = await PlaneProcess.start();
});
afterAll(() => plane.close());

const job = (title: string) => ({
  wu_id: 'WU-7',
  title,
  command: { argv: ['node', '-e', 'setTimeout(() => console.log(process.ppid), 300)'] },
});

describe('a pool of real runners', () => {
  test('one command starts them, jobs run on all of them, an interrupt ends them and their token', async () => {
    await plane.json(['pool', 'create', 'lumenflow_managed', '--capacity', '2']);
    const policy = await plane.call('policyPut', {
      body: {
        base_version: 1,
        mode: 'managed_only',
        fallback: { mode: 'never', after_ms: 0 },
        refuse_after_ms: null,
        overrides: [],
        fair_share: false,
        four_eyes: false,
      },
    });
    expect(policy.status).toBe(200);
    const temporary = mkdtempSync(join(tmpdir(), 'cc-pool-test-'));
    const args = [CLI, 'pool', 'local', '--runners', '2', '--data-dir', plane.dataDir];
    const local = Program.start(process.execPath, args, { env: { ...process.env, TMPDIR: temporary } });
    await local.prints(/2 runners of lumenflow_managed are running/);
    const jobs = await Promise.all([1, 2, 3, 4].map((n) => plane.submit(job(`Job ${n}`))));
    const done = [];
    for (const { job_id: jobId } of jobs) done.push(await plane.untilJob(jobId, 'succeeded'));
    const [pool] = (await plane.json(['pool', 'list'])).items;
    expect(pool).toMatchObject({ name: 'lumenflow_managed', side: 'managed', state: 'online', runners: { online: 2 } });
    for (const { attempts } of done)
      expect(attempts[0]).toMatchObject({
        source_id: pool.source_id,
        compute_class: 'cpu-small',
        has_run_receipt: true,
      });
    expect(done[0].why).toMatch(/^Assigned to lumenflow_managed, because/);

    const ended = await local.end('SIGINT');
    expect(ended.code).toBe(0);
    const shown = await plane.json(['pool', 'show', 'lumenflow_managed']);
    expect(shown).toMatchObject({ runner_list: [], in_use: 0, tokens: 0, state: 'offline' });
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  }, 60_000);

  test('a registration token is shown once and stands nowhere else', async () => {
    const made = await plane.json(['pool', 'token', 'lumenflow_managed', '--class', 'cpu-small']);
    expect(made.token).toMatch(/^ccp_[0-9A-Za-z]{38}$/);
    expect(JSON.stringify(made.commands)).not.toContain(made.token);
    expect(JSON.stringify(await plane.json(['pool', 'show', made.pool_id]))).not.toContain(made.token);
    const logs = join(plane.dataDir, 'log');
    for (const file of readdirSync(logs)) expect(readFileSync(join(logs, file), 'utf8')).not.toContain(made.token);
    const revoked = await plane.json(['pool', 'revoke-token', made.pool_id, made.token_id]);
    expect(revoked.token_list[0]).toMatchObject({ token_id: made.token_id, revoked_at: expect.any(String) });
  });
});
