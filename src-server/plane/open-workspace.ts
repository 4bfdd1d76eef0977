import { open, unlink } from 'node:fs/promises';
import { LedgerForkedError, LogError } from '../ledger/errors.ts';
import type { FileLog } from '../ledger/file-log.ts';
import { GroupCommit } from '../ledger/group-commit.ts';
import type { LogPort } from '../ledger/log-port.ts';
import { originOf } from '../ledger/note/checkpoint.ts';
import { openFileLog } from '../ledger/open-file-log.ts';
import { keepForPast, listPastSnapshots, writePast } from '../ledger/past-snapshots.ts';
import {
  listSnapshots,
  pruneSnapshots,
  readSnapshot,
  type SnapshotFile,
  writeSnapshot,
} from '../ledger/snapshot-files.ts';
import { leafDigest } from '../ledger/tree/hashes.ts';
import { treeOf, treeOn } from '../ledger/tree/log-tree.ts';
import type { MerkleTree } from '../ledger/tree/merkle-tree.ts';
import { State, StateOutdatedError } from '../state/state.ts';
import { type AcceptedRollback, acceptRollback } from './accept-rollback.ts';
import type { Anchor } from './anchor.ts';
import type { Clock, Timers } from './clock.ts';
import { Engine, PLANE_ACTOR } from './engine.ts';
import { rebuildHot } from './hot/rebuild.ts';
import type { Ids } from './ids.ts';
import type { LogSigner } from './keys.ts';
import type { Random } from './random.ts';
import { Replay, replay } from './replay.ts';
import type { RuntimeTokens } from './runtime-tokens.ts';
import { firstEvents, recordCut } from './start.ts';
import { Workspace, type WorkspaceStorage } from './workspace.ts';

export interface PlaneParts {
  clock: Clock;
  ids: Ids;
  random: Random;
  timers: Timers;
  tokens: RuntimeTokens;
  boot: string;
  /** Signs checkpoints; without it none are made. */
  signer?: LogSigner;
  /** Where the last signed head stands outside of the data directory. */
  anchor?: Anchor;
  /** Set while somebody accepts an older copy. */
  rollback?: AcceptedRollback;
  onFailed?: (error: unknown) => void;
}
export interface OpenedWorkspace {
  workspace: Workspace;
  log: LogPort;
  /** What recovery cut, for the ready line; null when the log ended cleanly. */
  recovered: { cut_bytes: number; cut_lines: number } | null;
}

const PROBE_BYTES = 1024 * 1024;

/**
 * Opens the workspace of a directory (`log/` and `sqlite/` below it), or makes it when the log is empty.
 * @throws LedgerDamagedError, LedgerRolledBackError, SchemaNewerError, StateVersionError; the directory is then untouched.
 */
export async function openWorkspace(
  directory: string,
  workspaceId: string,
  name: string,
  leaseTtlMs: number | undefined,
  parts: PlaneParts,
): Promise<OpenedWorkspace> {
  let opened: OpenedWorkspace | null = null;
  // An older copy may have snapshots that are ahead of it; the log alone tells what there is.
  const snapshot = parts.rollback === undefined ? await newestSnapshot(`${directory}/sqlite`) : null;
  const verifiedFrom = snapshot?.head.nextSeq ?? 0;
  const state = snapshot ?? (await State.empty());
  const tail = new Replay(state);
  const anchor = parts.anchor?.lineOf(originOf(workspaceId)) ?? null;
  // The tree reads older parts of the log, which is open by then.
  const tree: MerkleTree = treeOn({ read: (from, to) => log.read(from, to) }, state.treeBytes);
  const { log, cut } = await openFileLog({
    directory: `${directory}/log`,
    nowMs: () => parts.clock.monoMs(),
    ...(snapshot === null ? {} : { verifiedFrom, verifiedHash: snapshot.head.root }),
    // Each line is read once: what was verified is applied at once. When the open throws, the state goes with it.
    onVerified: (seq, line, parsed) => {
      tail.take(seq, line, parsed);
      if (seq === tree.size) tree.append(leafDigest(line));
    },
    ...(anchor === null ? {} : { atLeastSeq: anchor.size }),
    onDamage: (damage) => opened?.workspace.refuseDamage(damage),
  });
  if (anchor !== null && tree.root(anchor.size).toString('base64') !== anchor.root) {
    await log.close();
    throw new LedgerForkedError(anchor.size);
  }
  pruneSnapshots(`${directory}/sqlite`);
  const storage: WorkspaceStorage = {
    reload: async () =>
      replay(log, (await newestSnapshot(`${directory}/sqlite`, log.nextSeq)) ?? (await State.empty())),
    snapshotUpTo: (entries) => newestSnapshot(`${directory}/sqlite`, entries, listPastSnapshots),
    writeSnapshot: async (seq, bytes) =>
      void (await writeSnapshot(`${directory}/sqlite`, seq, bytes, undefined, (old) =>
        keepForPast(`${directory}/sqlite`, old),
      )),
    writePast: (seq, bytes) => writePast(`${directory}/sqlite`, seq, bytes),
    probe: () => probeSpace(`${directory}/log/probe.tmp`),
  };
  opened = {
    workspace: await startWorkspace(
      log,
      tail.finish(log.headHash),
      storage,
      workspaceId,
      name,
      leaseTtlMs,
      parts,
      cut,
      tree,
    ),
    log,
    recovered: cut,
  };
  if (parts.rollback !== undefined)
    await acceptRollback(opened.workspace.engine, parts.rollback, `${directory}/sqlite`);
  verifyInBackground(log, parts.timers);
  settleInBackground(state, parts.timers);
  return opened;
}

