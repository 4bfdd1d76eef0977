import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EnvelopePayload } from '../src-server/contract/runtime.ts';
import { AttemptSpool, leftSpools, readSpooled } from './attempt-spool.ts';

let root: string;
let told: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cc-spool-'));
  told = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const payload = { lease_id: 'lse_1', fence: 7 } as EnvelopePayload;
const make = (where = root) => AttemptSpool.make(where, { v: 1, payload, started_wall_ms: 5 }, (why) => told.push(why));
const MEBIBYTE = 1024 * 1024;

test('gives back byte for byte what was kept, by stream', () => {
  const spool = make();
  spool.append('stdout', 0, Buffer.from('one\n'));
  spool.append('stderr', 0, Buffer.from('bad\n'));
  spool.append('stdout', 4, Buffer.from('two\n'));
  const [left] = leftSpools(root);
  expect(left?.about).toMatchObject({ started_wall_ms: 5, payload: { lease_id: 'lse_1', fence: 7 } });
  expect(readSpooled(left?.path ?? '', 'stdout')).toEqual({ startOffset: 0, bytes: Buffer.from('one\ntwo\n') });
  expect(readSpooled(left?.path ?? '', 'stderr').bytes.toString()).toBe('bad\n');
});

test('lets go of what the plane made durable, in whole segments', () => {
  const spool = make();
  for (let at = 0; at < 4; at += 1) spool.append('stdout', at * MEBIBYTE, Buffer.alloc(MEBIBYTE, 65 + at));
  spool.release('stdout', 2 * MEBIBYTE + 1);
  expect(readdirSync(spool.path).sort()).toEqual([
    'attempt.json',
    `stdout-${2 * MEBIBYTE}.log`,
    `stdout-${3 * MEBIBYTE}.log`,
  ]);
  const found = readSpooled(spool.path, 'stdout');
  expect([found.startOffset, found.bytes.length, found.bytes[0]]).toEqual([2 * MEBIBYTE, 2 * MEBIBYTE, 67]);
});

test('ends at the first byte that is missing, and is gone once the attempt is over', () => {
  const spool = make();
  spool.append('stdout', 0, Buffer.from('abc'));
  writeFileSync(join(spool.path, 'stdout-9.log'), 'later');
  expect(readSpooled(spool.path, 'stdout').bytes.toString()).toBe('abc');
  spool.remove();
  expect(readdirSync(root)).toEqual([]);
});

test('a disk that takes nothing is told once and costs the job nothing', () => {
  writeFileSync(join(root, 'file'), '');
  const spool = make(join(root, 'file'));
  for (const offset of [0, 1]) spool.append('stdout', offset, Buffer.from('a'));
  expect(told).toHaveLength(1);
});
