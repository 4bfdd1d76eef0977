import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { AttemptGroup } from './attempt-group.ts';
import { type CgroupPlace, cgroupPlaces } from './cgroup-places.ts';

const TRY_LIMIT_MS = 5_000;
const TRIED = { memoryBytes: 64 * 1024 * 1024, processes: 4 };
/** More than it may: what is started past the ceiling is not. Waits until it was taken into its group. */
const SCRIPT = 'read -r go; for i in 1 2 3 4 5 6 7 8; do sleep 2 & done 2>/dev/null; echo started';

/** How the names of tried groups begin, before the id of the process that tries. */
export const PROBE_PREFIX = 'cc-probe-';

export interface CgroupFinding {
  place: CgroupPlace | null;
  /** Why there is none. */
  why: string | null;
}

let tries = 0;

/** Null when more processes than allowed could not be started there. */
async function tryPlace(place: CgroupPlace, clock: Clock): Promise<string | null> {
  tries += 1;
  let group: AttemptGroup;
  try {
    group = AttemptGroup.make(place, `${PROBE_PREFIX}${process.pid}-${tries}`, TRIED);
  } catch (error) {
    return `no group could be made (${messageOf(error)})`;
  }
  let child: ChildProcess | null = null;
  try {
    child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'pipe', 'ignore'], cwd: '/' });
    const said = new Promise<void>((resolve) => {
      child?.stdout?.once('data', () => resolve());
      child?.once('exit', () => resolve());
      child?.once('error', () => resolve());
    });
    group.join(child.pid as number);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end('go\n');
    await Promise.race([said, clock.sleep(TRY_LIMIT_MS)]);
    const count = group.members().length;
    return count >= 1 && count <= TRIED.processes ? null : `a group of ${TRIED.processes} held ${count} processes`;
  } catch (error) {
    return messageOf(error);
  } finally {
    child?.stdout?.destroy();
    await group.end(clock);
  }
}

/** Every place of this kernel that could be tried, nearest first. */
export function ownPlaces(): CgroupPlace[] {
  try {
    return cgroupPlaces(readFileSync('/proc/self/mounts', 'latin1'), readFileSync('/proc/self/cgroup', 'latin1'));
  } catch {
    return [];
  }
}

/** Tries whether ceilings on memory and processes hold here, with a real group and processes that want to be more. */
export async function probeCgroup(clock: Clock): Promise<CgroupFinding> {
  let why = 'this kernel shows no control groups for memory and processes';
  for (const place of ownPlaces()) {
    const trouble = await tryPlace(place, clock);
    if (trouble === null) return { place, why: null };
    why = trouble;
  }
  return { place: null, why };
}
