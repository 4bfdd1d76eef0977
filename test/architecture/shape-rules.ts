import { posix } from 'node:path';
import type { Offence } from './project-files.ts';
import { isSource } from './source-kind.ts';

/** A reason to split, and a failure. */
export const LINES_WARN = 300;
export const LINES_MAX = 500;
export const README_LINES_MAX = 40;

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const TOP_FOLDERS = ['src-main', 'src-renderer', 'src-server', 'runner', 'resources', 'test', '.ci'];
const TOP_FILES =
  /^(package(-lock)?\.json|electron-builder\.yml|README\.md|ARCHITECTURE\.md|DECISIONS\.md|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|LICENSE|\.gitignore|\.gitattributes|\.editorconfig|\.nvmrc|\.npmrc|biome\.json|knip\.json|tsconfig(\.[a-z]+)?\.json|[a-z.-]+\.config\.ts)$/;

const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

/** Source files by length: those that fail, and those that should be split soon. */
export const sizeOffences = (path: string, text: string): { failed: Offence[]; warned: string[] } => {
  const lines = lineCount(text);
  if (!isSource(path) || path.includes('/fixtures/') || lines <= LINES_WARN) return { failed: [], warned: [] };
  if (lines <= LINES_MAX) return { failed: [], warned: [`${path} has ${lines} lines`] };
  const what = `has ${lines} lines`;
  return {
    failed: [{ path, line: LINES_MAX, what, mend: `split it by responsibility; ${LINES_MAX} is the end` }],
    warned: [],
  };
};

/** Names of source files and of every folder above them. */
export const nameOffences = (path: string): Offence[] => {
  if (!isSource(path)) return [];
  const folders = posix.dirname(path).split('/');
  // `name.test.ts` and `vite-env.d.ts` have a second ending.
  const stem = posix.basename(path).split('.')[0] ?? '';
  const wrong = [...folders, stem].find((name) => !KEBAB.test(name));
  return wrong === undefined
    ? []
    : [{ path, line: 1, what: `has the name "${wrong}"`, mend: 'write it in kebab-case' }];
};

/** Anything at the top that is not of the fixed set. */
export const topLevelOffences = (paths: readonly string[]): Offence[] =>
  paths
    .filter((path) => {
      const [top = '', ...rest] = path.split('/');
      return rest.length > 0 ? !TOP_FOLDERS.includes(top) : !TOP_FILES.test(top);
    })
    .map((path) => ({
      path,
      line: 1,
      what: 'is outside of the fixed top level',
      mend: 'move it into the room it belongs to',
    }));

/** The folders that need a README: each root of source and each room directly in it, but for those of test doubles. */
export const sourceFolders = (paths: readonly string[]): string[] => {
  const folders = new Set<string>();
  for (const path of paths) {
    if (!isSource(path)) continue;
    const [root = '', room, file] = path.split('/');
    folders.add(root);
    if (room !== undefined && file !== undefined && room !== 'testing') folders.add(`${root}/${room}`);
  }
  return [...folders].sort();
};

/** Source folders without a README, and READMEs that grew into documents. */
export const readmeOffences = (paths: readonly string[], textOf: (path: string) => string): Offence[] =>
  sourceFolders(paths).flatMap((folder) => {
    const path = `${folder}/README.md`;
    if (!paths.includes(path)) {
      return [{ path, line: 1, what: 'is missing', mend: 'say in ten lines: purpose, may import, entry, how tested' }];
    }
    const lines = lineCount(textOf(path));
    if (lines <= README_LINES_MAX) return [];
    return [{ path, line: README_LINES_MAX, what: `has ${lines} lines`, mend: 'move the rest to ARCHITECTURE.md' }];
  });

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Put together so that no file of the project, this one included, holds what is looked for. */
const FOREIGN_PLACES = new RegExp(
  [
    escaped(`..${'/'}shared`),
    // At the root of the file system only; a folder of that name elsewhere is fine.
    `(?<![\\w.~}-])${escaped(`${'/'}work${'/'}`)}`,
    ...['npmjs.org', 'npmmirror.com', 'yarnpkg.com', 'npm.taobao.org'].map((host) => escaped(`registry.${host}`)),
  ].join('|'),
);

/** Mentions of places that exist on one machine only, or of package registries. */
export const placeOffences = (path: string, text: string): Offence[] =>
  text.split('\n').flatMap((content, index) => {
    const found = FOREIGN_PLACES.exec(content)?.[0];
    if (found === undefined) return [];
    const mend = 'the project must stand on its own; leave it out';
    return [{ path, line: index + 1, what: `mentions ${found}`, mend }];
  });

/** Lines that git leaves where two changes met and nobody chose. */
export const mergeOffences = (path: string, text: string): Offence[] =>
  text
    .split('\n')
    .flatMap((line, i) =>
      /^(<{7}|>{7}) /.test(line)
        ? [{ path, line: i + 1, what: 'is a mark of a merge', mend: 'keep what is meant of both sides' }]
        : [],
    );
