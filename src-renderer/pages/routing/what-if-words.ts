import type { WhatIfAnswer, WhatIfKind, WhatIfMove, WhatIfSums } from '../../../src-server/contract/what-if.ts';
import { formatSpan } from '../../format/duration.ts';
import { formatCount, formatCu, formatPlural, formatSeq } from '../../format/number.ts';

export const KIND_LABELS: Readonly<Record<WhatIfKind, string>> = {
  byoc: 'BYOC',
  managed: 'Managed',
  refused: 'Refused',
  held: 'Held',
  waiting: 'Waiting',
  canceled: 'Canceled',
};

/** `46 of 500 decisions would change.` */
export const headline = ({ changed, considered }: Pick<WhatIfAnswer, 'changed' | 'considered'>): string =>
  changed === 0
    ? 'No decision would change'
    : `${formatCount(changed)} of ${formatPlural(considered, 'decision')} would change`;

export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What was replayed: all of what was asked for, or the little that there is. */
export const pastWords = ({
  considered,
  decisions,
  from_seq: fromSeq,
  not_enough_history: lack,
}: Pick<WhatIfAnswer, 'considered' | 'decisions' | 'from_seq' | 'not_enough_history'>): string =>
  lack === null
    ? `${formatPlural(decisions, 'real decision')}${fromSeq === null ? '' : ` since ${formatSeq(fromSeq)}`} about ${formatPlural(considered, 'job')}, replayed against this draft.`
    : `All there is so far: ${formatPlural(decisions, 'real decision')} about ${formatPlural(considered, 'job')}.`;

/** What the moves of one kind have in common: their cause, or the most frequent one. */
export const commonCause = (moves: readonly WhatIfMove[]): string | null => {
  const counts = new Map<string, number>();
  for (const { because } of moves) counts.set(because, (counts.get(because) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (most === undefined) return null;
  return counts.size === 1 ? capital(most[0]) : `Mostly: ${most[0]}`;
};

const total = (sums: WhatIfSums): number =>
  sums.byoc + sums.managed + sums.refused + sums.held + sums.waiting + sums.canceled;
const meanWait = (sums: WhatIfSums): number => (total(sums) === 0 ? 0 : sums.wait_ms / total(sums));

/** `Mean wait 38 s to 22 s`; one figure where it stays. Both by the same model, so that only the draft makes a difference. */
export const waitWords = ({ in_force: inForce, after }: Pick<WhatIfAnswer, 'in_force' | 'after'>): string => {
  const [was, is] = [formatSpan(meanWait(inForce)), formatSpan(meanWait(after))];
  return was === is ? `Mean wait ${was}` : `Mean wait ${was} to ${is}`;
};

/** What gets dearer, stricter or slower: the facts to see before publishing. None where nothing does. */
export const warnings = ({ in_force: before, after, new_refusals: refused }: WhatIfAnswer): string[] => {
  const words: string[] = [];
  if (after.cost_mcu > before.cost_mcu)
    words.push(`Cost rises from ${formatCu(before.cost_mcu)} to about ${formatCu(after.cost_mcu)}.`);
  if (refused > 0) words.push(`${formatPlural(refused, 'job')} would be newly refused.`);
  if (after.held > before.held) words.push(`${formatPlural(after.held - before.held, 'job')} more would be held.`);
  if (after.waiting > before.waiting)
    words.push(`${formatPlural(after.waiting - before.waiting, 'job')} more would still wait at the end.`);
  return words;
};
