import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const PROJECT_DIR = resolve(import.meta.dirname, '../..');

const listed = (...args: string[]): string[] =>
  execFileSync('git', ['ls-files', '-z', ...args], { cwd: PROJECT_DIR, maxBuffer: 64 * 1024 * 1024 })
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '');

/**
 * Files that are tracked or would be with the next `git add`, sorted, relative, with `/`. A file is judged before it
 * is committed, and one that git ignores never is.
 */
export const projectFiles = (): string[] =>
  [...new Set([...listed('--cached'), ...listed('--others', '--exclude-standard')])]
    .filter((path) => existsSync(join(PROJECT_DIR, path)) && statSync(join(PROJECT_DIR, path)).isFile())
    .sort();

export const textOf = (path: string): string => readFileSync(join(PROJECT_DIR, path), 'utf8');

/** One thing that is wrong: where, what, and how it is mended. */
export interface Offence {
  path: string;
  line: number;
  what: string;
  mend: string;
}

/** What a failed rule prints, one line each; empty when all is well. */
export const report = (offences: readonly Offence[]): string =>
  offences.map(({ path, line, what, mend }) => `${path}:${line} ${what} → ${mend}`).join('\n');
