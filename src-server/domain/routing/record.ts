import type { CandidateGroup, RuleResult } from '../../contract/decision.ts';
import { GROUP_IDS_MAX } from '../../contract/limits.ts';
import type { Verdict } from '../../contract/terms.ts';
import type { FleetGroup } from './fleet-group.ts';
import { type RoutingPolicy, sidesOf } from './policy.ts';
import { profileConfinement } from './profile.ts';
import { judgeMoving, judgeSide } from './rules.ts';

/** Groups that a record lists at most; the rest are merged by failing rules, so that a record stays under 8 KiB. */
const GROUPS_MAX = 10;
/** Characters that the groups of a record may take: 8 KiB less the sentence and the rest of it. */
const GROUPS_MAX_CHARS = 7_000;
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

/** Does no rule fail? The same answer as `failingRules`, without the words. */
export function passesAll(
  group: FleetGroup,
  { policy, isPaused, isSecondSideOpen }: Pick<RecordInput, 'policy' | 'isPaused' | 'isSecondSideOpen'>,
): boolean {
  if (isPaused || group.availability !== 'ready' || !group.fits) return false;
  const { first, second } = sidesOf(policy.mode);
  const { side } = group.profile;
  return side === first || (side === second && isSecondSideOpen);
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
    const rules = passesAll(group, input) ? [] : failingRules(group, input);
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
  const rivals = order.filter((id) => id !== chosenId);
  // Mostly there are none; a group may be a whole fleet.
  const members = rivals.length > 0 ? new Set(group.sourceIds) : null;
  const outranked = members === null ? [] : rivals.filter((id) => members.has(id));
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
  drafts.sort(
    (a, b) =>
      VERDICT_ORDER[a.verdict] - VERDICT_ORDER[b.verdict] ||
      a.rules.length - b.rules.length ||
      // No source stands twice, so the order is the same whatever order the fleet is kept in.
      ((a.ids[0] ?? '') < (b.ids[0] ?? '') ? -1 : 1),
  );
  if (drafts.length <= GROUPS_MAX) return named(drafts);
  const groups = named(merge(drafts, (d) => d.rules));
  // So many ways to fail in one fleet that even these do not fit: told by the first failing rule alone.
  return JSON.stringify(groups).length <= GROUPS_MAX_CHARS ? groups : named(merge(drafts, (d) => d.rules.slice(0, 1)));
}

/** Names as many sources as one record may, the best groups first. */
function named(drafts: readonly Draft[]): CandidateGroup[] {
  let left = RECORD_IDS_MAX;
  return drafts.map((d) => {
    const ids = d.ids.slice(0, Math.max(0, Math.min(left, GROUP_IDS_MAX)));
    left -= ids.length;
    return { source_ids: ids, count: d.count, profile: d.profile, verdict: d.verdict, rules: d.rules };
  });
}

/** Too many profiles for one record: groups of one verdict that fail the same rules become one. The chosen one stays alone. */
function merge(drafts: readonly Draft[], rulesOf: (draft: Draft) => RuleResult[]): Draft[] {
  const byRules = new Map<string, Draft>();
  for (const draft of drafts) {
    const rules = rulesOf(draft);
    const key = `${draft.verdict}:${rules.map((r) => r.rule).join()}`;
    const same = byRules.get(key);
    if (same === undefined) byRules.set(key, { ...draft, rules: rules.map((r) => ({ ...r })) });
    else {
      same.count += draft.count;
      same.profile = null;
      if (same.ids.length < GROUP_IDS_MAX) same.ids = [...same.ids, ...draft.ids].slice(0, GROUP_IDS_MAX);
      for (const [i, r] of same.rules.entries()) if (r.detail !== rules[i]?.detail) r.detail = 'several';
    }
  }
  return [...byRules.values()];
}

/** Rules that no passing moment changes: a source that fails one is no candidate, whatever else it is doing. */
const LASTING = new Set<RuleResult['rule']>([
  'side.not_allowed',
  'class.mismatch',
  'labels.missing',
  'confinement.insufficient',
  'network.not_admitted',
]);

/**
 * Two answers with the same key say the same: the verdicts that occur, each with its failing rules. Counts do not matter,
 * nor does what a source that could never take the job is doing.
 */
export function answerKey(groups: readonly CandidateGroup[]): string {
  const words = groups.map((group) => {
    const rules = group.rules.map((r) => r.rule);
    const lasting = rules.filter((rule) => LASTING.has(rule));
    return `${group.verdict}:${(lasting.length > 0 ? lasting : rules).join('+')}`;
  });
  return [...new Set(words)].sort().join(' ');
}
