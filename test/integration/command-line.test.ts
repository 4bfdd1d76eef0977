import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlaneProcess } from '../helpers/plane-process.ts';

let plane: PlaneProcess;
let files: string;
beforeAll(async () => {
  plane = await PlaneProcess.start();
  files = mkdtempSync(join(tmpdir(), 'cc-files-'));
});
afterAll(async () => {
  await plane.close();
  rmSync(files, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  writeFileSync(join(files, name), text);
  return join(files, name);
};

describe('the command line: how its process ends', () => {
  test.each<[string, () => string[], number, RegExp]>([
    ['input that is unusable', () => ['job', 'submit', file('a.json', '{"wu_id":"WU-1"}')], 2, /\/title/],
    ['a wrong command line', () => ['job', 'fly', 'x'], 64, /job takes submit/],
    [
      'a token that is not known',
      () => ['job', 'list', '--url', plane.url, '--token-file', file('t', 'x')],
      77,
      /auth/,
    ],
  ])('%s', async (_, args, code, sentence) => {
    const ended = await plane.cli(args());
    expect([ended.code, ended.signal, ended.stdout]).toEqual([code, null, '']);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });
});
