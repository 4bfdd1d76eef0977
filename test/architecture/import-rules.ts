import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { ModuleUse, ParsedSource } from './parse-source.ts';
import type { Offence } from './project-files.ts';
import { isTestCode } from './source-kind.ts';

/** What the files of one folder may import. */
export interface FolderRule {
  folder: string;
  /** Folders or files of ours, besides its own folder. */
  folders: readonly string[];
  /** Folders of which only types may be imported. */
  typesOf?: readonly string[];
  /** Packages; `*` = any that is not forbidden below. */
  packages: readonly string[] | '*';
  /** Packages of which only types may be imported. */
  typesOfPackages?: readonly string[];
  /** Node's own modules, without `node:`; `*` = all. */
  builtins: readonly string[] | '*';
}

const CONTRACT = 'src-server/contract';
const FILES = ['buffer', 'crypto', 'fs', 'fs/promises', 'os', 'path', 'stream', 'stream/promises', 'url', 'util'];

/** The table of who may import what; the first line that fits a file rules it. */
export const FOLDER_RULES: readonly FolderRule[] = [
  { folder: CONTRACT, folders: [], packages: ['zod'], builtins: [] },
  { folder: 'src-server/domain', folders: [CONTRACT], packages: [], builtins: [] },
  // child_process is for one thing: asking whether the process that holds the directory still lives.
  { folder: 'src-server/ledger', folders: [CONTRACT], packages: [], builtins: [...FILES, 'child_process'] },
  { folder: 'src-server/state', folders: [CONTRACT], packages: ['sql.js'], builtins: ['crypto', 'module', 'path'] },
  {
    folder: 'src-server/plane',
    // The verifier that goes into every bundle of evidence is text.
    folders: ['resources/evidence', 'src-server/domain', 'src-server/ledger', 'src-server/state', CONTRACT],
    packages: ['uuid'],
    typesOfPackages: ['zod'],
    builtins: [...FILES, 'perf_hooks'],
  },
  {
    folder: 'src-server/http',
    folders: ['src-server/plane', CONTRACT],
    packages: ['express', 'helmet', 'express-rate-limit', 'zod'],
    builtins: '*',
  },
  { folder: 'src-server/console', folders: [CONTRACT], packages: ['zod'], builtins: '*' },
  // The one place that knows the meter's library.
  {
    folder: 'src-server/metering',
    folders: ['src-server/plane', CONTRACT],
    packages: ['stripe', 'zod'],
    builtins: FILES,
  },
  {
    folder: 'src-server/demo',
    // Scenarios are data.
    folders: [
      'resources/demo',
      'src-server/plane',
      'src-server/domain',
      'src-server/ledger',
      'src-server/state',
      CONTRACT,
    ],
    packages: ['zod'],
    builtins: [...FILES, 'module'],
  },
  // The command line and the public entry put the parts together.
  {
    folder: 'src-server',
    folders: ['src-server', 'resources/evidence', 'package.json'],
    packages: ['zod'],
    builtins: '*',
  },
  {
    folder: 'src-main/tooling',
    folders: [],
    packages: ['rolldown', 'vite', 'electron-vite', '@electron/fuses'],
    builtins: '*',
  },
  { folder: 'src-main/preload', folders: [], typesOf: [CONTRACT], packages: ['electron'], builtins: [] },
  {
    folder: 'src-main',
    folders: ['src-main', CONTRACT, 'src-server/public.ts'],
    packages: ['electron', 'electron-updater', 'zod'],
    builtins: '*',
  },
  { folder: 'src-renderer', folders: ['src-renderer', CONTRACT], packages: '*', builtins: [] },
  // The one module of the runner that may bundle a library: fetched by digest, when the first agent job comes.
  {
    folder: 'runner/gateway',
    folders: ['runner/gateway'],
    typesOf: [CONTRACT],
    packages: ['@modelcontextprotocol/sdk'],
    builtins: '*',
  },
  { folder: 'runner', folders: ['runner'], typesOf: [CONTRACT], packages: [], builtins: '*' },
];

