import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadPlaneKey, newKeyFile, type PlaneKey, readPlaneKey } from './keys.ts';
import { finishRotation } from './rotate-key.ts';

let folder: string;
let path: string;
let before: PlaneKey;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-rotate-'));
  path = join(folder, 'plane.key');
  before = loadPlaneKey(path).key;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a start finds, and goes on with. @param named the key that the plane's own log names last. */
function afterStart(named: PlaneKey): string {
  finishRotation(path, () => named.publicKeyBase64);
  expect(existsSync(`${path}.next`)).toBe(false);
  return readPlaneKey(path).fingerprint;
}

// A rotation stops at any of its steps: the file of the next key, the entry of each log, that of the plane's own log, the rename.
test('one that stopped in the middle of writing the next key leaves the old one in force', () => {
  newKeyFile(`${path}.next`);
  const whole = readFileSync(`${path}.next`);
  for (const kept of [0, 1, Math.floor(whole.length / 2), whole.length - 30]) {
    writeFileSync(`${path}.next`, whole.subarray(0, kept));
    expect(afterStart(before)).toBe(before.fingerprint);
  }
});

test('one that stopped before the log of the plane named the next key leaves the old one in force', () => {
  newKeyFile(`${path}.next`);
  expect(afterStart(before)).toBe(before.fingerprint);
});

test('one that stopped after the log of the plane named the next key ends with that one', () => {
  const next = newKeyFile(`${path}.next`);
  expect(afterStart(next)).toBe(next.fingerprint);
});

test('one that ended changes nothing at the next start', () => {
  const next = newKeyFile(`${path}.next`);
  afterStart(next);
  expect(afterStart(next)).toBe(next.fingerprint);
});
