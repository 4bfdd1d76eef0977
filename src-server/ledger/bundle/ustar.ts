/** A tar is made of blocks of this size. */
export const BLOCK_BYTES = 512;
/** Names of this program's bundles are short; the form has no room for longer ones. */
const NAME_LIMIT_BYTES = 100;
/** What 11 octal digits hold. */
const SIZE_LIMIT_BYTES = 8 ** 11 - 1;
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;

/** Two blocks of zeros end a tar, and nothing follows them. */
export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES);

/** Names are relative, plain and lead nowhere else. */
export const isSafeName = (name: string): boolean =>
  name.length <= NAME_LIMIT_BYTES &&
  SAFE_NAME.test(name) &&
  !name.split('/').some((p) => p === '' || p === '..' || p === '.');

/** Zeros from the end of a file to the next block. */
export const paddingOf = (sizeBytes: number): number => (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;

/**
 * The only header that a file of this name and size has: ustar, mode 0644, uid, gid and mtime 0. A reader makes it again
 * and compares, so that nothing can hide in a header.
 */
export function tarHeader(name: string, sizeBytes: number): Buffer {
  if (!isSafeName(name) || sizeBytes > SIZE_LIMIT_BYTES) throw new RangeError(`a tar cannot hold ${name}`);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(name, 0, 'latin1');
  header.write('0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  header.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136, 'latin1');
  header.fill(' ', 148, 156);
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
