import type { Readable } from 'node:stream';

/** The first byte that a program says on a descriptor, or '' when it closed it before it said one. */
export const firstWord = (stream: Readable): Promise<string> =>
  new Promise((resolve) => {
    stream.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1', 0, 1)));
    stream.once('close', () => resolve(''));
    stream.once('end', () => resolve(''));
  });
