import type { SourceState } from '../../contract/terms.ts';
import type { FleetGroup } from '../routing/fleet-group.ts';
import type { Profile } from '../routing/profile.ts';
import { judgeFixed } from '../routing/rules.ts';
import { type Availability, availability } from '../sources/availability.ts';
import type { Change } from './change.ts';
import type { AdviceWorld, AdvisedJob, SourceFacts } from './world.ts';

/** Id under which a source that does not exist yet stands in a changed world. */
export const NEW_SOURCE_ID = 'new';

interface Place {
  sourceId: string;
  profile: Profile;
  availability: Availability;
  free: number;
  total: number;
}

/** The world with one thing different, and the job as it would be then. */
export function applyChange(
  world: AdviceWorld,
  job: AdvisedJob,
  change: Change,
  factsOf: (sourceId: string) => SourceFacts,
): { world: AdviceWorld; job: AdvisedJob } {
  switch (change.kind) {
    case 'approval.approve':
      return { world, job: change.question === 'fallback' ? { ...job, fallback: 'approved' } : job };
    case 'job.retry':
      return { world, job };
    case 'workspace.resume':
      return { world: { ...world, isPaused: false }, job };
    case 'policy.publish':
      return { world: { ...world, policy: change.policy }, job };
    case 'budget.raise':
      return { world: withLimit(world, change), job };
    case 'source.enroll':
      return { world: withPlaces(world, null, [enrolled(change)]), job };
    default: {
      const facts = factsOf(change.target);
      return { world: withPlaces(world, facts, placesAfter(facts, change)), job };
    }
  }
}

function withLimit(world: AdviceWorld, change: Extract<Change, { kind: 'budget.raise' }>): AdviceWorld {
  return {
    ...world,
    usesOf: (wuId, side, computeClass) =>
      world
        .usesOf(wuId, side, computeClass)
        .map((u) =>
          u.scope === change.target && u.window === change.window ? { ...u, limitMcu: change.limitMcu } : u,
        ),
  };
}

function enrolled(change: Extract<Change, { kind: 'source.enroll' }>): Place {
  const { target, side, labels, isConfined, executors, capacity } = change;
  const profile: Profile = {
    side,
    computeClass: target,
    labels,
    confinesFiles: isConfined,
    confinesNetworkNone: isConfined,
    confinesAllowList: isConfined,
    executors,
    networks: [],
  };
  return { sourceId: NEW_SOURCE_ID, profile, availability: 'ready', free: capacity, total: capacity };
}

type SourceChange = Extract<
  Change,
  { kind: 'source.resume' | 'source.start' | 'label.add' | 'network.admit' | 'capacity.raise' }
>;

/** Every place of a source as it stands after the change. */
function placesAfter(facts: SourceFacts, change: SourceChange): Place[] {
  const capacity = change.kind === 'capacity.raise' ? change.capacity : facts.capacity;
  const isLifted = change.kind === 'source.resume';
  const poolRoom = facts.poolRoom === null ? null : facts.poolRoom + capacity - facts.capacity;
  return facts.places.map((place) => {
    const own = Math.min(poolRoom === null ? capacity : place.offered, place.offered) - place.active;
    const free = Math.max(0, poolRoom === null ? own : Math.min(own, poolRoom));
    return {
      sourceId: facts.sourceId,
      profile: profileAfter(place.profile, change),
      availability: availability({
        state: stateAfter(place.state, change, facts.isHeard),
        isRevoked: false,
        isCordoned: facts.isCordoned && !isLifted,
        isDraining: facts.isDraining && !isLifted,
        freeSlots: free,
      }),
      free,
      total: Math.min(capacity, place.offered),
    };
  });
}

function stateAfter(state: SourceState, change: SourceChange, isHeard: boolean): SourceState {
  if (change.kind === 'source.start') return 'online';
  if (change.kind === 'source.resume' && state === 'quarantined') return isHeard ? 'online' : 'offline';
  return state;
}

function profileAfter(profile: Profile, change: SourceChange): Profile {
  if (change.kind === 'label.add') return { ...profile, labels: { ...profile.labels, ...change.labels } };
  if (change.kind === 'network.admit') return { ...profile, networks: [...profile.networks, change.network].sort() };
  return profile;
}

/** The fleet with one source standing elsewhere, or with one more. */
function withPlaces(world: AdviceWorld, before: SourceFacts | null, places: readonly Place[]): AdviceWorld {
  const known = new Map<string, readonly FleetGroup[]>();
  const profiles = new Set(before?.places.map((p) => p.profile));
  const standing = {
    free: places.reduce((n, p) => n + (p.availability === 'ready' ? p.free : 0), 0),
    total: places.reduce((n, p) => n + p.total, 0),
    lastGrantSeq: before?.lastGrantSeq ?? 0,
  };
  const changedId = before?.sourceId ?? NEW_SOURCE_ID;
  return {
    ...world,
    standingOf: (id) => (id === changedId ? standing : world.standingOf(id)),
    groupsFor(requirement, signature) {
      let groups = known.get(signature);
      if (groups === undefined) {
        const kept = world.groupsFor(requirement, signature).flatMap((g) => without(g, before, profiles));
        const added = places.map(({ profile, sourceId, availability: condition }) => {
          const fixed = judgeFixed(requirement, profile);
          return { profile, availability: condition, sourceIds: [sourceId], fixed, fits: fixed.every((r) => r.pass) };
        });
        groups = [...kept, ...added];
        known.set(signature, groups);
      }
      return groups;
    },
  };
}

function without(group: FleetGroup, source: SourceFacts | null, profiles: ReadonlySet<Profile>): FleetGroup[] {
  if (source === null) return [group];
  if (group.profile.pool === source.sourceId) return [];
  if (!profiles.has(group.profile) || !group.sourceIds.includes(source.sourceId)) return [group];
  const sourceIds = group.sourceIds.filter((id) => id !== source.sourceId);
  return sourceIds.length === 0 ? [] : [{ ...group, sourceIds }];
}
