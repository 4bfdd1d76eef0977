import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Dsse, openDsse } from './dsse.ts';
import { isAlive } from './proc-table.ts';
import { FakePlane } from './testing/fake-plane.ts';
import { jobSpec, problem } from './testing/fake-wire.ts';
import { TestRunner } from './testing/harness.ts';

let plane: FakePlane;
let runner: TestRunner;

beforeEach(async () => {
  plane = new FakePlane();
  await plane.listen();
  runner = new TestRunner(plane);
  await runner.connect();
});
afterEach(async () => {
  await plane.close();
  runner.remove();
});

const shell = (line: string, over: object = {}) => jobSpec({ command: { argv: [line], shell: true }, ...over });
const settlement = () => plane.calls('POST', /\/(complete|fail)$/).at(-1)?.json as Record<string, unknown>;
const leaseId = () => plane.calls('POST', /\/start$/)[0]?.path.split('/')[5] ?? '';
const stdout = () => [...plane.logs].find(([name]) => name.endsWith('/stdout'))?.[1].toString() ?? '';

describe('run --once', () => {
  test('runs one job with inputs and outputs and settles it with a receipt that its key signed', async () => {
    const bytes = Buffer.from('hello\n');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    plane.inputs.set(sha256, bytes);
    const inputs = [{ path: 'in/a.txt', sha256, size_bytes: bytes.length }];
    plane.queue.push(
      shell('mkdir report; cat in/a.txt | tee report/b.txt; echo bad >&2; ln -s /etc report/link', {
        inputs,
        outputs: ['report/**'],
      }),
    );
    expect(await runner.run()).toBe(0);
    expect(stdout()).toBe('hello\n');
    expect(plane.artifacts.get('report/b.txt')?.toString()).toBe('hello\n');
    expect(settlement()).toMatchObject({
      fence: 41,
      outcome: 'succeeded',
      exit_code: 0,
      outputs: [{ path: 'report/b.txt', sha256, size_bytes: 6 }],
      refused_outputs: [{ path: 'report/link', reason: 'symbolic link' }],
      log: { stdout: { size_bytes: 6, truncated: false }, stderr: { size_bytes: 4, truncated: false } },
    });
    const receipt = openDsse(settlement().run_receipt as Dsse, 'application/vnd.in-toto+json', plane.runnerKey ?? '');
    const statement = JSON.parse(receipt?.toString() ?? '{}');
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicate: { attempt: 1, fence: 41, outcome: 'succeeded' },
    });
    expect(statement.predicate.confinement.enforced).toEqual({ files: 'none', network: 'not_enforced', pid: 'group' });
    expect(readdirSync(join(runner.workDir, 'enr_1'))).toEqual([]);
    expect(plane.calls('POST', /sessions\/end$/)).toHaveLength(1);
  });

  test('starts before it fetches anything, and tells start only after the envelope held', async () => {
    plane.queue.push(jobSpec());
    await runner.run();
    const order = plane.seen.map(({ path }) => path.split('/').at(-1));
    expect(order.indexOf('start')).toBeGreaterThan(order.indexOf('claim'));
    expect(plane.calls('POST', /\/start$/)[0]?.json).toEqual({ fence: 41 });
  });

  test('gives the job exactly the environment of the contract and the declared names', async () => {
    process.env.CC_TEST_TOKEN = 'secret';
    plane.queue.push(jobSpec({ command: { argv: ['/usr/bin/env'], env: { CI: '1', CC_FENCE: '7' } } }));
    await runner.run();
    delete process.env.CC_TEST_TOKEN;
    const names = stdout()
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0])
      .sort();
    expect(names).toEqual(['CC_ATTEMPT', 'CC_FENCE', 'CC_JOB_ID', 'CI', 'HOME', 'LANG', 'PATH', 'TMPDIR', 'TZ']);
    expect(stdout()).toContain('CC_FENCE=41');
  });

  test('ends 1 for a job that failed, and says its exit code', async () => {
    plane.queue.push(shell('exit 3'));
    expect(await runner.run()).toBe(1);
    expect(settlement()).toMatchObject({ outcome: 'failed', exit_code: 3 });
    expect(runner.printer.all).toContain('WU-1 failed: exit 3');
  });

  test('ends a job at max_runtime_ms', async () => {
    plane.queue.push(jobSpec({ command: { argv: ['sleep', '60'] }, max_runtime_ms: 1_000 }));
    expect(await runner.run()).toBe(1);
    expect(settlement()).toMatchObject({ outcome: 'timed_out', exit_code: null });
  });

  test('fails in words for a program that is not there, and for an input with other bytes', async () => {
    plane.queue.push(jobSpec({ command: { argv: ['no-such-program'] } }));
    expect(await runner.run()).toBe(1);
    expect(settlement()).toMatchObject({
      outcome: 'failed',
      detail: 'The program no-such-program was not found on this source.',
    });
    const sha256 = 'a'.repeat(64);
    plane.inputs.set(sha256, Buffer.from('other'));
    plane.queue.push(jobSpec({ inputs: [{ path: 'a', sha256, size_bytes: 5 }] }));
    expect(await runner.run()).toBe(1);
    expect(String(settlement().detail)).toContain('not what the job names');
  });

  test('counts and flags output past 10 MiB and still ends', async () => {
    plane.queue.push(shell('head -c 11534336 /dev/zero'));
    expect(await runner.run()).toBe(0);
    expect(settlement()).toMatchObject({ log: { stdout: { size_bytes: 11_534_336, truncated: true } } });
    expect(Buffer.byteLength(stdout())).toBe(10 * 1024 * 1024);
    expect(Math.max(...plane.calls('PUT', /\/log$/).map(({ body }) => body.length))).toBeLessThan(1024 * 1024);
  });

  test('refuses a job whose envelope another key signed, and runs nothing of it', async () => {
    const other = new FakePlane();
    plane.queue.push({ ...plane.assign(jobSpec()), envelope: other.assign(jobSpec()).envelope });
    expect(await runner.run()).toBe(76);
    expect(plane.calls('POST', /\/start$/)).toHaveLength(0);
    expect(plane.calls('POST', /\/release$/)).toHaveLength(1);
  });

  test('gives back what needs more than this runner can do', async () => {
    plane.queue.push(jobSpec({ confinement: 'required' }));
    expect(await runner.run()).toBe(1);
    expect(plane.calls('POST', /\/release$/)[0]?.json.reason).toContain('requires confinement');
  });

  test('keeps the work directory with --keep', async () => {
    plane.queue.push(shell('echo kept > file'));
    await runner.run({ keep: true });
    const [name = ''] = readdirSync(join(runner.workDir, 'enr_1'));
    expect(readFileSync(join(runner.workDir, 'enr_1', name, 'work', 'file'), 'utf8')).toBe('kept\n');
  });
});

