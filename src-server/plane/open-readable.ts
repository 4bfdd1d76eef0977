import { LedgerDamagedError } from '../ledger/errors.ts';
import { GroupCommit } from '../ledger/group-commit.ts';
import { openFileLog } from '../ledger/open-file-log.ts';
import { treeOf } from '../ledger/tree/log-tree.ts';
import { State } from '../state/state.ts';
import { Engine } from './engine.ts';
import { rebuildHot } from './hot/rebuild.ts';
import type { PlaneParts } from './open-workspace.ts';
import { LogUntil } from './past/log-until.ts';
import { replay } from './replay.ts';
import { Workspace, type WorkspaceStorage } from './workspace.ts';

/** Nothing is written, so nothing is asked of it. */
const NO_STORAGE: WorkspaceStorage = {
  reload: () => Promise.reject(new Error('opened read-only')),
  writeSnapshot: () => Promise.resolve(),
  probe: () => Promise.resolve(),
};

/**
 * Opens what can be read of a workspace and changes nothing: the whole log, or a damaged one up to the first damaged entry.
 * @throws LedgerDamagedError when not even its first entry can be read.
 */
export async function openReadable(directory: string, workspaceId: string, parts: PlaneParts): Promise<Workspace> {
  const { log } = await openReadableLog(directory, parts);
  if (log.nextSeq === 0) throw new LedgerDamagedError(0, 'nothing of the log can be read');
  const state = replay(log, await State.empty());
  const { clock, ids, random, timers, boot } = parts;
  const engine = new Engine({
    workspaceId,
    clock,
    ids,
    random,
    log,
    commit: new GroupCommit(log, (run) => timers.soon(run)),
    state,
    hot: rebuildHot(state),
    tree: treeOf(log, null),
    boot,
  });
  return new Workspace(engine, NO_STORAGE, timers, parts.tokens, parts.onFailed, null, undefined, log);
}

/** The readable beginning of a log, and why it is read only. */
export class ReadableLog extends LogUntil {
  constructor(
    log: ConstructorParameters<typeof LogUntil>[0],
    nextSeq: number,
    readonly because: string,
    readonly isDamaged: boolean,
  ) {
    super(log, nextSeq);
  }
}

/** @param directory the folder that holds `log/`. */
export async function openReadableLog(
  directory: string,
  { clock }: Pick<PlaneParts, 'clock'>,
): Promise<{ log: ReadableLog }> {
  const { log } = await openFileLog({
    directory: `${directory}/log`,
    nowMs: () => clock.monoMs(),
    mode: 'read_only',
    olderBudgetMs: Number.MAX_SAFE_INTEGER,
  });
  const { damage } = log;
  const because =
    damage === null
      ? 'It was opened read-only.'
      : `Entry ${damage.seq} of its log is damaged (${damage.reason}); what stands before it can be read and exported.`;
  return { log: new ReadableLog(log, Math.min(damage?.seq ?? log.nextSeq, log.nextSeq), because, damage !== null) };
}
