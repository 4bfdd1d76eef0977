import { closeSync, constants, fstatSync, mkdirSync, openSync } from 'node:fs';
import { systemCodeOf } from '../errors.ts';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Through the descriptor of a folder: whatever happens to its name meanwhile, the next step starts from that very folder. */
const below = (descriptor: number, name: string): string => `/proc/self/fd/${descriptor}/${name}`;

function step(parent: number, name: string, isMaking: boolean): number {
  if (isMaking) {
    try {
      mkdirSync(below(parent, name), { mode: 0o700 });
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }
  }
  return openSync(below(parent, name), FOLDER);
}

const WORDS: Readonly<Record<string, string>> = {
  ELOOP: 'it leads through a symbolic link',
  ENOTDIR: 'it leads through something that is no folder, or a symbolic link',
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENXIO: 'it is not a plain file',
};

/**
 * Opens a file or folder below `root`, one name at a time and following no link: a job that swaps a folder for a link while
 * this goes on wins nothing. Linux. Throws an Error in words. The caller closes the descriptor.
 * @param path relative, checked to be safe; '' is the root itself.
 */
export function openBelow(root: string, path: string, flags: number): number {
  const names = path === '' || path === '.' ? [] : path.split('/');
  let at = openSync(root, FOLDER);
  try {
    const last = names.pop();
    if (last === undefined) return at;
    for (const name of names) {
      const next = step(at, name, (flags & constants.O_CREAT) !== 0);
      closeSync(at);
      at = next;
    }
    // Without waiting: a pipe in the place of a file would hold this process for ever.
    const file = openSync(below(at, last), flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
    closeSync(at);
    at = file;
    const info = fstatSync(file);
    if (!info.isFile() && !info.isDirectory()) throw Object.assign(new Error(), { code: 'ENXIO' });
    if (info.isFile() && info.nlink > 1) throw new Error('The file has other names (a hard link); it is not opened.');
    return file;
  } catch (error) {
    closeSync(at);
    const code = systemCodeOf(error);
    if (code === '') throw error;
    throw new Error(`${path} cannot be opened: ${WORDS[code] ?? code}.`);
  }
}
