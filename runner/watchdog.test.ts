import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bearsMark, processTable } from './proc-table.ts';
import { watchdogCommand } from './watchdog.ts';

const children: ChildProcess[] = [];
let entry: string;
beforeEach(() => {
  entry = `CC_JOB_ID=job_${randomBytes(8).toString('hex')}`;
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const exitOf = (child: ChildProcess) =>
  new Promise<string | number | null>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));

/** A process in a session of its own that ends only when it is killed; resolves when it is past its own beginning. */
async function job(
  env: Record<string, string>,
  cwd = '/',
): Promise<{ pid: number; exit: Promise<string | number | null>; child: ChildProcess }> {
  const child = spawn('/bin/sh', ['-c', 'trap "" TERM HUP INT; echo deaf; while :; do sleep 0.1; done'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd,
    env: { PATH: '/usr/bin:/bin', ...env },
  });
  children.push(child);
  const exit = exitOf(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { pid: child.pid as number, exit, child };
}
const marked = () => job({ CC_JOB_ID: entry.split('=')[1] as string });

/** Starts the watchdog of a runner that says `lines` and dies; resolves when it is done. */
function watchdogOf(lines: string, directory = ''): Promise<string | number | null> {
  const [program, args] = watchdogCommand([entry], directory);
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  child.stdin.end(lines);
  return exitOf(child);
}

describe.runIf(process.platform !== 'win32')('the watchdog of a runner that died', () => {
  test('ends the group that it was told', async () => {
    const { pid, exit } = await job({});
    void watchdogOf(`${pid}\n`);
    expect(await exit).toBe('SIGKILL');
  }, 20_000);

  test('ends nothing once it was told that all is gone', async () => {
    const { pid, child } = await marked();
    expect(await watchdogOf(`${pid}\ngone\n`)).toBe(0);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });
});

describe.runIf(process.platform === 'linux')('the watchdog of a runner that died before it named the group', () => {
  test('finds the job by its mark, and what dropped its marks by the folder in which it works', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cc-[watch]*-'));
    const twin = mkdtempSync(join(tmpdir(), 'cc-w-'));
    try {
      mkdirSync(join(folder, 'work'));
      const found = [await marked(), await job({}, join(folder, 'work'))];
      const others = [await job({ CC_JOB_ID: 'job_another' }), await job({}, twin)];
      await watchdogOf('', folder);
      expect(await Promise.all(found.map(({ exit }) => exit))).toEqual(['SIGKILL', 'SIGKILL']);
      expect(others.map(({ child }) => child.signalCode)).toEqual([null, null]);
    } finally {
      for (const path of [folder, twin]) rmSync(path, { recursive: true, force: true });
    }
  }, 20_000);

  test('is not outrun by what forks on and on', async () => {
    // Each one starts the next in a session of its own and ends: what a look has listed may be gone when it is read. The chain
    // ends by itself only long after the watchdog, on any computer.
    const chain = 'n=$1; sleep 0.02; [ "$n" -gt 2000 ] || exec setsid -f sh -c "$0" "$0" $((n + 1))';
    const child = spawn('/bin/sh', ['-c', chain, chain, '0'], {
      detached: true,
      stdio: 'ignore',
      env: { PATH: '/usr/bin:/bin', CC_JOB_ID: entry.split('=')[1] as string },
    });
    children.push(child);
    const lives = () => processTable().some(({ pid }) => bearsMark(pid, [entry], '/nowhere'));
    await watchdogOf('');
    expect([lives(), lives()]).toEqual([false, false]);
  }, 30_000);
});
