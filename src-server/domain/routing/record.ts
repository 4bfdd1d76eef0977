import type { CandidateGroup, RuleResult } from '../../contract/decision.ts';
import { GROUP_IDS_MAX } from '../../contract/limits.ts';
import type { Verdict } from '../../contract/terms.ts';
import type { FleetGroup } from './fleet-group.ts';
import type { RoutingPolicy } from './policy.ts';
import { profileConfinement } from './profile.ts';
import { judgeMoving, judgeSide } from './rules.ts';

/** Groups that a record lists at most; the rest are merged by failing rules, so that a record stays under 8 KiB. */
const GROUPS_MAX = 10;
/** Ids that one record names at most, over all groups. */
const RECORD_IDS_MAX = 80;

export interface RecordInput {
  policy: RoutingPolicy;
  isPaused: boolean;
  groups: readonly FleetGroup[];
  /** May the second side take the job now? */
  isSecondSideOpen: boolean;
  chosenId: string | null;
  /** Sources that ask now and could take the job, best first; the chosen one may be among them. */
  askingIds: readonly string[];
}

/** Failing rules of one group under the policy, in the order of the rules. */
export function failingRules(
  group: FleetGroup,
  input: Pick<RecordInput, 'policy' | 'isPaused' | 'isSecondSideOpen'>,
): RuleResult[] {
  const moving = judgeMoving(group.availability);
  const side = judgeSide(input.policy.mode, group.profile.side);
  const isSecond = side.pass && !isFirstSide(group, input.policy);
  return [
    ...(input.isPaused ? [fail('workspace.paused', 'paused')] : []),
    ...(moving !== null && moving.rule !== 'capacity.full' ? [moving] : []),
    ...(side.pass ? [] : [side]),
    ...group.fixed.filter((r) => !r.pass),
    ...(moving?.rule === 'capacity.full' ? [moving] : []),
    ...(isSecond && !input.isSecondSideOpen ? [fail('fallback.not_yet', `${input.policy.mode}`)] : []),
  ];
}

const fail = (rule: RuleResult['rule'], detail: string): RuleResult => ({ rule, pass: false, detail });
const isFirstSide = (group: FleetGroup, policy: RoutingPolicy): boolean =>
  group.profile.side === (policy.mode.startsWith('byoc') ? 'byoc' : 'managed');

interface Draft {
  ids: string[];
  count: number;
  profile: CandidateGroup['profile'];
  verdict: Verdict;
  rules: RuleResult[];
}

/** The candidates of a decision record: the chosen source by name, all others in groups of one profile and verdict. */
export function candidateGroups(input: RecordInput): CandidateGroup[] {
  const asking = new Set(input.askingIds);
  const drafts: Draft[] = [];
  for (const group of input.groups) {
    const rules = failingRules(group, input);
    const profile = {
      side: group.profile.side,
      compute_class: group.profile.computeClass,
      confined: profileConfinement(group.profile),
    };
    if (rules.length > 0 && !(input.chosenId !== null && group.sourceIds.includes(input.chosenId))) {
      drafts.push({
        ids: group.sourceIds.slice(0, GROUP_IDS_MAX),
        count: group.sourceIds.length,
        profile,
        verdict: 'filtered',
        rules,
      });
      continue;
    }
    drafts.push(...splitEligible(group, profile, input.chosenId, asking, input.askingIds));
  }
  return fitRecord(drafts);
}

function splitEligible(
  group: FleetGroup,
  profile: CandidateGroup['profile'],
  chosenId: string | null,
  asking: Set<string>,
  order: readonly string[],
): Draft[] {
  const out: Draft[] = [];
  const has = chosenId !== null && group.sourceIds.includes(chosenId);
  if (has) out.push({ ids: [chosenId], count: 1, profile, verdict: 'chosen', rules: [] });
  const members = asking.size > 0 ? new Set(group.sourceIds) : null;
  const outranked = members === null ? [] : order.filter((id) => id !== chosenId && members.has(id));
  if (outranked.length > 0) {
    out.push({
      ids: outranked.slice(0, GROUP_IDS_MAX),
      count: outranked.length,
      profile,
      verdict: 'outranked',
      rules: [fail('outranked', 'lower rank')],
    });
  }
  const idleCount = group.sourceIds.length - outranked.length - (has ? 1 : 0);
  if (idleCount > 0) {
    const ids: string[] = [];
    for (const id of group.sourceIds) {
      if (ids.length === GROUP_IDS_MAX) break;
      if (id !== chosenId && !asking.has(id)) ids.push(id);
    }
    out.push({ ids, count: idleCount, profile, verdict: 'eligible', rules: [] });
  }
  return out;
}

const VERDICT_ORDER: Readonly<Record<Verdict, number>> = { chosen: 0, outranked: 1, eligible: 2, filtered: 3 };

function fitRecord(drafts: Draft[]): CandidateGroup[] {
  drafts.sort((a, b) => VERDICT_ORDER[a.verdict] - VERDICT_ORDER[b.verdict] || a.rules.length - b.rules.length);
  const merged = drafts.length <= GROUPS_MAX ? drafts : mergeFiltered(drafts);
  let left = RECORD_IDS_MAX;
  return merged.map((d) => {
    const ids = d.ids.slice(0, Math.max(0, Math.min(left, GROUP_IDS_MAX)));
    left -= ids.length;
    return { source_ids: ids, count: d.count, profile: d.profile, verdict: d.verdict, rules: d.rules };
  });
}

/** Too many profiles for one record: filtered groups that fail the same rules become one. */
function mergeFiltered(drafts: Draft[]): Draft[] {
  const kept = drafts.filter((d) => d.verdict !== 'filtered');
  const byRules = new Map<string, Draft>();
  for (const draft of drafts) {
    if (draft.verdict !== 'filtered') continue;
    const key = draft.rules.map((r) => r.rule).join();
    const same = byRules.get(key);
    if (same === undefined) byRules.set(key, { ...draft, rules: draft.rules.map((r) => ({ ...r })) });
    else {
      same.count += draft.count;
      same.profile = null;
      same.ids = [...same.ids, ...draft.ids].slice(0, GROUP_IDS_MAX);
      for (const [i, r] of same.rules.entries()) if (r.detail !== draft.rules[i]?.detail) r.detail = 'several';
    }
  }
  return [...kept, ...byRules.values()];
}

/** Two answers with the same key say the same: the verdicts that occur, each with its failing rules. Counts do not matter. */
export const answerKey = (groups: readonly CandidateGroup[]): string =>
  [...new Set(groups.map((g) => `${g.verdict}:${g.rules.map((r) => r.rule).join('+')}`))].sort().join(' ');
