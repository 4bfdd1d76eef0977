import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { cgroupPlaces } from './cgroup-places.ts';
import { limitsFor } from './limits.ts';
import { probeCgroup } from './probe-cgroup.ts';

const GIB = 1024 ** 3;

describe('the ceilings of a job', () => {
  const size = { memoryBytes: 8 * GIB, cpuCount: 4 };
  test('are those of the source where it asks for none', () => {
    expect(limitsFor({}, size)).toEqual({ memoryBytes: 6 * GIB, processes: 2_048, cpuMilli: 4_000 });
  });
  test('are what it asks for, and never more than the source has', () => {
    const limits = { memory_bytes: GIB, processes: 10, cpu_milli: 500 };
    expect(limitsFor({ limits }, size)).toEqual({ memoryBytes: GIB, processes: 10, cpuMilli: 500 });
    expect(limitsFor({ limits: { memory_bytes: 64 * GIB, cpu_milli: 64_000 } }, size)).toMatchObject({
      memoryBytes: 6 * GIB,
      cpuMilli: 4_000,
    });
  });
});

describe('where groups may be made', () => {
  test('in version 2 is above the own group, which holds processes', () => {
    const mounts = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\nproc /proc proc rw 0 0';
    const folders = cgroupPlaces(mounts, '0::/user.slice/user-1.slice/user@1.service/app.slice/x.scope\n');
    expect(folders.map(({ memory }) => memory)).toEqual([
      '/sys/fs/cgroup/user.slice/user-1.slice/user@1.service/app.slice',
      '/sys/fs/cgroup/user.slice/user-1.slice/user@1.service',
      '/sys/fs/cgroup/user.slice/user-1.slice',
      '/sys/fs/cgroup/user.slice',
      '/sys/fs/cgroup',
    ]);
    expect(folders.every(({ version, memory, processes }) => version === 2 && memory === processes)).toBe(true);
  });

  test('in version 1 is the own group of each hierarchy', () => {
    const mounts =
      'cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\ncgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\ncgroup /sys/fs/cgroup/unified cgroup2 rw 0 0';
    expect(cgroupPlaces(mounts, '8:pids:/\n4:memory:/a/b\n0::/\n')).toEqual([
      { version: 1, memory: '/sys/fs/cgroup/memory/a/b', processes: '/sys/fs/cgroup/pids' },
    ]);
    expect(cgroupPlaces('proc /proc proc rw 0 0', '')).toEqual([]);
  });

  test('leaves nothing behind where a group cannot be made', async () => {
    const { AttemptGroup } = await import('./attempt-group.ts');
    const folder = mkdtempSync(join(tmpdir(), 'cc-cgroup-'));
    const place = { version: 2 as const, memory: folder, processes: folder };
    try {
      // A kernel makes the files with the folder; in a plain one they are missing.
      expect(() => AttemptGroup.make(place, 'a', { memoryBytes: GIB, processes: 7 })).toThrow('ENOENT');
      expect(existsSync(join(folder, 'a'))).toBe(false);
      mkdirSync(join(folder, 'b'));
      expect(() => AttemptGroup.make(place, 'b', { memoryBytes: GIB, processes: 7 })).toThrow('EEXIST');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test.runIf(process.platform === 'linux')('the probe answers by what a kernel really held', async () => {
  const { place, why } = await probeCgroup(systemClock);
  // Not every machine lets this user make groups; then it says why.
  expect(place === null ? typeof why : why).toEqual(place === null ? 'string' : null);
});
