import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { type RunningCommand, startCommand } from './executors/command.ts';
import { isAlive } from './proc-table.ts';
import { treeMembers } from './process-tree.ts';

const isLinux = process.platform === 'linux';
let directory: string;
let command: RunningCommand | null = null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cc-tree-'));
});
afterEach(async () => {
  await command?.tree.kill(0);
  command = null;
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a shell line and waits for the process ids that it prints, one a line. */
async function start(line: string, count: number): Promise<number[]> {
  const entries = ['CC_JOB_ID=job_tree', `CC_FENCE=${process.pid}`];
  const environment = { PATH: process.env.PATH ?? '', CC_JOB_ID: 'job_tree', CC_FENCE: String(process.pid) };
  command = await startCommand(
    { argv: [line], shell: true, cwd: directory, environment, mark: { entries, directory } },
    systemClock,
  );
  let text = '';
  return new Promise((resolve) => {
    command?.stderr.resume();
    command?.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const pids = text.trim().split('\n').map(Number);
      if (pids.length === count) resolve(pids);
    });
  });
}

describe.runIf(isLinux)('a process tree', () => {
  test('ends at SIGTERM when it heeds it', async () => {
    const pids = await start('echo $$; sleep 60 & echo $!; wait', 2);
    expect(await command?.tree.kill(5_000)).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('is gone though a child left its session, another directory and ignores SIGTERM', async () => {
    const stubborn = `trap "" TERM; echo $$; while :; do sleep 0.1; done`;
    const pids = await start(`echo $$; cd /; setsid sh -c '${stubborn}' & wait`, 2);
    expect(await command?.tree.kill(300)).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('finds a child that cleared its environment while it works in the directory', async () => {
    const pids = await start(`setsid env -i /bin/sh -c 'echo $$; exec /bin/sleep 60' & echo $$; sleep 60`, 2);
    expect(await command?.tree.kill(300)).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('ends what a command leaves behind, so that nothing runs without a lease', async () => {
    const [left = 0] = await start(`setsid sh -c 'echo $$; exec sleep 60' & sleep 0.3`, 1);
    expect(await command?.ended).toMatchObject({ exitCode: 0, leftovers: [] });
    expect(isAlive(left)).toBe(false);
  });

  test('stands still while frozen and goes on when thawed', async () => {
    const [pid = 0] = await start('echo $$; n=0; while :; do n=$((n+1)); done', 1);
    command?.tree.freeze();
    const cpu = async () => (await import('./proc-table.ts')).cpuMsOf(pid) ?? 0;
    const before = await cpu();
    await systemClock.sleep(150);
    expect(await cpu()).toBe(before);
    command?.tree.thaw();
    await systemClock.sleep(150);
    expect(await cpu()).toBeGreaterThan(before);
  });

  test('is killed while frozen', async () => {
    const [pid = 0] = await start('echo $$; sleep 60', 1);
    command?.tree.freeze();
    expect(await command?.tree.kill(2_000)).toEqual([]);
    expect(isAlive(pid)).toBe(false);
  });

  test('ends in the shorter time when it is asked again', async () => {
    const [pid = 0] = await start('trap "" TERM; echo $$; while :; do sleep 0.1; done', 1);
    const gentle = command?.tree.kill(60_000);
    await command?.tree.kill(0);
    expect(await gentle).toEqual([]);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('members of a tree', () => {
  const row = (pid: number, parent: number, group: number, session = group) => ({ pid, parent, group, session });

  test('are the group, the session and all descendants, never this process or init', () => {
    const table = [
      row(1, 0, 1),
      row(process.pid, 1, 100),
      row(900_001, process.pid, 900_001),
      row(900_002, 900_001, 900_002),
      row(900_003, 1, 900_001),
      row(900_004, 900_002, 7),
      row(900_005, 1, 900_005),
    ];
    const mark = { entries: ['CC_JOB_ID=none'], directory: '/nowhere' };
    expect(treeMembers(900_001, mark, table).sort()).toEqual([900_001, 900_002, 900_003, 900_004]);
  });
});
