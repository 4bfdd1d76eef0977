import type { FleetGroup } from '../routing/fleet-group.ts';

/**
 * The fleet as far as a decision looks at it: each group that fits and is ready, and one for all others of the same side and
 * condition, without their ids, since nobody of them is chosen. So a fleet of ten thousand profiles costs a decision as much as
 * a small one, except for those that could take the job.
 */
export function condense(groups: readonly FleetGroup[]): FleetGroup[] {
  const kept: FleetGroup[] = [];
  const others = new Map<string, FleetGroup>();
  for (const group of groups) {
    const { fits, availability, profile } = group;
    if (fits && availability === 'ready') {
      kept.push(group);
      continue;
    }
    const key = `${profile.side} ${fits} ${availability}`;
    if (others.has(key)) continue;
    // Not of one pool any more, which a change could take out.
    const { pool: _pool, ...shared } = profile;
    others.set(key, { ...group, profile: shared, sourceIds: [] });
  }
  return [...kept, ...others.values()];
}
