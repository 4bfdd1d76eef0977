import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findOutputs } from './output-files.ts';
import { unsafePathReason } from './safe-path.ts';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'cc-outputs-'));
  mkdirSync(join(work, 'report/sub'), { recursive: true });
  writeFileSync(join(work, 'report/a.xml'), 'a');
  writeFileSync(join(work, 'report/sub/b.xml'), 'bb');
  writeFileSync(join(work, 'other'), 'x');
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const reasonFor = async (path: string, patterns = ['report/**']) =>
  (await findOutputs(work, patterns)).refused.find((refused) => refused.path === path)?.reason;

describe('outputs', () => {
  test('are the plain files that match', async () => {
    const { files, refused } = await findOutputs(work, ['report/**']);
    expect(files).toEqual([
      { path: 'report/a.xml', sizeBytes: 1 },
      { path: 'report/sub/b.xml', sizeBytes: 2 },
    ]);
    expect(refused).toEqual([]);
  });

  test('are never links, whether to a file, a directory or a second name', async () => {
    symlinkSync('/etc/passwd', join(work, 'report/link'));
    symlinkSync('/etc', join(work, 'linked'));
    linkSync(join(work, 'other'), join(work, 'report/hard'));
    expect(await reasonFor('report/link')).toBe('symbolic link');
    expect(await reasonFor('report/hard')).toContain('hard link');
    expect(await reasonFor('linked', ['linked/**'])).toBe('symbolic link');
    expect((await findOutputs(work, ['linked/**'])).files).toEqual([]);
  });

  test.runIf(process.platform !== 'win32')('are never FIFOs, and looking at one does not hang', async () => {
    execFileSync('mkfifo', [join(work, 'report/fifo')]);
    expect(await reasonFor('report/fifo')).toBe('not a plain file');
  });

  test.runIf(process.platform === 'linux')('have names that are safe on every platform', async () => {
    for (const name of ['CON', 'a\\b', 'A.XML', 'tail.', 'new\nline']) writeFileSync(join(work, 'report', name), '');
    const { files, refused } = await findOutputs(work, ['report/*']);
    expect(files).toEqual([{ path: 'report/A.XML', sizeBytes: 0 }]);
    expect(refused.map(({ path }) => path).sort()).toEqual([
      'report/CON',
      'report/a.xml',
      'report/a\\b',
      'report/new\nline',
      'report/tail.',
    ]);
  });

  test('stop at the limits of files and bytes, keeping what came before', async () => {
    const few = await findOutputs(work, ['report/**'], { count: 1, bytes: 100 });
    expect(few).toMatchObject({
      files: [{ path: 'report/a.xml' }],
      refused: [{ path: 'report/sub/b.xml', reason: 'more than 1 files' }],
    });
    const small = await findOutputs(work, ['report/**'], { count: 10, bytes: 2 });
    expect(small.refused).toEqual([{ path: 'report/sub/b.xml', reason: 'more than 2 bytes in all' }]);
  });

  test('that were declared and not written are told', async () => {
    expect((await findOutputs(work, ['dist/**'])).refused).toEqual([{ path: 'dist/**', reason: 'nothing matched' }]);
  });
});

describe('a safe path', () => {
  test.each(['a', 'a/b.txt', '.hidden/ü', 'a b', 'console', 'com'])('%s', (path) =>
    expect(unsafePathReason(path)).toBeNull(),
  );
  test.each([
    '',
    '/a',
    '../a',
    'a/../b',
    'a//b',
    './a',
    'C:x',
    'a\\b',
    'CON',
    'x/nul.txt',
    'a.',
    'a ',
    'a\u0000b',
    'x'.repeat(513),
  ])('is not %j', (path) => expect(unsafePathReason(path)).not.toBeNull());
});
