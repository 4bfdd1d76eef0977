#!/usr/bin/env node
/**
 * `npm start`: builds what is stale, then opens the console in a window; where that cannot be, serves the same
 * console to the browser and says why in one line. Arguments go to `serve`. The exit code is that of the console.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { chooseSurface, whyNoWindow } from './console-surface.mjs';
import { findElectronBinary } from './electron-binary.mjs';
import { printer } from './printer.mjs';
import { OUT_DIR, PROJECT_DIR, packageDir } from './project.mjs';

/** A download that takes longer is given up; the browser console then serves at once. */
const ELECTRON_FETCH_LIMIT_MS = 300_000;
const FORWARDED_SIGNALS = /** @type {const} */ (['SIGTERM', 'SIGHUP']);

/**
 * Electron's executable; where a window could be shown and only the binary lacks, Electron's own installer gets it.
 * @returns {string | null}
 */
const electronBinary = () => {
  const electronDir = packageDir('electron');
  const found = findElectronBinary(electronDir, process.env);
  if (found !== null || electronDir === null || process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return found;
  printer.say('Fetching Electron for the desktop window (once, about 100 MB) …');
  spawnSync(process.execPath, [join(electronDir, 'install.js')], { stdio: 'ignore', timeout: ELECTRON_FETCH_LIMIT_MS });
  return findElectronBinary(electronDir, process.env);
};

/** Runs the console with our terminal; a signal for us is a signal for it. */
const run = (/** @type {string} */ command, /** @type {string[]} */ args, /** @type {NodeJS.ProcessEnv} */ env) => {
  const child = spawn(command, args, { cwd: PROJECT_DIR, stdio: 'inherit', env });
  for (const signal of FORWARDED_SIGNALS) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to the console itself too; twice would mean "at once" to it.
  process.on('SIGINT', () => void (process.stdin.isTTY || child.kill('SIGINT')));
  child.on('error', (cause) => {
    printer.fault(`The console did not start: ${cause.message}`);
    process.exitCode = 69;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 0 : 1);
  });
};

const failed = await buildAll({ ifStale: true });
if (failed.length > 0) {
  process.exitCode = 1;
} else {
  const host = { platform: process.platform, env: process.env, isRoot: process.getuid?.() === 0 };
  const surface = chooseSurface({ ...host, electronBinary: whyNoWindow(host) === null ? electronBinary() : null });
  if (surface.kind === 'window') {
    // Set by some editors' terminals; it would turn Electron into a plain Node.
    const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
    run(surface.binary, [PROJECT_DIR], env);
  } else {
    printer.say(`No desktop window, because ${surface.because}: serving the same console to the browser.`);
    run(process.execPath, [join(OUT_DIR, 'cli.mjs'), 'serve', ...process.argv.slice(2)], process.env);
  }
}
