import { describe, expect, it } from 'vitest';
import { ADVICE_CHANGES } from '../../contract/decision.ts';
import { DEFAULT_RATES } from '../budgets/cost.ts';
import type { FleetGroup } from '../routing/fleet-group.ts';
import type { WorkspacePolicy } from '../routing/policy.ts';
import type { Profile } from '../routing/profile.ts';
import { type Requirement, signatureOf } from '../routing/requirement.ts';
import { judgeFixed } from '../routing/rules.ts';
import type { Availability } from '../sources/availability.ts';
import { advise } from './advise.ts';
import { condense } from './condense.ts';
import type { AdviceCase, AdvisedJob } from './world.ts';

const POLICY: WorkspacePolicy = {
  version: 1,
  mode: 'byoc_first',
  fallback: { mode: 'ask', afterMs: 60_000 },
  refuseAfterMs: null,
  overrides: [],
  isFairShare: false,
};
const needs = (labels: Record<string, string>): Requirement => ({
  kind: 'command',
  computeClass: 'cpu-small',
  labels: Object.entries(labels),
  network: 'none',
  confinement: 'none',
});
const job = (n: number, requirement: Requirement, isAhead: boolean): AdvisedJob => ({
  jobId: `job_${n}`,
  wuId: `WU-${n}`,
  title: `Job ${n}`,
  requirement,
  signature: signatureOf(requirement),
  maxRuntimeMs: 60_000,
  extrasMcu: 0,
  fallback: 'closed',
  waitedMs: n * 1_000,
  isAhead,
});

/** Sources that all differ in a label of their own, and what a decision about them costs. */
function fleetOf(count: number, conditionOf: (n: number) => Availability, more: Record<string, string> = {}) {
  const profiles = Array.from(
    { length: count },
    (_, n): Profile => ({
      side: 'byoc',
      computeClass: 'cpu-small',
      labels: { host: `h${n}`, ...more },
      confinesFiles: false,
      confinesNetworkNone: false,
      confinesAllowList: false,
      executors: [],
      networks: [],
    }),
  );
  const cost = { fleetsRead: 0, decisions: 0, groupsLookedAt: 0 };
  const groupsOf = (requirement: Requirement): FleetGroup[] => {
    cost.fleetsRead++;
    return profiles.map((profile, n) => {
      const fixed = judgeFixed(requirement, profile);
      const fits = fixed.every((r) => r.pass);
      return { profile, availability: conditionOf(n), sourceIds: [`src_${n}`], fixed, fits };
    });
  };
  return { profiles, cost, groupsOf };
}

function caseOf(
  fleet: ReturnType<typeof fleetOf>,
  advised: AdvisedJob,
  others: readonly AdvisedJob[],
  over: Partial<AdviceCase['world']> = {},
): AdviceCase {
  const known = new Map<string, FleetGroup[]>();
  const { cost } = fleet;
  return {
    job: advised,
    others,
    unseen: [],
    kinds: ADVICE_CHANGES,
    requirementsMax: 6,
    approval: null,
    hostsFor: () => [],
    wholeFleet: () => fleet.groupsOf(advised.requirement),
    world: {
      isPaused: false,
      policy: POLICY,
      rates: DEFAULT_RATES,
      isLimited: false,
      groupsFor(requirement, signature) {
        const groups = known.get(signature) ?? condense(fleet.groupsOf(requirement));
        known.set(signature, groups);
        cost.decisions++;
        cost.groupsLookedAt += groups.length;
        return groups;
      },
      standingOf: () => ({ free: 1, total: 1, lastGrantSeq: 0 }),
      usesOf: () => [],
      ...over,
    },
    sourceFacts: (sourceId) => ({
      sourceId,
      name: sourceId,
      side: 'byoc',
      isCordoned: false,
      isDraining: false,
      capacity: 1,
      poolRoom: null,
      isHeard: true,
      lastGrantSeq: 0,
      places: [
        { profile: fleet.profiles[Number(sourceId.slice(4))] as Profile, state: 'online', offered: 1, active: 0 },
      ],
    }),
  };
}

describe('advice over ten thousand sources that all differ', () => {
  const PROFILES = 10_000;
  const others = (isAhead: boolean) => Array.from({ length: 300 }, (_, n) => job(n, needs({ zone: `z${n}` }), isAhead));

  it('costs a decision no more than a small fleet, and a bounded number of decisions', () => {
    const fleet = fleetOf(PROFILES, () => 'ready');
    const suggestions = advise(caseOf(fleet, job(999, needs({ zone: 'new' }), false), others(true)));
    expect(suggestions.map((s) => s.change.kind)).toContain('label.add');
    expect(suggestions.every((s) => s.placement.sourceId !== '')).toBe(true);
    // The whole fleet once for the job, and once for each requirement that side effects are looked at for.
    expect(fleet.cost.fleetsRead).toBeLessThanOrEqual(8);
    expect(fleet.cost.decisions).toBeLessThan(150);
    expect(fleet.cost.groupsLookedAt).toBeLessThan(500);
  });

  it('looks at all that could take the job, once for each decision', () => {
    const fleet = fleetOf(PROFILES, () => 'ready', { zone: 'z7' });
    const advised = caseOf(fleet, job(999, needs({ zone: 'z7' }), false), others(false), { isPaused: true });
    expect(advise(advised).map((s) => s.change.kind)).toEqual(['workspace.resume']);
    expect(fleet.cost.fleetsRead).toBeLessThanOrEqual(8);
    expect(fleet.cost.groupsLookedAt).toBeLessThan(50 * PROFILES);
  });

  it('says the same with the fleet condensed as with each group by itself', () => {
    const conditions: Availability[] = ['ready', 'full', 'late', 'offline', 'cordoned', 'quarantined', 'revoked'];
    for (const zone of ['z7', 'z9'])
      for (let n = 1; n < 40; n++) {
        const advised = job(999, needs({ zone }), false);
        const fleet = fleetOf(n, (at) => conditions[(at * 3 + n) % conditions.length] as Availability, {
          ...(n % 2 === 0 ? { zone: 'z7' } : {}),
        });
        const before = Array.from({ length: n % 5 }, (_, at) => job(at, needs(at % 2 ? { zone } : {}), true));
        const whole = caseOf(fleet, advised, before, { groupsFor: (requirement) => fleet.groupsOf(requirement) });
        const told = (of: AdviceCase) =>
          advise(of).map((s) => [s.change, s.placement.sourceId, s.alsoMovesCount, s.leftAfterMcu]);
        expect(told(caseOf(fleet, advised, before))).toEqual(told(whole));
      }
  });
});