/** A workspace on any log: also that of the demo and the simulator, in memory. */
export async function startWorkspace(
  log: LogPort,
  state: State,
  storage: WorkspaceStorage,
  workspaceId: string,
  name: string,
  leaseTtlMs: number | undefined,
  parts: PlaneParts,
  cut: { cut_bytes: number; cut_lines: number } | null = null,
  tree: MerkleTree = treeOf(log, state.treeBytes),
): Promise<Workspace> {
  const { clock, ids, random, timers, boot } = parts;
  const commit = new GroupCommit(log, (run) => timers.soon(run));
  const hot = rebuildHot(state);
  const engine = new Engine({ workspaceId, clock, ids, random, log, commit, state, hot, tree, boot });
  if (engine.nextSeq === 0) engine.emit(PLANE_ACTOR, firstEvents(workspaceId, name, leaseTtlMs));
  else if (leaseTtlMs !== undefined && leaseTtlMs !== state.head.config.leaseTtlMs)
    engine.emit(PLANE_ACTOR, [{ type: 'config.changed', body: { lease_ttl_ms: leaseTtlMs } }]);
  recordCut(engine, cut);
  const workspace = new Workspace(
    engine,
    storage,
    timers,
    parts.tokens,
    parts.onFailed,
    parts.signer ?? null,
    (checkpoint, fence) => parts.anchor?.note(checkpoint, fence),
  );
  await engine.durable();
  return workspace;
}

async function newestSnapshot(
  directory: string,
  upToSeq = Number.POSITIVE_INFINITY,
  list: (directory: string) => SnapshotFile[] = listSnapshots,
): Promise<State | null> {
  for (const file of list(directory)) {
    if (file.seq > upToSeq) continue;
    const content = readSnapshot(file);
    // A damaged snapshot costs time, not data: the one before, or the log alone, tells the same.
    if (content.bytes === null) continue;
    try {
      return await State.fromSnapshot(content.bytes);
    } catch (error) {
      if (!(error instanceof StateOutdatedError)) throw error;
    }
  }
  return null;
}

/** Log older than the snapshot that the start had no time for, a slice at a time. */
function verifyInBackground(log: FileLog, timers: Timers): void {
  const SLICE_MS = 20;
  const step = (): void => {
    if (log.damage === null && log.verifyOlder(SLICE_MS) === false) timers.after(200, step);
  };
  step();
}

/** What is over and was read from the log alone is written a few rows at a time: nobody has to wait for it to begin. */
function settleInBackground(state: State, timers: Timers): void {
  const PAUSE_MS = 20;
  const step = (): void => {
    if (!state.db.isClosed && !state.settleSome()) timers.after(PAUSE_MS, step);
  };
  step();
}

async function probeSpace(path: string): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(Buffer.alloc(PROBE_BYTES));
      await file.sync();
    } finally {
      await file.close();
      await unlink(path);
    }
  } catch (error) {
    throw new LogError('storage.full', (error as Error).message, { cause: error });
  }
}
