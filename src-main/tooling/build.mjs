#!/usr/bin/env node
/**
 * Builds `out/`. `--if-stale` skips parts whose sources did not change, `--only a,b` names parts,
 * `--skip-without-tools` leaves quietly where the development dependencies are absent (an install for use only).
 * Exit codes: 0 built, 1 a part failed, 64 usage.
 */
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BUILD_PARTS, missingEntry } from './build-parts.mjs';
import { elapsedMs, seconds } from './clock.mjs';
import { printer } from './printer.mjs';
import { OUT_DIR, PROJECT_DIR, packageDir } from './project.mjs';
import { digestOf, readStamps, writeStamp } from './stamps.mjs';

const STAMPS_FILE = join(OUT_DIR, '.stamps.json');
const BUILD_TOOLS = ['rolldown', 'vite', 'electron-vite'];

/** @param {import('./build-parts.mjs').BuildPart} part @param {string} digest */
const isFresh = (part, digest) =>
  readStamps(STAMPS_FILE)[part.name] === digest && part.outputs.every((file) => existsSync(join(PROJECT_DIR, file)));

/**
 * Builds one part and says so in one line.
 * @param {import('./build-parts.mjs').BuildPart} part
 * @param {boolean} onlyIfStale
 * @returns {Promise<boolean>} false where it failed; the reason was printed
 */
const buildPart = async (part, onlyIfStale) => {
  const digest = digestOf(PROJECT_DIR, part.sources);
  if (onlyIfStale && isFresh(part, digest)) return true;
  const startedMs = elapsedMs();
  try {
    const missing = missingEntry(part);
    if (missing !== null) throw new Error(`its entry ${missing} does not exist`);
    await part.build();
    const unwritten = part.outputs.find((file) => !existsSync(join(PROJECT_DIR, file)));
    if (unwritten !== undefined) throw new Error(`${unwritten} was not written`);
    writeStamp(STAMPS_FILE, part.name, digest);
    printer.say(
      `Built ${part.name.padEnd(8)} ${seconds(elapsedMs() - startedMs).padStart(8)}  ${part.outputs.join(', ')}`,
    );
    return true;
  } catch (cause) {
    // An earlier result must not pass for the present one.
    for (const file of part.outputs) rmSync(join(PROJECT_DIR, file), { force: true });
    printer.fault(`Building ${part.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`);
    return false;
  }
};

/**
 * Builds parts one after the other.
 * @param {{ only?: readonly string[], ifStale?: boolean }} options
 * @returns {Promise<string[]>} the names of the parts that failed
 */
export const buildAll = async ({ only, ifStale = false } = {}) => {
  const failed = [];
  for (const part of BUILD_PARTS) {
    if (only !== undefined && !only.includes(part.name)) continue;
    if (!(await buildPart(part, ifStale))) failed.push(part.name);
  }
  return failed;
};

/** @returns {Promise<number>} the exit code */
const main = async () => {
  const { values } = parseArgs({
    options: {
      'if-stale': { type: 'boolean', default: false },
      'skip-without-tools': { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  const names = BUILD_PARTS.map((part) => part.name);
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    printer.fault(`There is no part "${unknown}"; the parts are ${names.join(', ')}.`);
    return 64;
  }
  const absent = BUILD_TOOLS.filter((name) => packageDir(name) === null);
  if (absent.length > 0 && values['skip-without-tools']) {
    printer.say(`Nothing was built: the development dependencies (${absent.join(', ')}) are not installed.`);
    return 0;
  }
  const failed = await buildAll({ only, ifStale: values['if-stale'] });
  if (failed.length > 0) printer.fault(`Not built: ${failed.join(', ')}.`);
  return failed.length > 0 ? 1 : 0;
};

// Run by itself, also through a symbolic link; start.mjs only imports it.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main().catch((/** @type {Error} */ cause) => {
    printer.fault(cause.message);
    return 64;
  });
}
