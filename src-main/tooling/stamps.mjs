import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Neither tests nor documents change what is built. */
const NOT_BUILT = /\.test\.(ts|tsx|mjs)$|\.md$/;

/**
 * Files under a path, sorted; a file yields itself and a path that is not there yields nothing.
 * @param {string} path absolute
 * @returns {string[]}
 */
const filesUnder = (path) => {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_BUILT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

/**
 * One digest over the names and contents of all sources of a part; times of files play no role, so that a fresh
 * checkout of the same bytes counts as built.
 * @param {string} rootDir
 * @param {readonly string[]} sources files and folders, relative to `rootDir`
 * @returns {string} SHA-256 in hexadecimal
 */
export const digestOf = (rootDir, sources) => {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesUnder(join(rootDir, source))) {
      const bytes = readFileSync(file);
      hash.update(`${relative(rootDir, file).split(sep).join('/')}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest('hex');
};

/**
 * The digests under which each part was last built.
 * @param {string} file
 * @returns {Record<string, string>} empty where the file is absent or unreadable: everything is then stale
 */
export const readStamps = (file) => {
  try {
    const stamps = JSON.parse(readFileSync(file, 'utf8'));
    return typeof stamps === 'object' && stamps !== null ? stamps : {};
  } catch {
    return {};
  }
};

/**
 * Notes one part as built. The file is read again first: two builds of different parts may run side by side.
 * @param {string} file
 * @param {string} part
 * @param {string} digest
 */
export const writeStamp = (file, part, digest) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...readStamps(file), [part]: digest }, null, 2)}\n`);
};
