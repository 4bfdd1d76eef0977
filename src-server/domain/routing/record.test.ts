import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandidateGroup } from '../../contract/decision.ts';
import { DECISION_LIMIT_BYTES, GROUP_IDS_MAX } from '../../contract/limits.ts';
import { COMPUTE_CLASSES, CONFINEMENTS, POLICY_MODES, SIDES } from '../../contract/terms.ts';
import { AVAILABILITIES, type Availability } from '../sources/availability.ts';
import type { FleetGroup } from './fleet-group.ts';
import type { Profile } from './profile.ts';
import { answerKey, candidateGroups, failingRules, passesAll, type RecordInput } from './record.ts';
import type { Requirement } from './requirement.ts';
import { judgeFixed } from './rules.ts';

interface Source {
  id: string;
  profile: number;
  availability: Availability;
}

const profile: fc.Arbitrary<Profile> = fc.record({
  side: fc.constantFrom(...SIDES),
  computeClass: fc.constantFrom(...COMPUTE_CLASSES),
  labels: fc.dictionary(fc.constantFrom('os', 'region', 'zone'), fc.constantFrom('a', 'b'), { noNullPrototype: true }),
  confinesFiles: fc.boolean(),
  confinesNetworkNone: fc.boolean(),
  confinesAllowList: fc.boolean(),
  executors: fc.constantFrom([], ['container:none'], ['container:allow_list', 'container:none']),
  networks: fc.subarray(['private:a', 'private:b']),
});
const requirement: fc.Arbitrary<Requirement> = fc.record({
  kind: fc.constantFrom('command' as const, 'container' as const),
  computeClass: fc.constantFrom(...COMPUTE_CLASSES),
  labels: fc.subarray([['os', 'a'] as const, ['region', 'b'] as const]),
  network: fc.constantFrom('none', 'egress', 'private:a'),
  confinement: fc.constantFrom(...CONFINEMENTS),
});

const idOf = (n: number): string => `src_01M4WXNG80${String(n).padStart(16, '0')}`;

