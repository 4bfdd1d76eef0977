import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli, PlaneProcess } from '../helpers/plane-process.ts';

let plane: PlaneProcess;
beforeAll(async () => {
  plane = await PlaneProcess.start();
});
afterAll(() => plane.close());

const JOB = { wu_id: 'WU-1', title: 'Wait for a source', command: { argv: ['node', '--version'] } };

describe('serve, as a process', () => {
  test('says in one line of JSON that it is ready, and where', async () => {
    const { event, url, pid, data_dir, state_file, sign_in_url } = plane.ready;
    expect([event, pid, data_dir]).toEqual(['ready', plane.program.pid, plane.dataDir]);
    expect(state_file).toBe(join(plane.dataDir, 'console.json'));
    expect(sign_in_url).toMatch(new RegExp(`^${url}/sign-in#[A-Za-z0-9_-]{16,}$`));
    expect(plane.program.stdout.trim().split('\n')).toHaveLength(1);
    expect((await plane.program.prints(/Console: (\S+)\n/))[1]).toBe(sign_in_url);
  });

  test('keeps its secrets from everybody else on the machine', () => {
    for (const name of ['console.json', 'plane.key'])
      expect(statSync(join(plane.dataDir, name)).mode & 0o777).toBe(0o600);
    expect(plane.file).toMatchObject({ url: plane.url, pid: plane.program.pid });
    expect(plane.file.operator_token).toMatch(/^cco_[0-9A-Za-z]{38}$/);
    expect(`${plane.program.stdout}${plane.program.stderr}`).not.toContain(plane.file.operator_token);
  });

  test('a second process on the directory ends with 75 and names the first', async () => {
    const second = await cli(['serve', '--data-dir', plane.dataDir]);
    expect([second.code, second.stdout]).toEqual([75, '']);
    expect(second.stderr).toContain(`process ${plane.program.pid}`);
    expect((await plane.call('health', { bearer: null })).status).toBe(200);
  });

  test('console prints a fresh link that signs in once', async () => {
    const { sign_in_url: url } = await plane.json(['console']);
    const code = String(url).split('#')[1];
    expect(url).not.toBe(plane.ready.sign_in_url);
    expect((await plane.call('signIn', { bearer: null, body: { code } })).status).toBe(200);
    expect((await plane.call('signIn', { bearer: null, body: { code } })).code).toBe('sign_in.code_invalid');
  });

  test('doctor looks at the directory while the plane works on it', async () => {
    await plane.submit(JOB);
    const { passed, checks } = await plane.json(['doctor', '--deep']);
    expect(checks.filter((c: { passed: boolean }) => !c.passed)).toEqual([]);
    expect(passed).toBe(true);
  });
});

describe('a stop and a start', () => {
  test('SIGTERM ends with 0, everything is on disk, and the start after it knows all of it', async () => {
    const first = await PlaneProcess.start();
    const { job_id: jobId } = await first.submit(JOB);
    const ended = await first.stop('SIGTERM');
    expect([ended.code, ended.signal]).toEqual([0, null]);
    const { passed, checks } = await first.json(['doctor', '--deep']);
    expect(passed).toBe(true);
    expect(checks.map((c: { id: string }) => c.id).join()).toContain('snapshot.');

    const second = await PlaneProcess.start([], { dataDir: first.dataDir, port: first.port });
    expect(second.url).toBe(first.url);
    expect(second.file).toMatchObject({
      operator_token: first.file.operator_token,
      workspace_id: first.file.workspace_id,
      plane_public_key: first.file.plane_public_key,
    });
    expect((await second.job(jobId)).title).toBe(JOB.title);
    await second.close();
  });

  test('SIGINT ends it as well, and open polls and streams do not hold it up', async () => {
    const held = await PlaneProcess.start();
    const stream = fetch(`${held.url}/api/v1/workspaces/${held.file.workspace_id}/stream`, {
      headers: { authorization: `Bearer ${held.file.operator_token}` },
    });
    const { job_id: jobId } = await held.submit(JOB);
    const log = held.call('jobLog', { params: { job_id: jobId }, query: { wait_ms: '30000' } }).catch(() => null);
    const body = (await stream).text().catch(() => '');
    expect((await held.stop('SIGINT')).code).toBe(0);
    await Promise.all([log, body]);
    rmSync(held.dataDir, { recursive: true });
  });

  test('kill -9 loses nothing that was acknowledged, and needs no mending', async () => {
    const first = await PlaneProcess.start();
    const made = await Promise.all(Array.from({ length: 20 }, (_, n) => first.submit({ ...JOB, wu_id: `WU-${n}` })));
    expect((await first.stop('SIGKILL')).signal).toBe('SIGKILL');
    const second = await PlaneProcess.start([], { dataDir: first.dataDir });
    for (const { job_id: jobId } of made) expect((await second.job(jobId)).state).toBe('queued');
    expect((await second.json(['doctor', '--deep'])).passed).toBe(true);
    await second.close();
  });

  test('a console.json that was lost is written again, with a token that works', async () => {
    const first = await PlaneProcess.start();
    await first.stop();
    rmSync(join(first.dataDir, 'console.json'));
    const second = await PlaneProcess.start([], { dataDir: first.dataDir });
    expect(second.file.operator_token).not.toBe(first.file.operator_token);
    expect((await second.call('jobs')).status).toBe(200);
    expect((await second.call('jobs', { bearer: first.file.operator_token })).code).toBe('auth.invalid');
    await second.close();
  });

  test('a log with a flipped byte in its middle refuses the start with 65 and stays as it is', async () => {
    const first = await PlaneProcess.start();
    await first.submit(JOB);
    await first.submit(JOB);
    await first.stop('SIGKILL');
    const [segment = ''] = readdirSync(join(first.dataDir, 'log')).filter((name) => name.endsWith('.jsonl'));
    const path = join(first.dataDir, 'log', segment);
    const bytes = readFileSync(path);
    const at = bytes.indexOf('policy.published');
    bytes[at] = 'q'.charCodeAt(0);
    writeFileSync(path, bytes);
    const refused = await cli(['serve', '--data-dir', first.dataDir]);
    expect([refused.code, refused.stdout]).toEqual([65, '']);
    expect(refused.stderr).toContain('Nothing was changed');
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect((await cli(['doctor', '--data-dir', first.dataDir])).code).toBe(1);
    rmSync(first.dataDir, { recursive: true });
  });
});
