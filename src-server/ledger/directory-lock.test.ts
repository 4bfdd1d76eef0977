import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCK_NAME, lockDirectory } from './directory-lock.ts';
import { bundleTestScript } from './testing/bundle-test-script.ts';
import { tempDirectory } from './testing/ledger-test-kit.ts';

let temp: ReturnType<typeof tempDirectory>;
let directory: string;
beforeEach(() => {
  temp = tempDirectory();
  directory = `${temp.path}/data`;
});
afterEach(() => temp.remove());
const files = () => readdirSync(directory).filter((name) => name.startsWith(LOCK_NAME));

describe('directory lock', () => {
  it('is held by one and names it; a release frees it', () => {
    const lock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(
      expect.objectContaining({ code: 'directory.locked', pid: process.pid }),
    );
    lock.release();
    lock.release();
    expect(files()).toEqual([]);
    lockDirectory(directory).release();
  });

  it('does not release a lock that another holds by now', () => {
    const alive = new Set([1, 2]);
    const processes = { lifeMark: (pid: number) => (alive.has(pid) ? `start of ${pid}` : null) };
    const first = lockDirectory(directory, processes, 1);
    alive.delete(1);
    const second = lockDirectory(directory, processes, 2);
    first.release();
    expect(files()).toEqual([LOCK_NAME]);
    second.release();
  });

  it('sees that a pid was given to another process', () => {
    lockDirectory(directory, { lifeMark: () => 'boot a, tick 10' }, 77);
    expect(() => lockDirectory(directory, { lifeMark: () => 'boot a, tick 10' }, 78)).toThrow(
      expect.objectContaining({ pid: 77 }),
    );
    // Where the start is not known, the pid alone decides.
    expect(() => lockDirectory(directory, { lifeMark: () => '' }, 78)).toThrow(expect.objectContaining({ pid: 77 }));
    lockDirectory(directory, { lifeMark: () => 'boot b, tick 10' }, 78);
    expect(JSON.parse(readFileSync(`${directory}/${LOCK_NAME}`, 'utf8')).pid).toBe(78);
  });

  it('replaces a file that names nobody, and takeovers whose contender died on the way', () => {
    mkdirSync(directory);
    writeFileSync(`${directory}/${LOCK_NAME}`, '');
    const dead = { pid: 99, started: 'x', token: 'ab'.repeat(8) };
    writeFileSync(`${directory}/${LOCK_NAME}.unreadable.takeover`, JSON.stringify(dead));
    writeFileSync(`${directory}/${LOCK_NAME}.${dead.token}.new`, JSON.stringify(dead));
    const processes = { lifeMark: (pid: number) => (pid === 99 ? null : 'alive') };
    lockDirectory(directory, processes, 100);
    expect(files()).toEqual([LOCK_NAME]);
    expect(() => lockDirectory(directory, processes, 101)).toThrow(expect.objectContaining({ pid: 100 }));
  });

  it('outlives a kill -9 of its owner in another process, and is refused before that', async () => {
    const script = await bundleTestScript('ledger-child.ts', temp.path);
    const child = spawn(process.execPath, [script, 'hold', directory], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(() => lockDirectory(directory)).toThrow(
      expect.objectContaining({ code: 'directory.locked', pid: child.pid }),
    );
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(existsSync(`${directory}/${LOCK_NAME}`)).toBe(true);
    lockDirectory(directory).release();
    expect(files()).toEqual([]);
  });

  it('has one owner at a time while four processes take over from dead owners', async () => {
    const script = await bundleTestScript('ledger-child.ts', temp.path);
    mkdirSync(directory);
    const codes = await Promise.all(
      [0, 1, 2, 3].map(async (seed) => {
        const child = spawn(process.execPath, [script, 'contend', directory, '150', String(seed)], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        return (await once(child, 'close'))[0] as number;
      }),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
  });
});
