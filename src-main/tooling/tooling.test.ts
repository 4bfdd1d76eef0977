import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseSurface, whyNoWindow } from './console-surface.mjs';
import { findElectronBinary } from './electron-binary.mjs';
import { digestOf, readStamps, writeStamp } from './stamps.mjs';

let dir: string;
const file = (path: string, text = '', mode = 0o644) => {
  mkdirSync(join(dir, path, '..'), { recursive: true });
  writeFileSync(join(dir, path), text);
  chmodSync(join(dir, path), mode);
};
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cc-tooling-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('what makes a part stale', () => {
  const digest = () => digestOf(dir, ['src', 'lock.json', 'absent']);
  beforeEach(() => {
    file('src/a.ts', 'a');
    file('src/deep/b.ts', 'b');
    file('lock.json', '{}');
  });

  it('is a change of contents, names or the lockfile', () => {
    const before = digest();
    expect(digest()).toBe(before);
    for (const [path, text] of [
      ['src/a.ts', 'A'],
      ['src/new.ts', ''],
      ['lock.json', '{"v":2}'],
    ] as const) {
      const last = digest();
      file(path, text);
      expect(digest()).not.toBe(last);
    }
  });

  it('is no test and no document', () => {
    const before = digest();
    file('src/a.test.ts', 'test');
    file('src/README.md', 'words');
    expect(digest()).toBe(before);
  });

  it('is not fooled by text that moves from one file to the next', () => {
    const before = digest();
    file('src/a.ts', '');
    file('src/deep/b.ts', 'ab');
    expect(digest()).not.toBe(before);
  });

  it('is remembered per part, and anything unreadable counts as stale', () => {
    const stamps = join(dir, 'out', 'stamps.json');
    expect(readStamps(stamps)).toEqual({});
    writeStamp(stamps, 'cli', 'x');
    writeStamp(stamps, 'runner', 'y');
    expect(readStamps(stamps)).toEqual({ cli: 'x', runner: 'y' });
    file('out/stamps.json', '{ torn');
    expect(readStamps(stamps)).toEqual({});
  });
});

describe('the build command', () => {
  const build = join(import.meta.dirname, 'build.mjs');

  it('refuses a part that there is not', () => {
    const { status, stderr } = spawnSync(process.execPath, [build, '--only', 'nonsense'], { encoding: 'utf8' });
    expect(status).toBe(64);
    expect(stderr).toContain('runner, cli, renderer, main');
  });

  it('leaves politely where the development dependencies are absent, and only when told to', () => {
    cpSync(import.meta.dirname, join(dir, 'src-main', 'tooling'), { recursive: true });
    file('package.json', '{"type":"module"}');
    const copy = join(dir, 'src-main', 'tooling', 'build.mjs');
    expect(
      execFileSync(process.execPath, [copy, '--if-stale', '--skip-without-tools'], { encoding: 'utf8' }),
    ).toContain('development dependencies');
    const { status, stderr } = spawnSync(process.execPath, [copy, '--only', 'runner'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('its entry runner/main.ts does not exist');
  });
});

describe('where Electron is', () => {
  it('is what path.txt names, if it can be run', () => {
    expect(findElectronBinary(dir, {})).toBeNull();
    file('path.txt', 'electron');
    expect(findElectronBinary(dir, {})).toBeNull();
    file('dist/electron', '', 0o644);
    expect(findElectronBinary(dir, {})).toBe(process.getuid?.() === undefined ? join(dir, 'dist/electron') : null);
    file('dist/electron', '', 0o755);
    expect(findElectronBinary(dir, {})).toBe(join(dir, 'dist/electron'));
  });

  it('is what the environment names before that', () => {
    file('own/electron', '', 0o755);
    file('path.txt', 'electron');
    expect(findElectronBinary(null, { ELECTRON_EXEC_PATH: join(dir, 'own/electron') })).toBe(join(dir, 'own/electron'));
    expect(findElectronBinary(dir, { ELECTRON_EXEC_PATH: join(dir, 'none') })).toBeNull();
    expect(findElectronBinary(dir, { ELECTRON_OVERRIDE_DIST_PATH: join(dir, 'own') })).toBe(join(dir, 'own/electron'));
    expect(findElectronBinary(null, {})).toBeNull();
  });
});

describe('window or browser', () => {
  const linux = { platform: 'linux', env: { DISPLAY: ':0' }, isRoot: false, electronBinary: '/opt/electron' } as const;

  it('is the window where there is a display and a binary', () => {
    expect(chooseSurface(linux)).toEqual({ kind: 'window', binary: '/opt/electron' });
    expect(chooseSurface({ ...linux, env: { WAYLAND_DISPLAY: 'wayland-0' } }).kind).toBe('window');
    for (const platform of ['darwin', 'win32'] as const) {
      expect(chooseSurface({ ...linux, platform, env: {}, isRoot: true }).kind).toBe('window');
    }
  });

  it('is the browser otherwise, with the reason', () => {
    expect(chooseSurface({ ...linux, env: {} })).toEqual({ kind: 'browser', because: 'there is no display' });
    expect(chooseSurface({ ...linux, env: { DISPLAY: '' } }).kind).toBe('browser');
    expect(chooseSurface({ ...linux, electronBinary: null })).toMatchObject({
      because: expect.stringContaining('binary'),
    });
    expect(whyNoWindow({ ...linux, isRoot: true })).toContain('root');
  });
});
