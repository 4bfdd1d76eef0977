const BLOCK_BYTES = 512;
/** Where a program of this machine finds what it needs; empty in the image, this machine's own in the try. */
const FOLDERS = ['bin', 'lib', 'lib64', 'usr', 'job', 'tmp', 'proc', 'sys', 'dev', 'etc', 'run'];

/** One folder in the form of ustar. */
function folderHeader(name: string): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(`${name}/`, 0, 'ascii');
  header.write('0000755\0' + '0000000\0' + '0000000\0' + '00000000000\0' + '00000000000\0', 100, 'ascii');
  header.write('        ', 148, 'ascii');
  header.write('5', 156, 'ascii');
  header.write('ustar\0' + '00', 257, 'ascii');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return header;
}

/** An image with nothing in it but folders, as `import` takes it. */
export const emptyImage = (): Buffer => Buffer.concat([...FOLDERS.map(folderHeader), Buffer.alloc(2 * BLOCK_BYTES)]);
