import * as fs from 'node:fs';

/**
 * The file operations of the ledger, as a seam: tests and the simulator put short writes, ENOSPC and EIO here.
 * Reads and the listing are synchronous (start-up and point reads); what waits for the disk is asynchronous.
 * Errors are Node's, with `code`.
 */
export interface FileOps {
  open(path: string, flags: 'r' | 'r+' | 'wx+'): number;
  close(fd: number): void;
  /** Bytes read into `target` from `targetOffset` on; 0 at the end of the file. */
  read(fd: number, target: Uint8Array, targetOffset: number, length: number, position: number): number;
  sizeBytes(fd: number): number;
  list(directory: string): string[];
  /** Makes the directory and its parents; true when it was not there. */
  makeDirectory(directory: string): boolean;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Bytes written, which may be fewer than asked for. */
  write(fd: number, source: Uint8Array, sourceOffset: number, length: number, position: number): Promise<number>;
  /** Content and size of the file are on stable storage (macOS: F_FULLFSYNC, done by libuv). */
  dataSync(fd: number): Promise<void>;
  truncate(fd: number, sizeBytes: number): Promise<void>;
  /** Names made, renamed or removed in the directory are on stable storage. */
  syncDirectory(directory: string): Promise<void>;
}

function done(resolve: () => void, reject: (error: Error) => void): (error: Error | null) => void {
  return (error) => (error === null ? resolve() : reject(error));
}

function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open a directory for this; NTFS journals its names by itself.
  if (process.platform === 'win32') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const fd = fs.openSync(directory, 'r');
    fs.fsync(fd, (error) => {
      fs.closeSync(fd);
      done(resolve, reject)(error);
    });
  });
}

/** The operating system's files, through `node:fs`. */
export const realFileOps: FileOps = {
  // 0600: entries name jobs, people and hosts; they are their owner's business.
  open: (path, flags) => fs.openSync(path, flags, 0o600),
  close: (fd) => fs.closeSync(fd),
  read: (fd, target, targetOffset, length, position) => fs.readSync(fd, target, targetOffset, length, position),
  sizeBytes: (fd) => fs.fstatSync(fd).size,
  list: (directory) => (fs.existsSync(directory) ? fs.readdirSync(directory) : []),
  makeDirectory: (directory) => fs.mkdirSync(directory, { recursive: true, mode: 0o700 }) !== undefined,
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.rmSync(path, { force: true }),
  write: (fd, source, sourceOffset, length, position) =>
    new Promise((resolve, reject) => {
      fs.write(fd, source, sourceOffset, length, position, (error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    }),
  dataSync: (fd) => new Promise((resolve, reject) => fs.fdatasync(fd, done(resolve, reject))),
  truncate: (fd, sizeBytes) => new Promise((resolve, reject) => fs.ftruncate(fd, sizeBytes, done(resolve, reject))),
  syncDirectory,
};
