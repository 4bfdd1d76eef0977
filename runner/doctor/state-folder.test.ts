import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Identity } from '../identity.ts';
import { StateDir } from '../state-dir.ts';
import { doctorContext } from '../testing/doctor-context.ts';
import { stateFolderChecker } from './state-folder.ts';

let folder: string;
const check = () =>
  stateFolderChecker.check(doctorContext({ identity: () => ({ stateDir: new StateDir(folder) }) as Identity }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-doctor-'));
  for (const name of ['runner.json', 'bootstrap.mjs']) writeFileSync(join(folder, name), '', { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('passes when key and ids are closed to others', async () => {
  expect(await check()).toMatchObject({ passed: true });
});

test.each([
  ['.', 0o755, 'chmod 700'],
  ['runner.json', 0o640, 'chmod 600'],
  ['bootstrap.mjs', 0o604, 'chmod 600'],
])('fails when %s has mode %o, with the command that mends it', async (name, mode, fix) => {
  chmodSync(join(folder, name), mode);
  expect(await check()).toMatchObject({ passed: false, fix: expect.stringContaining(fix) });
});

test('looks at the secrets where there are any', async () => {
  writeFileSync(join(folder, 'secrets.json'), '{}', { mode: 0o600 });
  expect(await check()).toMatchObject({ passed: true });
  chmodSync(join(folder, 'secrets.json'), 0o644);
  expect(await check()).toMatchObject({ passed: false, fix: expect.stringContaining('secrets.json') });
});

test('fails when the kept program is missing', async () => {
  rmSync(join(folder, 'bootstrap.mjs'));
  expect(await check()).toMatchObject({ passed: false, detail: expect.stringContaining('missing') });
});
