import { readdirSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import { isAlive } from '../proc-table.ts';
import { AttemptGroup } from './attempt-group.ts';
import { groupPrefix } from './ceilings.ts';
import type { CgroupPlace } from './cgroup-places.ts';
import { ownPlaces, PROBE_PREFIX } from './probe-cgroup.ts';

/** Groups below a place; none where it cannot be read. */
function namesIn({ memory, processes }: CgroupPlace): string[] {
  const names = [memory, processes].flatMap((folder) => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  });
  return [...new Set(names)];
}

/** The process that tried this group is gone. */
function isForgotten(name: string): boolean {
  const pid = Number(name.startsWith(PROBE_PREFIX) ? name.slice(PROBE_PREFIX.length).split('-')[0] : Number.NaN);
  return Number.isInteger(pid) && !isAlive(pid);
}

/**
 * Ends groups of attempts that an earlier process of this runner left when it was killed together with its watchdog,
 * whatever their processes made of themselves; and removes empty ones that a killed process was trying. Groups of other
 * runners are left alone. Only call under the state directory's lock. Returns how many groups of attempts are gone.
 */
export async function sweepGroups(sessionId: string, clock: Clock, places = ownPlaces()): Promise<number> {
  let count = 0;
  for (const place of places)
    for (const name of namesIn(place)) {
      const group = AttemptGroup.left(place, name);
      if (isForgotten(name)) group.remove();
      if (!name.startsWith(groupPrefix(sessionId))) continue;
      const left = await group.end(clock);
      if (left.length === 0) count += 1;
    }
  return count;
}