/** A fleet as the plane keeps it: groups of one profile and condition, ids sorted. */
function groupsOf(sources: readonly Source[], profiles: readonly Profile[], needs: Requirement): FleetGroup[] {
  const groups = new Map<string, FleetGroup & { sourceIds: string[] }>();
  for (const source of sources) {
    const own = profiles[source.profile] as Profile;
    const key = `${source.profile}/${source.availability}`;
    const fixed = judgeFixed(needs, own);
    const group = groups.get(key) ?? {
      profile: own,
      availability: source.availability,
      sourceIds: [],
      fixed,
      fits: fixed.every((r) => r.pass),
    };
    group.sourceIds.push(source.id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The verdict of each source by itself, without groups. */
function verdictOf(source: Source, profiles: readonly Profile[], needs: Requirement, input: RecordInput): string {
  if (source.id === input.chosenId) return 'chosen:';
  const [alone] = groupsOf([source], profiles, needs);
  const rules = failingRules(alone as FleetGroup, input);
  if (rules.length > 0) return `filtered:${rules.map((r) => r.rule).join('+')}`;
  return input.askingIds.includes(source.id) ? 'outranked:outranked' : 'eligible:';
}

const tally = (items: Iterable<readonly [string, number]>): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const [key, count] of items) counts[key] = (counts[key] ?? 0) + count;
  return counts;
};
const keyOf = (group: CandidateGroup): string => `${group.verdict}:${group.rules.map((r) => r.rule).join('+')}`;

const situation = fc
  .record({
    profiles: fc.array(profile, { minLength: 1, maxLength: 30 }),
    needs: requirement,
    mode: fc.constantFrom(...POLICY_MODES),
    isPaused: fc.boolean(),
    isSecondSideOpen: fc.boolean(),
    lots: fc.array(fc.record({ profile: fc.nat(29), availability: fc.constantFrom(...AVAILABILITIES) }), {
      minLength: 1,
      maxLength: 120,
    }),
    asking: fc.array(fc.nat(119), { maxLength: 8 }),
  })
  .map(({ profiles, needs, mode, isPaused, isSecondSideOpen, lots, asking }) => {
    const sources = lots.map((lot, n) => ({ ...lot, id: idOf(n), profile: lot.profile % profiles.length }));
    const policy = {
      version: 1,
      mode,
      fallback: { mode: 'auto' as const, afterMs: 1_000 },
      refuseAfterMs: null,
      override: null,
    };
    const groups = groupsOf(sources, profiles, needs);
    const base: RecordInput = { policy, isPaused, groups, isSecondSideOpen, chosenId: null, askingIds: [] };
    const able = sources.filter((s) => verdictOf(s, profiles, needs, base) === 'eligible:').map((s) => s.id);
    const askingIds = [...new Set(asking.map((n) => able[n % Math.max(1, able.length)]))].filter(
      (id) => id !== undefined,
    );
    return { profiles, needs, sources, input: { ...base, askingIds, chosenId: askingIds[0] ?? null } };
  });

describe('the groups of a record', () => {
  it('agree with judging every source by itself', () => {
    fc.assert(
      fc.property(situation, ({ profiles, needs, sources, input }) => {
        const groups = candidateGroups(input);
        const bySource = sources.map((s) => [verdictOf(s, profiles, needs, input), 1] as const);
        // A record that would grow too long tells the first failing rule alone.
        const isShort = Object.keys(tally(bySource)).length > new Set(groups.map(keyOf)).size;
        const told = (key: string): string => (isShort ? (key.split('+')[0] as string) : key);
        expect(tally(groups.map((g) => [told(keyOf(g)), g.count]))).toEqual(
          tally(bySource.map(([k, n]) => [told(k), n])),
        );
        const verdicts = new Map(sources.map((s, n) => [s.id, told(bySource[n]?.[0] as string)]));
        for (const group of groups) {
          expect(group.source_ids.length).toBeLessThanOrEqual(Math.min(group.count, GROUP_IDS_MAX));
          for (const id of group.source_ids) expect(verdicts.get(id)).toBe(keyOf(group));
        }
        if (input.chosenId !== null)
          expect(groups.filter((g) => g.verdict === 'chosen').map((g) => g.source_ids)).toEqual([[input.chosenId]]);
      }),
    );
  });

  it('pass all rules where none fails, and only there', () => {
    fc.assert(
      fc.property(situation, ({ input }) => {
        for (const group of input.groups) expect(passesAll(group, input)).toBe(failingRules(group, input).length === 0);
      }),
    );
  });

  it('stay below 8 KiB with 10,000 sources in 200 profiles, whatever their verdicts', () => {
    const conditions: readonly (readonly Availability[])[] = [
      AVAILABILITIES,
      ['ready'],
      ['ready', 'full'],
      ['offline'],
    ];
    for (const condition of conditions) {
      for (const mode of POLICY_MODES) {
        const profiles = Array.from({ length: 200 }, (_, n) => ({
          side: SIDES[n % 2]!,
          computeClass: COMPUTE_CLASSES[n % 5]!,
          labels: { os: 'linux', rack: `rack-${n}` },
          confinesFiles: n % 3 === 0,
          confinesNetworkNone: n % 7 === 0,
          confinesAllowList: n % 11 === 0,
          executors: n % 13 === 0 ? ['container:none'] : [],
          networks: n % 13 === 0 ? ['private:registry'] : [],
        }));
        const needs: Requirement = {
          kind: 'command',
          computeClass: 'cpu-small',
          labels: [['os', 'linux']],
          network: 'none',
          confinement: 'preferred',
        };
        const sources = Array.from({ length: 10_000 }, (_, n) => ({
          id: idOf(n),
          profile: n % 200,
          availability: condition[n % condition.length]!,
        }));
        const policy = {
          version: 1,
          mode,
          fallback: { mode: 'auto' as const, afterMs: 1_000 },
          refuseAfterMs: null,
          override: null,
        };
        const groups = candidateGroups({
          policy,
          isPaused: false,
          groups: groupsOf(sources, profiles, needs),
          isSecondSideOpen: true,
          chosenId: condition.includes('ready') ? idOf(condition === AVAILABILITIES ? 8 : 0) : null,
          askingIds: [],
        });
        expect(groups.reduce((n, g) => n + g.count, 0)).toBe(10_000);
        expect(Buffer.byteLength(JSON.stringify(groups))).toBeLessThan(DECISION_LIMIT_BYTES - 1_000);
      }
    }
  });

  it('have one key per answer, whatever the counts', () => {
    fc.assert(
      fc.property(situation, ({ input }) => {
        const groups = candidateGroups(input);
        expect(answerKey([...groups].reverse())).toBe(answerKey(groups));
        expect(answerKey(groups.map((g) => ({ ...g, count: g.count + 1 })))).toBe(answerKey(groups));
      }),
    );
  });
});
