import { LedgerDamagedError, LedgerRolledBackError, LogError } from './errors.ts';
import { FileLog, SEGMENT_LIMIT_BYTES } from './file-log.ts';
import { type FileOps, realFileOps } from './file-ops.ts';
import { sha256Hex } from './hashing.ts';
import type { LineIndex } from './line-index.ts';
import { OlderVerifier } from './older-verifier.ts';
import { findSegments, type Segment, SegmentStore } from './segment-store.ts';
import { type CutReport, checkTail, type OnVerified, type TailCheck } from './tail-check.ts';
import { isOutOfSpace, writeFully } from './write-fully.ts';

/** So long may a start verify log that is older than the snapshot; the rest follows in the background. */
export const OLDER_BUDGET_DEFAULT_MS = 2_000;

export interface OpenFileLogOptions {
  /** The `log/` directory; made when it is missing (write mode). */
  directory: string;
  /** Monotonic clock, milliseconds. */
  nowMs: () => number;
  /**
   * `write` (default) needs the directory lock, cuts a torn tail and refuses damage. `read_only` changes nothing, opens
   * damaged logs too (`FileLog.damage`), and leaves a torn tail out.
   */
  mode?: 'write' | 'read_only';
  /** Entries from here on are verified before the open returns: the seq of the snapshot. Default 0: all. */
  verifiedFrom?: number;
  /** Hash of the entry before `verifiedFrom`, as the snapshot holds it. */
  verifiedHash?: string;
  /** Number of entries that are known to have been durable (snapshot, anchor). Default `verifiedFrom`. */
  atLeastSeq?: number;
  /** Default OLDER_BUDGET_DEFAULT_MS. */
  olderBudgetMs?: number;
  /** Default SEGMENT_LIMIT_BYTES. */
  segmentLimitBytes?: number;
  /**
   * Hears of every entry from the beginning of the verified segments on, in order, once the chain behind it holds, and those
   * from `verifiedFrom` on parsed. An open that throws may have told of some before.
   */
  onVerified?: OnVerified;
  /** Hears of damage that `verifyOlder` finds after the open. */
  onDamage?: (damage: LedgerDamagedError) => void;
  ops?: FileOps;
}

export interface OpenedFileLog {
  log: FileLog;
  /** The torn tail that was cut (write) or left out (read-only); null when there was none. */
  cut: CutReport | null;
}

/**
 * Opens a log directory: finds the segments, verifies the tail, cuts what a crash tore, and refuses everything else
 * that is not as it was written. Nothing in the directory is changed before all checks have passed.
 * @throws LedgerDamagedError, LedgerRolledBackError, SchemaNewerError; LogError `storage.full` (no room to keep a torn
 *   tail aside) or `storage.failed`.
 */
export async function openFileLog(options: OpenFileLogOptions): Promise<OpenedFileLog> {
  const { directory, ops = realFileOps, verifiedFrom = 0, mode = 'write' } = options;
  const isReadOnly = mode === 'read_only';
  const atLeastSeq = Math.max(verifiedFrom, options.atLeastSeq ?? 0);
  const segments = findSegments(ops, directory);
  const store = new SegmentStore(ops, segments);
  let tail: TailCheck | null = null;
  let position = 0;
  if (segments.length > 0) {
    position = tailPosition(store, segments, verifiedFrom);
    // Nobody listens: nothing has to be parsed.
    tail = checkTail(store, position, options.onVerified, options.onVerified === undefined ? undefined : verifiedFrom);
    if (segments[0]!.firstSeq !== 0) tail.damage = new LedgerDamagedError(0, 'the first segment is missing');
    if (tail.damage !== null && !isReadOnly) throw tail.damage;
  }
  const nextSeq = tail === null ? 0 : segments.at(-1)!.firstSeq + tail.index.length;
  if (nextSeq < atLeastSeq) throw new LedgerRolledBackError(nextSeq, atLeastSeq);
  try {
    if (!isReadOnly) await prepare(ops, directory, segments.at(-1), tail);
    if (tail !== null)
      store.adopt(segments.at(-1)!, ops.open(segments.at(-1)!.path, isReadOnly ? 'r' : 'r+'), tail.index);
  } catch (error) {
    const code = isOutOfSpace(error) ? 'storage.full' : 'storage.failed';
    throw error instanceof LogError ? error : new LogError(code, `open: ${(error as Error).message}`, { cause: error });
  }
  const log = new FileLog({
    ops,
    directory,
    store,
    older: tail === null ? null : new OlderVerifier(store, position, tail.firstPrev, options.nowMs),
    segmentLimitBytes: options.segmentLimitBytes ?? SEGMENT_LIMIT_BYTES,
    isReadOnly,
    damage: tail?.damage ?? null,
    onDamage: options.onDamage,
  });
  try {
    verifyBelow(log, options, isReadOnly);
  } catch (error) {
    await log.close();
    throw error;
  }
  return { log, cut: tail?.torn ?? null };
}

