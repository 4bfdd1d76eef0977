import { rmSync } from 'node:fs';
import { FENCE_LEAP, FENCE_LEAP_UNKNOWN } from '../contract/limits.ts';
import { originOf } from '../ledger/note/checkpoint.ts';
import { forgetPast } from '../ledger/past-snapshots.ts';
import { listSnapshots } from '../ledger/snapshot-files.ts';
import type { AnchorLine } from './anchor.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';

/** An older copy that somebody goes on from. */
export interface AcceptedRollback {
  reason: string;
  /** The last signed head of a log that stands outside of the data directory; null when none is known. */
  lineOf(origin: string): AnchorLine | null;
}

/**
 * Writes into the log that it goes on from an older copy, and lets fencing tokens begin past all that can have been given
 * out since: a runner that still holds a lease of the lost history can never write into this one.
 * @param snapshotDirectory its snapshots are removed: they may hold entries that are not there.
 */
export async function acceptRollback(
  engine: Engine,
  rollback: AcceptedRollback,
  snapshotDirectory: string,
): Promise<void> {
  const anchor = rollback.lineOf(originOf(engine.workspaceId));
  const snapshots = listSnapshots(snapshotDirectory);
  const known = anchor?.size ?? snapshots[0]?.seq ?? null;
  const { fence: reached } = engine.state.head;
  const fence =
    anchor === null ? Math.max(FENCE_LEAP_UNKNOWN, reached + FENCE_LEAP) : Math.max(anchor.fence, reached) + FENCE_LEAP;
  engine.emit(PLANE_ACTOR, [
    {
      type: 'integrity.checked',
      body: {
        cut_bytes: 0,
        cut_lines: 0,
        rolled_back_from: known,
        to: engine.nextSeq,
        fence,
        reason: rollback.reason,
      },
    },
  ]);
  await engine.durable();
  for (const { path } of snapshots) for (const file of [path, `${path}.sha256`]) rmSync(file, { force: true });
  forgetPast(snapshotDirectory);
}
