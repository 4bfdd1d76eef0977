import type { CandidateGroup } from '../../contract/decision.ts';
import type { Answer } from '../decided.ts';

/** How two answers differ, a sentence for each point; empty when they say the same. The order of groups says nothing. */
export function decisionDifference(
  recorded: Answer,
  recomputed: Answer,
  nameOf: (sourceId: string) => string,
): string[] {
  const said: [string, unknown, unknown][] = [
    ['outcome', recorded.outcome, recomputed.outcome],
    ['source', named(recorded.source_id, nameOf), named(recomputed.source_id, nameOf)],
    ['sentence', recorded.sentence, recomputed.sentence],
    ['policy version', recorded.policy_version, recomputed.policy_version],
    ['compute class', recorded.compute_class, recomputed.compute_class],
    ['reason to cross sides', recorded.crossing ?? null, recomputed.crossing ?? null],
    ...budgetPoints(recorded.budget, recomputed.budget),
  ];
  return [
    ...said
      .filter(([, was, is]) => was !== is)
      .map(([what, was, is]) => `The ${what} was ${words(was)}, now it is ${words(is)}.`),
    ...candidateWords(recorded.candidates, recomputed.candidates, nameOf),
  ];
}

const words = (value: unknown): string =>
  value === null ? 'none' : typeof value === 'string' ? `“${value}”` : String(value);
const named = (sourceId: string | null, nameOf: (id: string) => string): string | null =>
  sourceId === null ? null : nameOf(sourceId);

function budgetPoints(was: Answer['budget'], is: Answer['budget']): [string, unknown, unknown][] {
  if (was === null || is === null)
    return was === is ? [] : [['budget', was === null ? null : 'judged', is === null ? null : 'judged']];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])] as (keyof typeof was)[];
  return keys.map((key) => [`budget's ${key}`, was[key] ?? null, is[key] ?? null]);
}

/** A group as it is compared: its verdict, rules and size, and the sources that it names. */
function keyOf({ source_ids: ids, count, profile, verdict, rules }: CandidateGroup): string {
  return JSON.stringify([
    verdict,
    count,
    rules.map((r) => [r.rule, r.detail]),
    profile === null ? null : [profile.side, profile.compute_class, profile.confined],
    // Those that asked stand in the order of their rank.
    verdict === 'outranked' ? ids : [...ids].sort(),
  ]);
}

function candidateWords(
  was: readonly CandidateGroup[],
  is: readonly CandidateGroup[],
  nameOf: (sourceId: string) => string,
): string[] {
  const without = (groups: readonly CandidateGroup[], others: readonly CandidateGroup[]): CandidateGroup[] => {
    const left = new Map<string, number>();
    for (const group of others) left.set(keyOf(group), (left.get(keyOf(group)) ?? 0) + 1);
    return groups.filter((group) => {
      const count = left.get(keyOf(group)) ?? 0;
      left.set(keyOf(group), count - 1);
      return count <= 0;
    });
  };
  const told = (group: CandidateGroup): string => {
    const [first, ...others] = group.source_ids.map(nameOf);
    const who =
      first === undefined
        ? `${group.count} sources`
        : others.length === 0
          ? first
          : `${first} and ${group.count - 1} more`;
    const why = group.rules.map((r) => r.rule).join(', ');
    return `${who} ${group.verdict}${why === '' ? '' : ` for ${why}`}`;
  };
  return [
    ...without(was, is).map((group) => `Recorded, and not found again: ${told(group)}.`),
    ...without(is, was).map((group) => `Found now, and not recorded: ${told(group)}.`),
  ];
}
