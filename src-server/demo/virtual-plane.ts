import { MemoryLog } from '../ledger/memory-log.ts';
import { Ids } from '../plane/ids.ts';
import { startWorkspace } from '../plane/open-workspace.ts';
import { type Random, seededRandom } from '../plane/random.ts';
import { replay } from '../plane/replay.ts';
import { RuntimeTokens } from '../plane/runtime-tokens.ts';
import { TICK_MS } from '../plane/timers.ts';
import type { Workspace } from '../plane/workspace.ts';
import { State } from '../state/state.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface VirtualPlane {
  clock: VirtualClock;
  random: Random;
  log: MemoryLog;
  workspace: Workspace;
  stop(): Promise<void>;
}

/** A whole workspace in memory on a virtual clock: the live plane's own code, with no disk and no network. */
export async function virtualPlane(options: {
  seed: number;
  startWallMs: number;
  name?: string;
  leaseTtlMs?: number;
  /** One from the seed when it is left out. */
  workspaceId?: string;
  /** It is also read from outside of what moves its clock. */
  isReadFromOutside?: boolean;
}): Promise<VirtualPlane> {
  const clock = new VirtualClock(options.startWallMs, options.isReadFromOutside);
  const random = seededRandom(options.seed);
  const ids = new Ids(clock, random);
  const log = new MemoryLog();
  const state = await State.empty();
  const storage = {
    reload: async () => replay(log, await State.empty()),
    writeSnapshot: async () => undefined,
    probe: async () => undefined,
  };
  const parts = { clock, ids, random, timers: clock, tokens: new RuntimeTokens(clock, random), boot: 'virtual' };
  const seededId = ids.make('workspace');
  const starting = startWorkspace(
    log,
    state,
    storage,
    options.workspaceId ?? seededId,
    options.name ?? 'demo',
    options.leaseTtlMs,
    parts,
  );
  await clock.settle();
  const workspace = await starting;
  const stopTicking = clock.every(TICK_MS, () => workspace.tick());
  return {
    clock,
    random,
    log,
    workspace,
    async stop() {
      stopTicking();
      const stopped = workspace.stop();
      await clock.settle();
      await stopped;
    },
  };
}
