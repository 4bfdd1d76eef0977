import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { isAlive } from '../proc-table.ts';
import { sweepWorkRoot } from '../work-dir.ts';

/** Begins the name of a folder of tries; the pid of the runner that makes them follows. */
export const TRIES_PREFIX = 'cc-probe-';
const OWNER = new RegExp(`^${TRIES_PREFIX}(\\d+)-`);

/** A folder that this user made: in a shared place anybody may put a link under any name. */
const isOwn = (path: string): boolean => {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  return entry?.isDirectory() === true && entry.uid === process.getuid?.();
};

/**
 * Ends what runners left that were killed while they tried what they can enforce: a sandbox whose namespace was being made
 * then outlives them, with nothing in it but what was tried. Returns how many processes were ended.
 */
export async function sweepTries(clock: Clock, parent = tmpdir()): Promise<number> {
  let ended = 0;
  for (const name of readdirSync(parent)) {
    const owner = OWNER.exec(name)?.[1];
    const folder = join(parent, name);
    if (owner === undefined || isAlive(Number(owner)) || !isOwn(folder)) continue;
    ended += await sweepWorkRoot(folder, false, clock);
    rmSync(folder, { recursive: true, force: true });
  }
  return ended;
}