const BUILTINS = new Set(builtinModules);
/** Never in a page, whatever the line above says. */
const NOT_IN_A_PAGE = ['express', 'sql.js', 'electron', 'rolldown', 'vite'];

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** `@scope/name/deep` → `@scope/name`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The file of ours that a relative import names, or null for a package or a module of Node. */
export const targetPath = (from: string, specifier: string): string | null =>
  specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier.replace(/\?.*$/, ''))) : null;

const judgeOwn = (rule: FolderRule, from: string, target: string, use: ModuleUse): string | null => {
  if (!isTestCode(from) && isTestCode(target)) return 'production never imports tests; move what is shared out of them';
  if (isTestCode(target)) return null;
  if (isWithin(target, rule.folder) || rule.folders.some((folder) => isWithin(target, folder))) return null;
  if (rule.typesOf?.some((folder) => isWithin(target, folder))) {
    return use.isTypeOnly ? null : `only types may come from ${rule.typesOf.join(', ')}; write "import type"`;
  }
  const allowed = [...rule.folders, ...(rule.typesOf ?? []).map((folder) => `types of ${folder}`)];
  return `${rule.folder} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing else of ours'}; turn the dependency round or pass it in`;
};

const judgeForeign = (rule: FolderRule, { specifier, isTypeOnly }: ModuleUse): string | null => {
  const isNode = specifier.startsWith('node:') || BUILTINS.has(packageOf(specifier));
  if (isNode) {
    const name = specifier.replace(/^node:/, '');
    if (!specifier.startsWith('node:')) return `write node:${name}`;
    if (rule.builtins === '*' || rule.builtins.includes(name)) return null;
    return `${rule.folder} may use of Node: ${rule.builtins.join(', ') || 'nothing'}; do it at the rim and pass it in`;
  }
  const name = packageOf(specifier);
  if (rule.packages === '*') return NOT_IN_A_PAGE.includes(name) ? `${name} does not run in a page` : null;
  if (rule.packages.includes(name) || (isTypeOnly && rule.typesOfPackages?.includes(name))) return null;
  return `${rule.folder} may use the packages: ${rule.packages.join(', ') || 'none'}`;
};

/** Imports that no line of the table allows. Tests beside the code may use what they like of packages and Node. */
export const importOffences = (source: ParsedSource, rules: readonly FolderRule[] = FOLDER_RULES): Offence[] => {
  const rule = rules.find(({ folder }) => isWithin(source.path, folder));
  if (rule === undefined || isTestCode(source.path)) return [];
  return source.uses.flatMap((use) => {
    const target = targetPath(source.path, use.specifier);
    const mend = target === null ? judgeForeign(rule, use) : judgeOwn(rule, source.path, target, use);
    return mend === null ? [] : [{ path: source.path, line: use.line, what: `imports ${use.specifier}`, mend }];
  });
};

/** `electron` outside of its own folder, tests included: a test that loads it would start a download. */
export const electronOffences = (source: ParsedSource): Offence[] =>
  source.uses
    .filter(({ specifier }) => packageOf(specifier) === 'electron' && !isWithin(source.path, 'src-main'))
    .map(({ line }) => ({
      path: source.path,
      line,
      what: 'imports electron',
      mend: 'only src-main may; go through src-server/contract/ipc.ts',
    }));

/** Cycles of imports that exist when the code runs, each once, as `a → b → a`. */
export const importCycles = (sources: readonly ParsedSource[]): string[] => {
  const graph = new Map(
    sources.map(({ path, uses }) => [
      path,
      uses.filter((use) => !use.isTypeOnly).flatMap((use) => targetPath(path, use.specifier) ?? []),
    ]),
  );
  const done = new Set<string>();
  const found = new Map<string, string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const ring = trail.slice(at);
      found.set([...ring].sort().join(' '), [...ring, path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return [...found.values()];
};

/** Files that only hand on what others export. */
export const barrelOffences = (source: ParsedSource): Offence[] =>
  source.isBarrel
    ? [{ path: source.path, line: 1, what: 'only hands on exports', mend: 'import each thing from where it stands' }]
    : [];
