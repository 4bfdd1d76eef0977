import { decodeEntry } from '../../ledger/entry.ts';
import { GroupCommit } from '../../ledger/group-commit.ts';
import { PAST_EVERY_ENTRIES } from '../../ledger/past-snapshots.ts';
import { State } from '../../state/state.ts';
import { Engine } from '../engine.ts';
import { rebuildHot } from '../hot/rebuild.ts';
import { Replay } from '../replay.ts';
import { LogUntil } from './log-until.ts';

/** Other work gets its turn after this long, ms. */
const SLICE_MS = 5;
/** A way so long has no kept states on it, as those of a working plane lie closer: then some are kept. */
const LONG_WAY_ENTRIES = 4 * PAST_EVERY_ENTRIES;
const KEEP_EVERY_ENTRIES = 2 * PAST_EVERY_ENTRIES;
/** Entries between two looks at the clock. */
const LOOK_EVERY_ENTRIES = 64;

export interface PastParts {
  live: Engine;
  /** The newest snapshot that holds at most so many entries; null without one. */
  snapshotUpTo: (entries: number) => Promise<State | null>;
  /** May keep a state on the way, for the next time. */
  keep: (seq: number, bytes: Uint8Array) => Promise<void>;
  /** Calls back after other work had its turn. */
  soon: (run: () => void) => void;
}

/**
 * The workspace right after entry `at`, in a state of its own: from the nearest snapshot before and the log after it. The clock
 * of the engine stands still at that entry; what lived only in memory is fresh, and nothing can be written.
 * @param at a durable entry.
 */
export async function openPast(parts: PastParts, at: number): Promise<Engine> {
  const { live } = parts;
  const log = new LogUntil(live.log, at + 1);
  const state = (await nearestState(parts, log)) ?? (await State.empty());
  try {
    await bringUp(parts, log, state);
  } catch (error) {
    state.close();
    throw error;
  }
  return pastEngine(live, log, state);
}

/** A kept state counts only when the log goes on from it. */
async function nearestState({ snapshotUpTo }: PastParts, log: LogUntil): Promise<State | null> {
  const state = await snapshotUpTo(log.nextSeq);
  if (state === null || state.head.root === new LogUntil(log, state.head.nextSeq).headHash) return state;
  state.close();
  return null;
}

/** An engine that stands still at the end of a log; it reads, and cannot write. */
export function pastEngine(
  live: Pick<Engine, 'workspaceId' | 'ids' | 'random' | 'tree'>,
  log: LogUntil,
  state: State,
): Engine {
  const { at, mono } = decodeEntry(log.get(log.nextSeq - 1));
  const wallMs = Date.parse(at);
  return new Engine({
    workspaceId: live.workspaceId,
    clock: { monoMs: () => mono, wallMs: () => wallMs },
    ids: live.ids,
    random: live.random,
    log,
    commit: new GroupCommit(log, () => undefined),
    state,
    hot: rebuildHot(state),
    tree: live.tree,
    boot: state.head.boot,
  });
}

/** Folds the log up to its end; on a long way a state is kept now and then. */
async function bringUp(parts: PastParts, log: LogUntil, state: State): Promise<void> {
  while (log.nextSeq - state.head.nextSeq > LONG_WAY_ENTRIES) {
    const to = (Math.floor(state.head.nextSeq / KEEP_EVERY_ENTRIES) + 1) * KEEP_EVERY_ENTRIES;
    await fold(parts, new LogUntil(log, to), state);
    // What cannot be written costs time on the next visit, and nothing else.
    await parts.keep(to, state.snapshot()).catch(() => undefined);
  }
  await fold(parts, log, state);
}

async function fold(parts: PastParts, log: LogUntil, state: State): Promise<void> {
  const run = new Replay(state);
  let sliceFromMs = parts.live.clock.monoMs();
  for (const { seq, line } of log.read(state.head.nextSeq)) {
    run.take(seq, line);
    if (seq % LOOK_EVERY_ENTRIES !== 0 || parts.live.clock.monoMs() - sliceFromMs < SLICE_MS) continue;
    await new Promise<void>((resolve) => parts.soon(resolve));
    sliceFromMs = parts.live.clock.monoMs();
  }
  run.finish(log.headHash).settle();
}
