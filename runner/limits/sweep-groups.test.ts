import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { EnvelopePayload } from '../../src-server/contract/runtime.ts';
import { systemClock } from '../clock.ts';
import { AttemptGroup } from './attempt-group.ts';
import { groupFor } from './ceilings.ts';
import { ownSize } from './limits.ts';
import { PROBE_PREFIX, probeCgroup } from './probe-cgroup.ts';
import { sweepGroups } from './sweep-groups.ts';

const { place } = await probeCgroup(systemClock);
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
/** Of this test alone, as other runners of this machine are swept by their own. */
const session = (name: string): string => `ses_test${process.pid}${name}`;
const isThere = (group: AttemptGroup): boolean => group.files.some((file) => existsSync(dirname(file)));

/** A group with a process that nobody watches; it takes no hint. */
function leftBehind(sessionId: string, fence: number): { group: AttemptGroup; ended: Promise<unknown> } {
  const payload = { session_id: sessionId, lease_id: 'lse_1', fence, job: {} } as EnvelopePayload;
  const group = groupFor({ place, size: ownSize() }, payload) as AttemptGroup;
  const child = spawn('/bin/sh', ['-c', 'trap "" TERM; while :; do sleep 0.1; done'], {
    detached: true,
    stdio: 'ignore',
  });
  started.push(child);
  group.join(child.pid as number);
  return { group, ended: new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal))) };
}

// Not every machine lets its user make groups; doctor says so there.
test('groups that a killed runner left are ended with what is in them; those of another are not', async () => {
  if (place === null) return;
  const [one, two] = [leftBehind(session('a'), 1), leftBehind(session('a'), 2)];
  const other = leftBehind(session('b'), 3);
  expect(await sweepGroups(session('a'), systemClock)).toBe(2);
  expect(await Promise.all([one.ended, two.ended])).toEqual(['SIGKILL', 'SIGKILL']);
  expect([isThere(one.group), isThere(two.group), isThere(other.group)]).toEqual([false, false, true]);
  expect(other.group.members()).not.toEqual([]);
  expect(await sweepGroups(session('a'), systemClock)).toBe(0);
  await other.group.end(systemClock);
});

test('a group that a killed process was trying is removed, one that is being tried is not', async () => {
  if (place === null) return;
  const at = place;
  const gone = spawn('/bin/true', { stdio: 'ignore' });
  await new Promise((resolve) => gone.once('exit', resolve));
  const make = (pid: number) =>
    AttemptGroup.make(at, `${PROBE_PREFIX}${pid}-test`, {
      memoryBytes: 2 ** 26,
      processes: 4,
    });
  const [forgotten, tried] = [make(gone.pid as number), make(process.pid)];
  await sweepGroups(session('c'), systemClock);
  expect([isThere(forgotten), isThere(tried)]).toEqual([false, true]);
  tried.remove();
});

test('a place that cannot be read holds none', async () => {
  expect(
    await sweepGroups(session('d'), systemClock, [{ version: 2, memory: '/nowhere', processes: '/nowhere' }]),
  ).toBe(0);
});
