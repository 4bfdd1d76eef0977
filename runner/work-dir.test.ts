import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { jobEnvironment } from './executors/job-environment.ts';
import { isAlive } from './proc-table.ts';
import { makeAttemptDir, prepareWorkRoot, removeTree, sweepWorkRoot } from './work-dir.ts';

let folder: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-work-'));
  state = join(folder, 'state');
  mkdirSync(state);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('work directories', () => {
  test('are fresh for each attempt and closed to others', () => {
    const root = prepareWorkRoot(join(folder, 'work'), 'enr_1', state);
    const dir = makeAttemptDir(root, 'lse_1', 41);
    expect(dir.work.startsWith(root)).toBe(true);
    expect(statSync(dir.path).mode & 0o777).toBe(0o700);
    expect(() => makeAttemptDir(root, 'lse_1', 41)).toThrow(/EEXIST/);
  });

  test('never touch the state directory, by whatever name', () => {
    expect(() => prepareWorkRoot(state, 'enr_1', state)).toThrow(expect.objectContaining({ exitCode: 64 }));
    symlinkSync(state, join(folder, 'alias'));
    expect(() => prepareWorkRoot(join(folder, 'alias'), 'enr_1', state)).toThrow(/lie apart/);
  });

  test('are removed with read-only folders in them, and no link is followed', () => {
    const outside = join(folder, 'outside');
    writeFileSync(outside, 'x');
    mkdirSync(join(folder, 'tree/ro'), { recursive: true });
    writeFileSync(join(folder, 'tree/ro/file'), '');
    symlinkSync(outside, join(folder, 'tree/link'));
    chmodSync(join(folder, 'tree/ro'), 0o500);
    expect(removeTree(join(folder, 'tree'))).toBeNull();
    expect([existsSync(join(folder, 'tree')), existsSync(outside)]).toEqual([false, true]);
  });

  test.runIf(process.platform === 'linux')(
    'of an earlier run go with the processes that still work in them',
    async () => {
      const root = prepareWorkRoot(join(folder, 'work'), 'enr_1', state);
      const dir = makeAttemptDir(root, 'lse_1', 41);
      const { pid = 0 } = spawn('sleep', ['60'], { cwd: dir.work, detached: true, stdio: 'ignore' });
      expect(await sweepWorkRoot(root, false, systemClock)).toBe(1);
      expect([isAlive(pid), existsSync(dir.path)]).toEqual([false, false]);
    },
  );
});

describe('the environment of a job', () => {
  const input = {
    platform: 'linux' as const,
    workDir: '/w',
    tmpDir: '/t',
    jobId: 'job_1',
    attempt: 2,
    fence: 41,
    declared: {},
    secrets: {},
  };

  test('takes nothing from the runner but PATH, LANG and TZ', () => {
    const own = {
      PATH: '/bin',
      LANG: 'de_DE.UTF-8',
      TZ: 'Europe/Berlin',
      NODE_OPTIONS: 'x',
      LD_PRELOAD: 'x',
      SSH_AUTH_SOCK: 'x',
      GH_TOKEN: 'x',
      HTTP_PROXY: 'x',
      ELECTRON_RUN_AS_NODE: '1',
      HOME: '/root',
    };
    expect(jobEnvironment({ ...input, own })).toEqual({
      PATH: '/bin',
      HOME: '/w',
      TMPDIR: '/t',
      LANG: 'de_DE.UTF-8',
      TZ: 'Europe/Berlin',
      CC_JOB_ID: 'job_1',
      CC_ATTEMPT: '2',
      CC_FENCE: '41',
    });
  });

  test('lets the job declare names, not whose process it is', () => {
    const environment = jobEnvironment({
      ...input,
      own: {},
      declared: { CI: '1', PATH: '/x', CC_JOB_ID: 'job_other' },
    });
    expect(environment).toMatchObject({ CI: '1', PATH: '/x', CC_JOB_ID: 'job_1' });
  });
});
