import { readFileSync } from 'node:fs';
import { LogError } from './errors.ts';
import { type FileOps, realFileOps } from './file-ops.ts';
import { sha256Hex } from './hashing.ts';
import { isOutOfSpace, writeFully } from './write-fully.ts';

/** How many snapshots stay: the newest, and the one before it should the newest be damaged. */
export const SNAPSHOTS_KEPT = 2;
const NAME_PATTERN = /^state-(\d{12})\.sqlite$/;
const DIGEST_PATTERN = /^([0-9a-f]{64}) {2}/;
const TEMP_SUFFIX = '.tmp';

export interface SnapshotFile {
  /** Number of entries whose effect it holds: replay goes on with entry `seq`. */
  seq: number;
  path: string;
}

/** What reading a snapshot gave: its bytes, or why it has to be skipped. */
export type SnapshotContent = { bytes: Buffer; problem: null } | { bytes: null; problem: string };

/** Snapshots in the directory, newest first. Whether they are whole shows `readSnapshot`. */
export function listSnapshots(directory: string, ops: FileOps = realFileOps): SnapshotFile[] {
  return ops
    .list(directory)
    .map((name) => NAME_PATTERN.exec(name))
    .filter((match) => match !== null)
    .map((match) => ({ seq: Number(match[1]), path: `${directory}/${match[0]}` }))
    .sort((a, b) => b.seq - a.seq);
}

/** Reads a snapshot and compares it with the digest beside it (`<name>.sha256`, in the form of `sha256sum`). */
export function readSnapshot(snapshot: SnapshotFile): SnapshotContent {
  try {
    const expected = DIGEST_PATTERN.exec(readFileSync(`${snapshot.path}.sha256`, 'utf8'))?.[1];
    if (expected === undefined) return { bytes: null, problem: 'its digest file is not readable' };
    const bytes = readFileSync(snapshot.path);
    if (sha256Hex(bytes) !== expected) return { bytes: null, problem: 'its bytes do not match its digest' };
    return { bytes, problem: null };
  } catch (error) {
    return { bytes: null, problem: (error as Error).message };
  }
}

/**
 * Writes a snapshot so that it is either whole or not there, and removes all but the newest two.
 * @param directory `sqlite/`; made when it is missing.
 * @param seq see `SnapshotFile`; up to 12 digits.
 * @param keep may move an older one elsewhere before it is removed; null: all older ones stay.
 * @returns its path.
 * @throws LogError `storage.full` or `storage.failed`; what was there before is untouched.
 */
export async function writeSnapshot(
  directory: string,
  seq: number,
  bytes: Uint8Array,
  ops: FileOps = realFileOps,
  keep: ((old: SnapshotFile) => Promise<unknown>) | null = () => Promise.resolve(),
): Promise<string> {
  const name = `state-${String(seq).padStart(12, '0')}.sqlite`;
  const path = `${directory}/${name}`;
  const digest = Buffer.from(`${sha256Hex(bytes)}  ${name}\n`);
  try {
    if (ops.makeDirectory(directory)) await ops.syncDirectory(`${directory}/..`);
    await writeTemp(ops, path, bytes);
    await writeTemp(ops, `${path}.sha256`, digest);
    // The digest first: a snapshot whose digest is missing would be skipped.
    ops.rename(`${path}.sha256${TEMP_SUFFIX}`, `${path}.sha256`);
    ops.rename(`${path}${TEMP_SUFFIX}`, path);
    await ops.syncDirectory(directory);
  } catch (error) {
    throw new LogError(
      isOutOfSpace(error) ? 'storage.full' : 'storage.failed',
      `snapshot ${seq}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  if (keep === null) return path;
  for (const old of listSnapshots(directory, ops).slice(SNAPSHOTS_KEPT).reverse()) await keep(old);
  pruneSnapshots(directory, ops);
  return path;
}

/**
 * Removes older snapshots than the newest two, and what a crash left: temporary files, digests without a snapshot.
 * Called by each write; call it at start too. Never while a write is running.
 * @returns the names that were removed.
 */
export function pruneSnapshots(directory: string, ops: FileOps = realFileOps): string[] {
  const kept = new Set(
    listSnapshots(directory, ops)
      .slice(0, SNAPSHOTS_KEPT)
      .map(({ path }) => path),
  );
  const removed = ops.list(directory).filter((name) => {
    if (!/^state-\d{12}\.sqlite/.test(name)) return false;
    return name.endsWith(TEMP_SUFFIX) || !kept.has(`${directory}/${name.replace(/\.sha256$/, '')}`);
  });
  for (const name of removed) ops.remove(`${directory}/${name}`);
  return removed;
}

async function writeTemp(ops: FileOps, path: string, bytes: Uint8Array): Promise<void> {
  const temp = `${path}${TEMP_SUFFIX}`;
  // A leftover of a crash would make the exclusive open fail.
  ops.remove(temp);
  const fd = ops.open(temp, 'wx+');
  try {
    await writeFully(ops, fd, bytes, 0);
    await ops.dataSync(fd);
  } catch (error) {
    ops.remove(temp);
    throw error;
  } finally {
    ops.close(fd);
  }
}