describe('a lease', () => {
  test('that was superseded kills the job, whose late write is refused and told', async () => {
    plane.queue.push(shell('echo $$; exec sleep 60'));
    const ended = runner.run();
    await plane.until(() => stdout().includes('\n'));
    plane.superseded.add(leaseId());
    expect(await ended).toBe(1);
    expect(isAlive(Number(stdout()))).toBe(false);
    expect(settlement()).toMatchObject({ outcome: 'lost' });
    expect(runner.printer.all).toContain('Attempt 2 holds the job now.');
    expect(runner.printer.all).toContain('Late write with token 41 rejected.');
  });

  test('that is not renewed kills the job by itself', async () => {
    plane.ttlMs = 2_000;
    plane.queue.push(shell('echo $$; exec sleep 60'));
    const ended = runner.run();
    await plane.until(() => stdout().includes('\n'));
    plane.intercept = () => 'cut';
    await plane.until(() => !isAlive(Number(stdout())));
    plane.intercept = () => undefined;
    expect(await ended).toBe(1);
    expect(settlement()).toMatchObject({ outcome: 'lost' });
    expect(runner.printer.all).toContain('Not renewed for 2 s.');
  });

  test('that is canceled ends its job at once and completes as canceled', async () => {
    plane.queue.push(shell('echo $$; exec sleep 60'));
    const ended = runner.run();
    await plane.until(() => stdout().includes('\n'));
    plane.directives.set(leaseId(), { directive: 'cancel', reason: 'asked by ines' });
    expect(await ended).toBe(1);
    expect(plane.calls('POST', /\/complete$/)[0]?.json).toMatchObject({ outcome: 'canceled', detail: 'asked by ines' });
    expect(isAlive(Number(stdout()))).toBe(false);
  });

  test('outlives a restart of the plane: log by offset, result with the same key', async () => {
    plane.durableOffset = () => 7;
    plane.queue.push(shell('for i in 1 2 3 4 5 6; do echo line $i; sleep 0.3; done'));
    const ended = runner.run();
    await plane.until(() => stdout().includes('line 2'));
    await plane.close();
    // Tokens and the log's unsynced tail are lost with the process.
    plane.token = 'ccs_forgotten';
    plane.durableOffset = (length) => length;
    for (const [name, bytes] of plane.logs) plane.logs.set(name, bytes.subarray(0, 7));
    await new Promise((resolve) => setTimeout(resolve, 600));
    await plane.listen();
    expect(await ended).toBe(0);
    expect(stdout()).toContain('line 6');
    expect(plane.calls('POST', /\/complete$/)).toHaveLength(1);
  });

  test('renews while the job keeps its source busy', async () => {
    plane.queue.push(shell('sleep 1'));
    await runner.run();
    const renewals = plane.calls('POST', /heartbeat$/).filter(({ json }) => (json.leases as unknown[]).length === 1);
    expect(renewals.length).toBeGreaterThan(4);
  });
});

