import type { ApprovalChange } from '../../contract/approval.ts';

/** Fields that one answer lists at most; a job has fewer unless it was rewritten. */
const CHANGES_MAX = 100;

/**
 * What is different between two specifications, field by field, in the order of their names. Objects are followed, lists
 * are compared item by item, so that a changed argument shows alone.
 */
export function differenceOf(before: unknown, after: unknown): ApprovalChange[] {
  const changes: ApprovalChange[] = [];
  compare(before, after, '', changes);
  return changes.slice(0, CHANGES_MAX);
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function compare(before: unknown, after: unknown, pointer: string, changes: ApprovalChange[]): void {
  if (isMap(before) && isMap(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const name of namesOf(before, after))
      compare(before[name], after[name], `${pointer}/${escaped(name)}`, changes);
    return;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  changes.push({ pointer, before: before ?? null, after: after ?? null, sentence: sentenceOf(pointer, before, after) });
}

function namesOf(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Array.isArray(before) ? names : names.sort();
}

function sentenceOf(pointer: string, before: unknown, after: unknown): string {
  const name = pointer.slice(1).replaceAll('/', '.');
  const word = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  if (before === undefined) return `${name} is new: ${word(after)}`;
  if (after === undefined) return `${name} is gone: ${word(before)}`;
  return `${name}: ${word(before)} → ${word(after)}`;
}

/** "No change since the run that was approved." or the count of changes. */
export const differenceSentence = (changes: readonly ApprovalChange[]): string =>
  changes.length === 0
    ? 'Nothing changed since the last approved run.'
    : `${changes.length} ${changes.length === 1 ? 'change' : 'changes'} since the last approved run.`;
