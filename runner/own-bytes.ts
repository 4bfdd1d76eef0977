import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DATA_PREFIX = 'data:text/javascript;base64,';

/**
 * The bytes of this very program. The bootstrap runs it from a `data:` URL that holds the bytes whose digest was checked;
 * run as a file, they are the file's. Nothing is fetched a second time, so what is kept is what runs.
 * @param moduleUrl `import.meta.url` of the entry.
 */
export function ownBytes(moduleUrl: string): Buffer {
  if (moduleUrl.startsWith(DATA_PREFIX)) return Buffer.from(moduleUrl.slice(DATA_PREFIX.length), 'base64');
  return readFileSync(fileURLToPath(moduleUrl));
}

/** The arguments after the program: `node -e` leaves no script name in argv, a file does. */
export function ownArguments(moduleUrl: string, argv: readonly string[]): string[] {
  return argv.slice(moduleUrl.startsWith('data:') ? 1 : 2);
}
