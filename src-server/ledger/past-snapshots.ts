import { statSync } from 'node:fs';
import { type FileOps, realFileOps } from './file-ops.ts';
import { listSnapshots, type SnapshotFile, writeSnapshot } from './snapshot-files.ts';

/** Entries between two of them at least; folding so many again takes about a quarter of a second. */
export const PAST_EVERY_ENTRIES = 20_000;
/** Files that stay at most: over a million entries they lie about 20,000 to 40,000 apart. */
export const PAST_FILES_MAX = 48;
/** Room that they may take together, bytes. */
export const PAST_BYTES_MAX = 1024 ** 3;

const folderOf = (directory: string): string => `${directory}/past`;

/**
 * Snapshots that time travel starts from, newest first: those of a start, and older ones kept apart in `past/`. None of them
 * is needed: without them the log is folded from further back.
 * @param directory `sqlite/`.
 */
export const listPastSnapshots = (directory: string, ops: FileOps = realFileOps): SnapshotFile[] =>
  [...listSnapshots(directory, ops), ...listSnapshots(folderOf(directory), ops)].sort((a, b) => b.seq - a.seq);

/** Keeps an old snapshot for time travel instead of losing it, where none stands near. @returns whether it was taken. */
export async function keepForPast(
  directory: string,
  { seq, path }: SnapshotFile,
  ops: FileOps = realFileOps,
): Promise<boolean> {
  const folder = folderOf(directory);
  const known = listSnapshots(folder, ops);
  if (isNear(known, seq)) return false;
  if (ops.makeDirectory(folder)) await ops.syncDirectory(directory);
  const name = path.slice(path.lastIndexOf('/') + 1);
  ops.rename(`${path}.sha256`, `${folder}/${name}.sha256`);
  ops.rename(path, `${folder}/${name}`);
  thinOut(folder, ops);
  return true;
}

/** Keeps a state that time travel came by, where none stands near. */
export async function writePast(
  directory: string,
  seq: number,
  bytes: Uint8Array,
  ops: FileOps = realFileOps,
): Promise<void> {
  const folder = folderOf(directory);
  if (isNear(listPastSnapshots(directory, ops), seq)) return;
  ops.makeDirectory(directory);
  await writeSnapshot(folder, seq, bytes, ops, null);
  thinOut(folder, ops);
}

/** Forgets all of them. */
export function forgetPast(directory: string, ops: FileOps = realFileOps): void {
  for (const { path } of listSnapshots(folderOf(directory), ops)) remove(path, ops);
}

const isNear = (known: readonly SnapshotFile[], seq: number): boolean =>
  seq < PAST_EVERY_ENTRIES || known.some((other) => Math.abs(other.seq - seq) < PAST_EVERY_ENTRIES);

/** Too many, or too large together: the one goes without which the widest gap stays smallest. */
function thinOut(folder: string, ops: FileOps): void {
  for (;;) {
    const files = listSnapshots(folder, ops).reverse();
    const bytes = files.reduce((n, { path }) => n + statSync(path).size, 0);
    if (files.length <= PAST_FILES_MAX && bytes <= PAST_BYTES_MAX) return;
    const gaps = files.map((_, i) => (files[i + 1]?.seq ?? Number.POSITIVE_INFINITY) - (files[i - 1]?.seq ?? 0));
    const least = gaps.indexOf(Math.min(...gaps));
    const gone = files[least];
    if (gone === undefined) return;
    remove(gone.path, ops);
    if (files.length === 1) return;
  }
}

function remove(path: string, ops: FileOps): void {
  ops.remove(path);
  ops.remove(`${path}.sha256`);
}
