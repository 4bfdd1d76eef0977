import { describe, expect, it } from 'vitest';
import { projectFiles, report, textOf } from './project-files.ts';
import {
  LINES_MAX,
  LINES_WARN,
  mergeOffences,
  nameOffences,
  placeOffences,
  readmeOffences,
  sizeOffences,
  sourceFolders,
  topLevelOffences,
} from './shape-rules.ts';

const files = projectFiles();
/** Pictures and the like; they hold no words. */
const BINARY = /\.(png|ico|icns|woff2|wasm|gz|tar)$/;

describe('this project', () => {
  it(`has no source file over ${LINES_MAX} lines`, () => {
    const sizes = files.map((path) => sizeOffences(path, BINARY.test(path) ? '' : textOf(path)));
    const warned = sizes.flatMap((size) => size.warned);
    if (warned.length > 0) console.warn(`Over ${LINES_WARN} lines, a reason to split:\n${warned.join('\n')}`);
    expect(report(sizes.flatMap((size) => size.failed))).toBe('');
  });
  it('names source files and folders in kebab-case', () => {
    expect(report(files.flatMap(nameOffences))).toBe('');
  });
  it('keeps the fixed top level', () => {
    expect(report(topLevelOffences(files))).toBe('');
  });
  it('has a short README in each source folder', () => {
    expect(report(readmeOffences(files, textOf))).toBe('');
  });
  it('holds no mark of a merge', () => {
    const own = files.filter((path) => !BINARY.test(path));
    expect(report(own.flatMap((path) => mergeOffences(path, textOf(path))))).toBe('');
  });
  it('mentions no place outside of itself', () => {
    // The lockfile is written by npm and checked by it.
    const own = files.filter((path) => !BINARY.test(path) && path !== 'package-lock.json');
    expect(report(own.flatMap((path) => placeOffences(path, textOf(path))))).toBe('');
  });
});

it('finds what a merge left behind', () => {
  const left = ['a', `${'<'.repeat(7)} HEAD`, 'b', '='.repeat(7), 'c', `${'>'.repeat(7)} 1a2b3c (Say it)`].join('\n');
  expect(mergeOffences('a.md', left).map(({ line }) => line)).toEqual([2, 6]);
  expect(mergeOffences('a.md', 'Title\n=======\n')).toEqual([]);
});

const lines = (count: number) => 'x\n'.repeat(count);

it('counts lines', () => {
  expect(sizeOffences('runner/a.ts', lines(LINES_WARN))).toEqual({ failed: [], warned: [] });
  expect(sizeOffences('runner/a.ts', lines(LINES_WARN + 1)).warned).toHaveLength(1);
  expect(sizeOffences('runner/a.ts', lines(LINES_MAX)).failed).toEqual([]);
  expect(sizeOffences('runner/a.ts', lines(LINES_MAX + 1)).failed).toHaveLength(1);
  expect(sizeOffences('test/fixtures/a.ts', lines(LINES_MAX + 1)).failed).toEqual([]);
  expect(sizeOffences('package-lock.json', lines(9_000)).failed).toEqual([]);
});

it('knows kebab-case', () => {
  for (const path of [
    'runner/plane-client.ts',
    'src-renderer/pages/job/job-page.test.tsx',
    'src-renderer/vite-env.d.ts',
  ]) {
    expect(nameOffences(path)).toEqual([]);
  }
  for (const path of ['runner/planeClient.ts', 'src-renderer/pages/Job/page.tsx', 'src-server/plane/hot_state.ts']) {
    expect(nameOffences(path)).toHaveLength(1);
  }
});

it('knows the top level', () => {
  expect(topLevelOffences(['src-main/a.ts', '.ci/run', 'README.md', 'vite.config.ts', 'LICENSE'])).toEqual([]);
  expect(topLevelOffences(['scripts/a.mjs', 'docs/x.md', 'notes.txt', 'helper.ts'])).toHaveLength(4);
});

it('wants a README in each root and room, and a short one', () => {
  const paths = ['runner/a.ts', 'runner/doctor/b.ts', 'runner/README.md', 'src-renderer/styles/base.css'];
  expect(sourceFolders(paths)).toEqual(['runner', 'runner/doctor']);
  expect(readmeOffences(paths, () => lines(10)).map(({ path }) => path)).toEqual(['runner/doctor/README.md']);
  expect(readmeOffences([...paths, 'runner/doctor/README.md'], () => lines(41))).toHaveLength(2);
});

it('finds foreign places', () => {
  const shared = ['..', 'shared', 'spec'].join('/');
  const root = ['', 'work', 'main'].join('/');
  const registry = ['registry', 'npmjs', 'org'].join('.');
  for (const place of [shared, root, registry]) {
    expect(placeOffences('a.md', `first\nsee ${place} for more`)[0]).toMatchObject({ path: 'a.md', line: 2 });
  }
  expect(placeOffences('a.ts', `join(dir, 'state', '${['x', 'work', 'a'].join('/')}')`)).toEqual([]);
});
