import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileSink } from './file-sink.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cc-log-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

it('appends, also after a restart, to a file of its owner', () => {
  const file = join(dir, 'logs', 'desktop.log');
  fileSink(file)('one');
  fileSink(file)('two');
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('keeps a full file once and begins again', () => {
  const file = join(dir, 'desktop.log');
  const sink = fileSink(file, 10);
  for (const line of ['aaaa', 'bbbb', 'cccc', 'a line longer than a file may be']) sink(line);
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('cccc\n');
  expect(readFileSync(file, 'utf8')).toBe('a line longer than a file may be\n');
});
