import type { CandidateGroup, Explain, ExplainCandidate, RuleResult } from '../../../src-server/contract/decision.ts';
import type { Rule, Side, SourceKind, Verdict } from '../../../src-server/contract/terms.ts';
import { formatAgeShort } from '../../format/duration.ts';
import { formatCount } from '../../format/number.ts';
import { columnOf, DECISION_COLUMNS, type DecisionColumn, groupWord } from './decision-columns.ts';

/** Rows that are shown one by one; beyond, those that fail alike become one row. */
const NAMED_ROWS_MAX = 14;
const SIDE_WORDS: Readonly<Record<Side, string>> = { byoc: 'BYOC', managed: 'Managed' };

export interface DecisionCell {
  isPass: boolean;
  /** The value that passed or failed, short; empty for a bare tick. */
  text: string;
  /** The value as the plane wrote it, where the cell says less. */
  whole?: string;
}
export interface DecisionMember {
  id: string;
  name: string;
  kind: SourceKind | null;
}
export interface DecisionRow {
  id: string;
  label: string;
  kind: SourceKind | null;
  /** Sources behind a row that stands for a group; those that are known by name. */
  members: readonly DecisionMember[];
  count: number;
  verdict: Verdict;
  cells: Readonly<Record<DecisionColumn, DecisionCell>>;
  result: string;
}

const passed = (text = ''): DecisionCell => ({ isPass: true, text });

/** What failed, in a word that fits its column. */
const shortDetail = (rule: Rule, detail: string): string => {
  if (rule === 'side.not_allowed' && (detail === 'byoc' || detail === 'managed')) return SIDE_WORDS[detail];
  if (rule === 'source.offline' && detail.startsWith('not connected')) return 'pending';
  if (rule === 'confinement.insufficient') {
    const lacks = detail.replace(/ not enforced$/, '');
    return lacks === 'files and network' ? 'none' : lacks === '' || lacks === 'several' ? groupWord(rule) : lacks;
  }
  if (rule === 'budget.insufficient') return 'over';
  // Rows of a record that was too long name each source, but hold one detail for all of them.
  if (detail === 'several') return rule === 'labels.missing' ? 'missing' : groupWord(rule);
  return detail === '' ? groupWord(rule) : detail;
};

/** A cell per column: the first failing rule of a column decides it, and is worth more than any value that passed. */
const cellsOf = (
  rules: readonly RuleResult[],
  values: Partial<Record<DecisionColumn, string>>,
): DecisionRow['cells'] => {
  const cells = Object.fromEntries(DECISION_COLUMNS.map(({ id }) => [id, passed(values[id])])) as Record<
    DecisionColumn,
    DecisionCell
  >;
  for (const { rule, pass, detail } of rules) {
    const column = columnOf(rule);
    if (pass || column === null || !cells[column].isPass) continue;
    const text = shortDetail(rule, detail);
    cells[column] = { isPass: false, text, ...(detail.length <= text.length ? {} : { whole: detail }) };
  }
  return cells;
};

const failing = (rules: readonly RuleResult[]) => rules.filter(({ pass }) => !pass);

const resultOf = (verdict: Verdict, rules: readonly RuleResult[], share: string, isPlan: boolean): string => {
  if (verdict === 'chosen') return isPlan ? 'Would be assigned' : 'Assigned';
  if (verdict === 'outranked') return share === '' ? 'Outranked' : `Outranked, ${share}`;
  if (verdict === 'eligible') return 'Did not ask';
  const failed = failing(rules);
  return failed.length > 0 && failed.every(({ rule }) => rule === 'fallback.not_yet')
    ? 'Fallback not yet'
    : 'Not eligible';
};

const candidateRow = (candidate: ExplainCandidate, isPlan: boolean): DecisionRow => {
  const { rules, verdict, free, capacity, seen_ms_ago } = candidate;
  return {
    id: candidate.source_id,
    label: candidate.name,
    kind: candidate.kind,
    members: [],
    count: 1,
    verdict,
    cells: cellsOf(rules, {
      source: seen_ms_ago === null ? '' : formatAgeShort(seen_ms_ago),
      side: SIDE_WORDS[candidate.side],
      class: candidate.compute_class ?? '',
      slots: `${free} free`,
    }),
    result: resultOf(verdict, rules, `${free} of ${capacity}`, isPlan),
  };
};

