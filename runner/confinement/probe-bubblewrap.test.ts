import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { probeCapabilities } from './probe.ts';

describe.runIf(process.platform === 'linux')('the probe', () => {
  test('sees on this class of machine that all of it holds, and leaves nothing behind', async () => {
    const surroundings = { platform: 'linux' as const, env: process.env, home: '/root' };
    const folder = mkdtempSync(join(tmpdir(), 'cc-tmp-'));
    process.env.TMPDIR = folder;
    const { posture, bubblewrap, nodePath } = await probeCapabilities(surroundings, systemClock);
    delete process.env.TMPDIR;
    expect(posture).toMatchObject({ files: 'confined', network: ['none', 'allow_list'], pid: 'namespace' });
    expect(posture.detail?.bubblewrap).toBe(bubblewrap);
    expect(nodePath).not.toBeNull();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  }, 30_000);

  test('promises nothing where bubblewrap is not there', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'cc-path-'));
    const before = process.env.PATH;
    process.env.PATH = empty;
    try {
      const surroundings = { platform: 'linux' as const, env: process.env, home: '/root' };
      const { posture } = await probeCapabilities(surroundings, systemClock);
      expect(posture).toMatchObject({ files: 'none', network: [], pid: 'group' });
      expect(posture.detail?.confinement).toContain('not installed');
    } finally {
      process.env.PATH = before;
      rmSync(empty, { recursive: true });
    }
  });
});
