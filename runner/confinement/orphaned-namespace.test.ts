import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { bearsMark, isAlive, processTable } from '../proc-table.ts';
import { watchdogCommand } from '../watchdog.ts';
import { makeAttemptDir, rootMark, sweepWorkRoot } from '../work-dir.ts';
import { startSandbox } from './bubblewrap.ts';
import { sweepTries, TRIES_PREFIX } from './sweep-tries.ts';

const folders: string[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const freshRoot = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'cc-orphan-'));
  folders.push(root);
  return root;
};
const bearing = (entry: string): number[] =>
  processTable()
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid && bearsMark(pid, [entry], '/nowhere'));

/** A namespace that lost bubblewrap before it was tied to it, as a kill in that moment leaves it. */
async function orphan(environment: Record<string, string>): Promise<number> {
  const [entry] = Object.entries(environment).map((pair) => pair.join('=')) as [string];
  const inside = [
    '--unshare-user',
    '--unshare-pid',
    '--ro-bind',
    '/',
    '/',
    '--proc',
    '/proc',
    '--clearenv',
    '--',
    '/bin/sh',
  ];
  const loop = 'trap "" TERM HUP; while :; do sleep 0.1; done';
  const env = { PATH: '/usr/bin:/bin', ...environment };
  const child = spawn('bwrap', [...inside, '-c', loop], { detached: true, stdio: 'ignore', env });
  children.push(child);
  await expect.poll(() => bearing(entry).length, { timeout: 10_000 }).toBe(2);
  child.kill('SIGKILL');
  await expect.poll(() => bearing(entry).length, { timeout: 10_000 }).toBe(1);
  return bearing(entry)[0] as number;
}

describe.runIf(process.platform === 'linux')('a namespace that lost the one who made it', () => {
  test('is ended by the watchdog of its job', async () => {
    const job = `job_${process.pid}orphan`;
    const init = await orphan({ CC_JOB_ID: job });
    const [program, args] = watchdogCommand([`CC_JOB_ID=${job}`]);
    const watchdog = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    children.push(watchdog);
    watchdog.stdin.end();
    await expect.poll(() => isAlive(init), { timeout: 15_000 }).toBe(false);
  }, 30_000);

  test('is ended at the next start of its runner', async () => {
    const root = freshRoot();
    const init = await orphan({ CC_WORK_ROOT: root });
    expect(await sweepWorkRoot(root, false, systemClock)).toBe(1);
    expect(isAlive(init)).toBe(false);
  }, 30_000);

  test('of a try is ended when the next runner tries, once its own runner is gone', async () => {
    const parent = freshRoot();
    const gone = spawn('true', { stdio: 'ignore' });
    await new Promise((resolve) => gone.once('exit', resolve));
    const folders = [gone.pid, process.pid].map((pid) => join(parent, `${TRIES_PREFIX}${pid}-aB3dE6`)) as [
      string,
      string,
    ];
    for (const folder of folders) mkdirSync(folder);
    symlinkSync(folders[1], join(parent, `${TRIES_PREFIX}${gone.pid}-aLink1`));
    const [left, live] = [await orphan({ CC_WORK_ROOT: folders[0] }), await orphan({ CC_WORK_ROOT: folders[1] })];
    expect(await sweepTries(systemClock, parent)).toBe(1);
    expect([isAlive(left), isAlive(live)]).toEqual([false, true]);
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, true]);
    process.kill(live, 'SIGKILL');
  }, 30_000);

  test('bears both marks, and the job inside neither of this machine', async () => {
    const root = freshRoot();
    const mark = `CC_JOB_ID=job_${process.pid}marked`;
    const dir = makeAttemptDir(root, 'lse', 1);
    const { child, initPid, stdout, go } = await startSandbox({
      version: '0.0',
      dir,
      network: { kind: 'none' },
      environment: { PATH: '/usr/bin:/bin' },
      marks: [mark],
      group: null,
      argv: ['/bin/sh', '-c', 'env; sleep 30'],
    });
    go();
    children.push(child);
    const own = readFileSync(`/proc/${initPid}/environ`, 'latin1').split('\0');
    expect(own).toEqual(expect.arrayContaining([mark, rootMark(root)]));
    const [said] = (await new Promise((resolve) => stdout.once('data', (bytes) => resolve([String(bytes)])))) as [
      string,
    ];
    expect(said).not.toContain('CC_');
  }, 30_000);

  test('whose runner died before it said go runs nothing of the job', async () => {
    const dir = makeAttemptDir(freshRoot(), 'lse', 1);
    const { child, stdout } = await startSandbox({
      version: '0.0',
      dir,
      network: { kind: 'none' },
      environment: { PATH: '/usr/bin:/bin' },
      marks: [],
      group: null,
      argv: ['/bin/sh', '-c', 'echo ran; : >ran'],
    });
    children.push(child);
    let said = '';
    stdout.on('data', (bytes) => (said += bytes));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // What the end of a runner does to the descriptor.
    (child.stdio as unknown as { destroy: () => void }[])[3]?.destroy();
    expect(await ended).toBe(125);
    expect([said, existsSync(join(dir.work, 'ran'))]).toEqual(['', false]);
  }, 30_000);
});
