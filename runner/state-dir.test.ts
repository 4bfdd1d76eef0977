import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newPrivateKeyPem } from './ed25519.ts';
import { readIdentity } from './identity.ts';
import { lockHolder, takeLock } from './run-lock.ts';
import { type RunnerState, StateDir } from './state-dir.ts';
import { defaultStateDir, defaultWorkDir } from './user-folders.ts';

let folder: string;
let dir: StateDir;
const state: RunnerState = {
  v: 1,
  url: 'http://127.0.0.1:1',
  enrollment_id: 'enr_1',
  plane_key: 'SHA256:x',
  plane_public_key: 'x',
  private_key_pem: newPrivateKeyPem(),
  session_id: 'ses_1',
  source_id: 'src_1',
  heartbeat_interval_ms: 15_000,
  lease_ttl_ms: 60_000,
  bootstrap_sha256: 'x',
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-state-'));
  dir = new StateDir(join(folder, 'a/b'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the state directory', () => {
  test('is made closed to others and keeps the state whole', () => {
    dir.make();
    dir.write(state);
    expect(dir.read()).toEqual(state);
    expect(statSync(dir.path).mode & 0o777).toBe(0o700);
    expect(statSync(dir.statePath).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir.path)).toEqual(['runner.json']);
  });

  test('has no state before connect', () => {
    expect(dir.read()).toBeNull();
  });

  test('is refused when others have rights on it or on the key', () => {
    mkdirSync(dir.path, { recursive: true, mode: 0o755 });
    expect(() => dir.make()).toThrow(/chmod 700/);
    dir.write(state);
    chmodSync(dir.statePath, 0o644);
    expect(() => dir.read()).toThrow(expect.objectContaining({ exitCode: 77 }));
  });

  test.each(['', '{', '[]', 'null', '{"v":2}', '{"v":1,"url":5}'])('is refused when damaged: %s', (text) => {
    dir.make();
    writeFileSync(dir.statePath, text, { mode: 0o600 });
    expect(() => dir.read()).toThrow(expect.objectContaining({ exitCode: 65 }));
  });

  test('lies where the platform keeps such things, one per enrollment, apart from the work', () => {
    const at = (platform: NodeJS.Platform, env = {}) => ({ platform, env, home: '/home/u' });
    expect(defaultStateDir('enr_1', at('linux'))).toBe('/home/u/.local/state/connected-compute/runners/enr_1');
    expect(defaultStateDir('enr_1', at('linux', { XDG_STATE_HOME: '/s' }))).toBe('/s/connected-compute/runners/enr_1');
    expect(defaultStateDir('enr_1', at('darwin'))).toContain('Library/Application Support/connected-compute');
    expect(defaultWorkDir(at('linux'))).toBe('/home/u/.cache/connected-compute/work');
  });
});

describe('the identity', () => {
  const surroundings = { platform: 'linux' as const, env: {}, home: '/home/u' };
  const target = () => ({ enrollment: null, planeKey: null, stateDir: dir.path });

  beforeEach(() => {
    dir.make();
    dir.write(state);
  });

  test('is what connect kept', () => {
    expect(readIdentity(target(), surroundings)).toMatchObject({ sessionId: 'ses_1', origin: 'http://127.0.0.1:1' });
  });

  test('must be the one that the command line means', () => {
    const thrown = (over: object) => () => readIdentity({ ...target(), ...over }, surroundings);
    expect(thrown({ enrollment: 'enr_2' })).toThrow(expect.objectContaining({ exitCode: 65 }));
    expect(thrown({ planeKey: 'SHA256:y' })).toThrow(expect.objectContaining({ exitCode: 76 }));
  });

  test('is missing until connect was through', () => {
    dir.write({ ...state, session_id: null });
    expect(() => readIdentity(target(), surroundings)).toThrow(/Run connect first/);
  });
});

describe('the lock of a run', () => {
  test('is held once and given back', () => {
    dir.make();
    const unlock = takeLock(dir.lockPath);
    expect(lockHolder(dir.lockPath)?.pid).toBe(process.pid);
    expect(() => takeLock(dir.lockPath)).toThrow(expect.objectContaining({ exitCode: 75 }));
    unlock();
    takeLock(dir.lockPath)();
    expect(lockHolder(dir.lockPath)).toBeNull();
  });

  test.each(['{"pid":4194303,"start":1}', '{"pid":1,"start":999999999999}', '', 'torn{'])(
    'left by a dead process is taken over: %s',
    (text) => {
      dir.make();
      writeFileSync(dir.lockPath, text);
      takeLock(dir.lockPath)();
    },
  );
});