/** The oldest segment to verify before the open returns: it holds the entry before `verifiedFrom` and the newest entry. */
function tailPosition(store: SegmentStore, segments: readonly Segment[], verifiedFrom: number): number {
  const position = store.positionOf(Math.max(0, verifiedFrom - 1));
  const newest = segments.length - 1;
  return position === newest && newest > 0 && store.sizeBytesOf(newest) === 0 ? newest - 1 : position;
}

async function prepare(
  ops: FileOps,
  directory: string,
  newest: Segment | undefined,
  tail: TailCheck | null,
): Promise<void> {
  if (ops.makeDirectory(directory)) await ops.syncDirectory(`${directory}/..`);
  if (newest !== undefined && tail?.torn) await cutTornTail(ops, directory, newest, tail.index, tail.torn);
}

/** Keeps the torn bytes in `cut-<seq>-<n>.bin`, on disk, before they are removed from the segment. */
async function cutTornTail(
  ops: FileOps,
  directory: string,
  newest: Segment,
  index: LineIndex,
  torn: CutReport,
): Promise<void> {
  const seq = newest.firstSeq + index.length;
  const names = new Set(ops.list(directory));
  let n = 1;
  while (names.has(`cut-${seq}-${n}.bin`)) n++;
  const fd = ops.open(newest.path, 'r+');
  try {
    const bytes = Buffer.alloc(torn.cut_bytes);
    ops.read(fd, bytes, 0, bytes.length, index.endBytes);
    await writeAside(ops, `${directory}/cut-${seq}-${n}.bin`, bytes);
    await ops.syncDirectory(directory);
    await ops.truncate(fd, index.endBytes);
    await ops.dataSync(fd);
  } finally {
    ops.close(fd);
  }
}

async function writeAside(ops: FileOps, path: string, bytes: Buffer): Promise<void> {
  const fd = ops.open(path, 'wx+');
  try {
    await writeFully(ops, fd, bytes, 0);
    await ops.dataSync(fd);
  } catch (error) {
    ops.remove(path);
    throw error;
  } finally {
    ops.close(fd);
  }
}

/** What lies below the verified tail: the snapshot's own entry, and as much as the budget allows. */
function verifyBelow(log: FileLog, options: OpenFileLogOptions, isReadOnly: boolean): void {
  const { verifiedFrom = 0, verifiedHash, olderBudgetMs = OLDER_BUDGET_DEFAULT_MS } = options;
  if (verifiedFrom > 0 && verifiedHash !== undefined && sha256Hex(log.get(verifiedFrom - 1)) !== verifiedHash) {
    throw new LedgerDamagedError(verifiedFrom - 1, 'it is not the entry that the snapshot was taken at');
  }
  if (olderBudgetMs <= 0) return;
  log.verifyOlder(olderBudgetMs);
  if (log.damage !== null && !isReadOnly) throw log.damage;
}
