import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { containerWatchdogCommand } from './container-watchdog.ts';

const children: ChildProcess[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-watch-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the watchdog of a runner that says `lines` and dies; each removal adds a line to a file. */
function watchdogOf(lines: string, remove = 'echo removed >>"$0"'): Promise<number | null> {
  const [program, args] = containerWatchdogCommand(['/bin/sh', '-c', remove, join(folder, 'removed')]);
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  child.stdin?.end(lines);
  return new Promise((resolve) => child.once('exit', resolve));
}

describe.runIf(process.platform !== 'win32')('the watchdog of a container', () => {
  test('removes nothing once it was told that all is gone', async () => {
    expect(await watchdogOf('12\ngone\n')).toBe(0);
    expect(existsSync(join(folder, 'removed'))).toBe(false);
  });

  test('removes until the program that starts the container has ended, however slow its start', async () => {
    // Its start ends when its container is removed for the sixth time, as a start on a busy machine does.
    const starter = spawn('/bin/sh', ['-c', 'while :; do sleep 0.1; done'], { stdio: 'ignore' });
    children.push(starter);
    const sixth = `echo removed >>"$0"; [ $(wc -l <"$0") -lt 6 ] || kill -KILL ${starter.pid}`;
    await watchdogOf(`${starter.pid}\n`, sixth);
    expect(readFileSync(join(folder, 'removed'), 'utf8').split('\n').length - 1).toBeGreaterThanOrEqual(6);
    expect(starter.signalCode).toBe('SIGKILL');
  }, 30_000);
});