describe('run', () => {
  test('drains at SIGTERM: what runs finishes, nothing new is claimed, goodbye is said', async () => {
    plane.queue.push(shell('echo up; sleep 1'));
    const ended = runner.run({ once: false });
    await plane.until(() => stdout().includes('up'));
    runner.signal();
    plane.queue.push(jobSpec());
    expect(await ended).toBe(0);
    expect(settlement()).toMatchObject({ outcome: 'succeeded' });
    expect(plane.queue).toHaveLength(1);
    expect(plane.seen.at(-1)?.path).toBe('/api/v1/runtime/sessions/end');
  });

  test('gives back what does not finish within the bound of the drain', async () => {
    plane.queue.push(shell('echo up; exec sleep 60'));
    const ended = runner.run({ once: false, drainMs: 200 });
    await plane.until(() => stdout().includes('up'));
    runner.signal();
    expect(await ended).toBe(0);
    expect(plane.calls('POST', /\/release$/)[0]?.json).toEqual({ fence: 41, reason: 'The runner is stopping.' });
  });

  test('stops now at the second signal', async () => {
    plane.queue.push(shell('trap "" TERM; echo up; while :; do sleep 0.1; done'));
    const ended = runner.run({ once: false });
    await plane.until(() => stdout().includes('up'));
    runner.signal();
    runner.signal();
    expect(await ended).toBe(1);
    expect(plane.calls('POST', /\/release$/)).toHaveLength(1);
  });

  test('stops an idle wait at once', async () => {
    const ended = runner.run({ once: false });
    await plane.until(() => plane.calls('POST', /claim$/).some(({ json }) => json.max === 1));
    runner.signal();
    expect(await ended).toBe(0);
  });

  test('runs as many jobs at a time as it has slots', async () => {
    for (let i = 0; i < 3; i += 1) plane.queue.push(shell(`echo up; sleep 0.5`));
    const ended = runner.run({ once: false, capacity: 2 });
    await plane.until(() => plane.calls('POST', /\/complete$/).length === 3);
    runner.signal();
    expect(await ended).toBe(0);
    const starts = plane.seen.flatMap(({ path }, at) => (/\/start$/.test(path) ? [at] : []));
    const firstEnd = plane.seen.findIndex(({ path }) => /\/complete$/.test(path));
    expect(starts.filter((at) => at < firstEnd)).toHaveLength(2);
  });

  test('repeats a claim whose answer was lost with the same key', async () => {
    let cuts = 0;
    plane.intercept = ({ path, json }) => (/claim$/.test(path) && json.max === 1 && cuts++ === 0 ? 'cut' : undefined);
    plane.queue.push(jobSpec());
    expect(await runner.run()).toBe(0);
    const keys = plane
      .calls('POST', /claim$/)
      .filter(({ json }) => json.max === 1)
      .map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
  });

  test('refuses a second run on one state directory', async () => {
    plane.queue.push(shell('echo up; sleep 1'));
    const ended = runner.run();
    await plane.until(() => stdout().includes('up'));
    await expect(runner.run()).rejects.toMatchObject({ exitCode: 75 });
    expect(await ended).toBe(0);
    expect(existsSync(join(runner.stateDir, 'run.lock'))).toBe(false);
  });

  test('ends its jobs and itself when the source is revoked', async () => {
    plane.queue.push(shell('echo $$; exec sleep 60'));
    const ended = runner.run({ once: false });
    await plane.until(() => stdout().includes('\n'));
    plane.intercept = ({ path }) => (/heartbeat$/.test(path) ? problem(403, 'runner.revoked') : undefined);
    await expect(ended).rejects.toMatchObject({ exitCode: 77 });
    expect(isAlive(Number(stdout()))).toBe(false);
  });

  test('sends its token to no other plane that took the port', async () => {
    plane.queue.push(shell('echo $$; exec sleep 60'));
    const ended = runner.run({ once: false });
    await plane.until(() => stdout().includes('\n'));
    await plane.close();
    const token = plane.token;
    const { key } = new FakePlane();
    Object.assign(plane, { key });
    plane.seen.length = 0;
    await plane.listen();
    await expect(ended).rejects.toMatchObject({ exitCode: 76 });
    expect(plane.seen.some(({ headers }) => headers.authorization === `Bearer ${token}`)).toBe(false);
    expect(isAlive(Number(stdout()))).toBe(false);
  });
});
