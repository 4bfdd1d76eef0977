import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const PROJECT_DIR = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** Everything that is built; ignored by git. */
export const OUT_DIR = join(PROJECT_DIR, 'out');

/**
 * The folder of an installed package, found without loading any of its code.
 * @param {string} name
 * @returns {string | null} null where it is not installed.
 */
export const packageDir = (name) => {
  try {
    return dirname(createRequire(join(PROJECT_DIR, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    // A package may keep its package.json out of its exports; its usual place is then the only one known.
    const usual = join(PROJECT_DIR, 'node_modules', name);
    return existsSync(join(usual, 'package.json')) ? usual : null;
  }
};
