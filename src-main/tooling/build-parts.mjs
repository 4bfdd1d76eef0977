import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OUT_DIR, PROJECT_DIR } from './project.mjs';

/**
 * One thing that is built.
 * @typedef {object} BuildPart
 * @property {string} name as in `--only`
 * @property {readonly string[]} entries what must exist for the part to be built
 * @property {readonly string[]} sources files and folders whose contents decide whether it is stale
 * @property {readonly string[]} outputs files that must exist for it to count as built
 * @property {() => Promise<void>} build
 */

/**
 * Found in node_modules at run time: one reads a file beside itself, the other is loaded by few. All other packages are
 * taken into the bundle, which loads in a third of the time of their hundreds of files.
 */
const RUNTIME_PACKAGES = ['sql.js', 'stripe'];
const isRuntimePackage = (/** @type {string} */ id) =>
  RUNTIME_PACKAGES.some((name) => id === name || id.startsWith(`${name}/`));

/**
 * Bundles one entry for Node; readable, because the runner's bytes are meant to be read.
 * @param {string} entry
 * @param {string} file the one ES module, or, split, the entry's: what it imports later stands beside it as `<its name>-*.mjs`
 * @param {{ banner?: string, external: (id: string) => boolean, define?: Record<string, string>, isSplit?: boolean }} options
 */
const bundle = async (entry, file, { banner = '', external, define = {}, isSplit = false }) => {
  const { rolldown } = await import('rolldown');
  const unresolved = /** @type {string[]} */ ([]);
  const bundler = await rolldown({
    input: join(PROJECT_DIR, entry),
    cwd: PROJECT_DIR,
    platform: 'node',
    // The verifier that goes into every bundle of evidence.
    moduleTypes: { '.py': 'text' },
    transform: { define },
    external: (id) => id.startsWith('node:') || external(id),
    onLog: (level, log, pass) => {
      if (log.code === 'UNRESOLVED_IMPORT') unresolved.push(log.message);
      else if (level === 'warn') pass(level, log);
    },
  });
  const name = basename(file, '.mjs');
  const place = isSplit
    ? { dir: dirname(file), entryFileNames: `${name}.mjs`, chunkFileNames: `${name}-[name].mjs` }
    : { file, codeSplitting: false };
  await bundler.write({ ...place, format: 'esm', banner: ({ isEntry }) => (isEntry ? banner : ''), minify: false });
  await bundler.close();
  if (unresolved.length > 0) throw new Error(unresolved.join('\n'));
};

/** The runner's second module: it alone bundles a library. */
const GATEWAY_FILE = join(OUT_DIR, 'runner/gateway.mjs');

/** What every part depends on: the tools, and how they are called. */
const TOOLS = ['package-lock.json', 'tsconfig.json', 'src-main/tooling/build-parts.mjs'];

/** @type {readonly BuildPart[]} */
export const BUILD_PARTS = [
  {
    // Before the runner, in which the digest of these bytes stands.
    name: 'gateway',
    entries: ['runner/gateway/main.ts'],
    sources: ['runner/gateway', 'src-server/contract', ...TOOLS],
    outputs: ['out/runner/gateway.mjs'],
    build: () => bundle('runner/gateway/main.ts', GATEWAY_FILE, { external: () => false }),
  },
  {
    name: 'runner',
    entries: ['runner/main.ts'],
    sources: ['runner', 'src-server/contract', ...TOOLS],
    outputs: ['out/runner/bootstrap.mjs'],
    // No banner and no package: these are the bytes that the plane serves and the printed commands pin.
    build: () => {
      const sha256 = createHash('sha256').update(readFileSync(GATEWAY_FILE)).digest('hex');
      const define = { CC_GATEWAY_SHA256: JSON.stringify(sha256) };
      return bundle('runner/main.ts', join(OUT_DIR, 'runner/bootstrap.mjs'), { external: () => false, define });
    },
  },
  {
    name: 'cli',
    entries: ['src-server/cli/main.ts'],
    sources: ['src-server', 'resources/evidence', 'resources/demo', 'package.json', ...TOOLS],
    outputs: ['out/cli.mjs'],
    build: async () => {
      const file = join(OUT_DIR, 'cli.mjs');
      for (const old of existsSync(OUT_DIR) ? readdirSync(OUT_DIR) : [])
        if (/^cli-.*\.mjs$/.test(old)) rmSync(join(OUT_DIR, old));
      const banner = '#!/usr/bin/env node';
      await bundle('src-server/cli/main.ts', file, { banner, external: isRuntimePackage, isSplit: true });
      chmodSync(file, 0o755);
    },
  },
  {
    name: 'renderer',
    entries: ['src-renderer/index.html', 'vite.config.ts'],
    sources: ['src-renderer', 'src-server/contract', 'vite.config.ts', ...TOOLS],
    outputs: ['out/renderer/index.html'],
    build: async () => {
      const { build } = await import('vite');
      // The runner reads the config in memory; the usual way writes a file into node_modules, which may be read-only.
      await build({ configFile: join(PROJECT_DIR, 'vite.config.ts'), configLoader: 'runner', logLevel: 'warn' });
    },
  },
  {
    name: 'main',
    entries: ['src-main/app/main.ts', 'src-main/preload/index.ts', 'electron.vite.config.ts'],
    sources: ['src-main', 'src-server/contract', 'electron.vite.config.ts', ...TOOLS],
    outputs: ['out/main/index.js', 'out/preload/index.cjs'],
    build: async () => {
      const { build } = await import('electron-vite');
      // Below "error" it remarks that its config builds no page; that is what vite.config.ts is for.
      await build({ configFile: join(PROJECT_DIR, 'electron.vite.config.ts'), logLevel: 'error' });
    },
  },
];

/** The first entry of a part that is not there, or null. */
export const missingEntry = (/** @type {BuildPart} */ part) =>
  part.entries.find((entry) => !existsSync(join(PROJECT_DIR, entry))) ?? null;
