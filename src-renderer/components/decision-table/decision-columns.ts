import type { Rule } from '../../../src-server/contract/terms.ts';

/** Columns in the order of the rules; each stands for the rules that its cells can fail. */
export const DECISION_COLUMNS = [
  { id: 'source', title: 'Source', isLowPriority: false },
  { id: 'side', title: 'Side', isLowPriority: true },
  { id: 'class', title: 'Class', isLowPriority: false },
  { id: 'labels', title: 'Labels', isLowPriority: false },
  { id: 'confined', title: 'Confined', isLowPriority: false },
  { id: 'network', title: 'Network', isLowPriority: true },
  { id: 'slots', title: 'Slots', isLowPriority: false },
  { id: 'budget', title: 'Budget', isLowPriority: true },
] as const;
export type DecisionColumn = (typeof DECISION_COLUMNS)[number]['id'];

const COLUMN_OF: Readonly<Record<Rule, DecisionColumn | null>> = {
  'workspace.paused': 'source',
  'source.revoked': 'source',
  'source.cordoned': 'source',
  'source.draining': 'source',
  'source.quarantined': 'source',
  'source.offline': 'source',
  'source.late': 'source',
  'side.not_allowed': 'side',
  'class.mismatch': 'class',
  'labels.missing': 'labels',
  'confinement.insufficient': 'confined',
  'network.not_admitted': 'network',
  'capacity.full': 'slots',
  'budget.insufficient': 'budget',
  // Both are told in the result.
  'fallback.not_yet': null,
  outranked: null,
};

/** The column that shows a rule; null for those that the result tells. */
export const columnOf = (rule: Rule): DecisionColumn | null => COLUMN_OF[rule];

const GROUP_WORDS: Readonly<Record<Rule, string>> = {
  'workspace.paused': 'paused',
  'source.revoked': 'revoked',
  'source.cordoned': 'cordoned',
  'source.draining': 'draining',
  'source.quarantined': 'quarantined',
  'source.offline': 'offline',
  'source.late': 'late',
  'side.not_allowed': 'side',
  'class.mismatch': 'class',
  'labels.missing': 'labels',
  'confinement.insufficient': 'confinement',
  'network.not_admitted': 'network',
  'capacity.full': 'no free slot',
  'fallback.not_yet': 'fallback not yet',
  'budget.insufficient': 'budget',
  outranked: 'outranked',
};

/** The word of a group that fails this rule first: "9,812 more: offline". */
export const groupWord = (rule: Rule): string => GROUP_WORDS[rule];
