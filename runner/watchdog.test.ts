import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

/** A process in a session of its own that ends only when it is killed. */
function job(env: Record<string, string>): { pid: number; exit: Promise<string | number | null>; child: ChildProcess } {
  const child = spawn('/bin/sh', ['-c', 'trap "" TERM HUP INT; while :; do sleep 0.1; done'], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin', ...env },
  });
  children.push(child);
  return { pid: child.pid as number, exit: exitOf(child), child };
}
const marked = () => job({ CC_JOB_ID: entry.split('=')[1] as string });

/** Starts the watchdog of a runner that says `lines` and dies; resolves when it is done. */
function watchdogOf(lines: string): Promise<string | number | null> {
  const [program, args] = watchdogCommand([entry]);
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  child.stdin.end(lines);
  return exitOf(child);
}

describe.runIf(process.platform !== 'win32')('the watchdog of a runner that died', () => {
  test('ends the group that it was told', async () => {
    const { pid, exit } = job({});
    void watchdogOf(`${pid}\n`);
    expect(await exit).toBe('SIGKILL');
  }, 20_000);

  test('ends nothing once it was told that all is gone', async () => {
    const { pid, child } = marked();
    expect(await watchdogOf(`${pid}\ngone\n`)).toBe(0);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });
});

describe.runIf(process.platform === 'linux')('the watchdog of a runner that died before it named the group', () => {
  test('finds the job by its mark', async () => {
    const { exit } = marked();
    const other = job({ CC_JOB_ID: 'job_another' });
    await watchdogOf('');
    expect(await exit).toBe('SIGKILL');
    expect([other.child.exitCode, other.child.signalCode]).toEqual([null, null]);
  }, 20_000);
});
