import { GroupCommit } from '../../ledger/group-commit.ts';
import { State } from '../../state/state.ts';
import { Engine } from '../engine.ts';
import { rebuildHot } from '../hot/rebuild.ts';
import { Replay } from '../replay.ts';
import { LogUntil } from './log-until.ts';

/** Other work gets its turn after this long, ms. */
const SLICE_MS = 5;
/** Entries between two looks at the clock. */
const LOOK_EVERY_ENTRIES = 64;

export interface PastParts {
  live: Engine;
  /** The newest snapshot that holds at most so many entries; null without one. */
  snapshotUpTo: (entries: number) => Promise<State | null>;
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
  const state = (await parts.snapshotUpTo(at + 1)) ?? (await State.empty());
  try {
    await bringUp(parts, log, state);
  } catch (error) {
    state.close();
    throw error;
  }
  const { at: instant, mono } = live.entry(at);
  const wallMs = Date.parse(instant);
  return new Engine({
    workspaceId: live.workspaceId,
    clock: { monoMs: () => mono, wallMs: () => wallMs },
    ids: live.ids,
    random: live.random,
    log,
    commit: new GroupCommit(log, parts.soon),
    state,
    hot: rebuildHot(state),
    tree: live.tree,
    boot: state.head.boot,
  });
}

async function bringUp(parts: PastParts, log: LogUntil, state: State): Promise<void> {
  const run = new Replay(state);
  let sliceFromMs = parts.live.clock.monoMs();
  for (const { seq, line } of log.read(state.head.nextSeq)) {
    run.take(seq, line);
    if (seq % LOOK_EVERY_ENTRIES !== 0 || parts.live.clock.monoMs() - sliceFromMs < SLICE_MS) continue;
    await new Promise<void>((resolve) => parts.soon(resolve));
    sliceFromMs = parts.live.clock.monoMs();
  }
  run.finish(log.headHash);
}
