import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { keptEngine } from './kept-engine.ts';
import type { ContainerFinding } from './probe-containers.ts';

const HELD: ContainerFinding = {
  engine: { name: 'podman', version: '4.3.1', options: [], userOptions: [], hasLimits: true, hasAllowList: false },
  why: null,
};
let folder: string;
let clock: FakeClock;
let probes: number;
let found: ContainerFinding;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-kept-'));
  writeFileSync(join(folder, 'podman'), '#!/bin/sh\n');
  chmodSync(join(folder, 'podman'), 0o755);
  clock = new FakeClock();
  probes = 0;
  found = HELD;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, 'engine.json');
const find = (isFresh = false, env: Record<string, string> = {}) =>
  keptEngine(file(), clock, { PATH: folder, ...env }).find(async () => {
    probes += 1;
    return found;
  }, isFresh);

test('is tried once and kept for an hour, by one user alone', async () => {
  expect(await find()).toEqual(HELD);
  expect(await find()).toEqual(HELD);
  expect([probes, statSync(file()).mode & 0o777]).toEqual([1, 0o600]);
  await clock.advance(3_600_000);
  await find();
  expect(probes).toBe(2);
});

test('is tried again when it is asked to, and what does not hold any more is forgotten', async () => {
  await find();
  found = { engine: null, why: 'podman: its storage is gone' };
  expect(await find(true)).toEqual(found);
  expect(await find()).toEqual(found);
  expect(probes).toBe(3);
});

test.each<[string, () => unknown, Record<string, string>]>([
  ['another program', () => utimesSync(join(folder, 'podman'), 1, 1), {}],
  ['another daemon', () => undefined, { DOCKER_HOST: 'unix:///elsewhere' }],
  ['a program that is gone', () => rmSync(join(folder, 'podman')), {}],
  ['a damaged file', () => writeFileSync(file(), readFileSync(file()).subarray(0, 20)), {}],
  [
    'a file from the future',
    () => writeFileSync(file(), JSON.stringify({ ...JSON.parse(readFileSync(file(), 'utf8')), wallMs: 9e15 })),
    {},
  ],
])('is not used with %s', async (_name, change, env) => {
  await find();
  change();
  await find(false, env);
  expect(probes).toBe(2);
});

test('needs no state directory', async () => {
  const kept = keptEngine(join(folder, 'none', 'engine.json'), clock, { PATH: folder });
  expect(await kept.find(async () => HELD, false)).toEqual(HELD);
});