const groupLabel = (count: number, verdict: Verdict, rules: readonly RuleResult[]): string => {
  const [first] = failing(rules);
  const word = verdict === 'filtered' && first !== undefined ? groupWord(first.rule) : verdict;
  return `${formatCount(count)} more: ${word}`;
};

/** Alike for the table: the same verdict, and the same rules failed. */
const likeness = ({ verdict, rules }: ExplainCandidate) =>
  [verdict, ...failing(rules).map(({ rule }) => rule)].join(' ');

const mergedCells = (rows: readonly DecisionRow[]): DecisionRow['cells'] =>
  Object.fromEntries(
    DECISION_COLUMNS.map(({ id }) => {
      const texts = new Set(rows.map((row) => row.cells[id].text));
      const isPass = rows.every((row) => row.cells[id].isPass);
      const [only = ''] = texts;
      return [id, { isPass, text: texts.size === 1 ? only : isPass ? '' : `${texts.size} values` }];
    }),
  ) as Record<DecisionColumn, DecisionCell>;

/** Marks the one that is nearest where nobody could take the job: the fewest rules failed, and only just one. */
const withClosest = (rows: DecisionRow[]): DecisionRow[] => {
  const [first] = rows;
  if (first === undefined || first.verdict !== 'filtered' || first.count > 1 || first.result !== 'Not eligible')
    return rows;
  const failures = DECISION_COLUMNS.filter(({ id }) => !first.cells[id].isPass).length;
  return failures === 1 ? [{ ...first, result: 'Closest' }, ...rows.slice(1)] : rows;
};

/** Rows of a decision that was run again now, best first. `isPlan`: nothing is assigned yet, "would be". */
export const explainRows = (explain: Explain, isPlan: boolean): DecisionRow[] => {
  const { candidates } = explain;
  const rows = candidates.map((candidate) => candidateRow(candidate, isPlan));
  if (rows.length <= NAMED_ROWS_MAX) return withClosest(rows);
  const named = Math.floor(NAMED_ROWS_MAX / 2);
  const groups = new Map<string, DecisionRow[]>();
  rows.slice(named).forEach((row, i) => {
    const candidate = candidates[named + i];
    if (candidate === undefined) return;
    const key = likeness(candidate);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  });
  const grouped = [...groups.values()].map((members): DecisionRow => {
    const [first] = members;
    if (first === undefined || members.length === 1) return first as DecisionRow;
    const rules = candidates.find(({ source_id }) => source_id === first.id)?.rules ?? [];
    return {
      ...first,
      id: `group-${first.id}`,
      label: groupLabel(members.length, first.verdict, rules),
      kind: null,
      count: members.length,
      members: members.map(({ id, label, kind }) => ({ id, name: label, kind })),
      cells: mergedCells(members),
      result: first.verdict === 'outranked' ? 'Outranked' : first.result,
    };
  });
  return withClosest([...rows.slice(0, named), ...grouped]);
};

const groupRow = (group: CandidateGroup, index: number, nameOf: (id: string) => DecisionMember): DecisionRow => ({
  id: `group-${index}`,
  label: groupLabel(group.count, group.verdict, group.rules),
  kind: null,
  members: group.source_ids.map(nameOf),
  count: group.count,
  verdict: group.verdict,
  cells: cellsOf(group.rules, {
    side: group.profile === null ? '' : SIDE_WORDS[group.profile.side],
    class: group.profile?.compute_class ?? '',
  }),
  result: resultOf(group.verdict, group.rules, '', false),
});

const ORDER: Readonly<Record<Verdict, number>> = { chosen: 0, outranked: 1, eligible: 2, filtered: 3 };

/** Rows of a recorded decision: few sources one by one, of many those that fared alike as one row. */
export const recordRows = (
  groups: readonly CandidateGroup[],
  nameOf: (id: string) => DecisionMember,
): DecisionRow[] => {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const isFew = total <= NAMED_ROWS_MAX;
  return [...groups]
    .sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict] || a.rules.length - b.rules.length)
    .flatMap((group, index) => {
      const row = groupRow(group, index, nameOf);
      const isSplit = group.source_ids.length === group.count && (isFew || group.count === 1);
      if (!isSplit) return [row];
      return row.members.map(({ id, name, kind }) => ({ ...row, id, label: name, kind, count: 1, members: [] }));
    });
};
