import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from './read-tar.ts';

/** A bundle in a file, read piece by piece. @throws a system error when it cannot be opened. */
export function fileSource(path: string): ByteSource & { close(): void } {
  const fd = openSync(path, 'r');
  return {
    sizeBytes: fstatSync(fd).size,
    read(offset, lengthBytes) {
      const bytes = Buffer.alloc(lengthBytes);
      let done = 0;
      while (done < lengthBytes) {
        const count = readSync(fd, bytes, done, lengthBytes - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return bytes.subarray(0, done);
    },
    close: () => closeSync(fd),
  };
}
