import type { ActionItem, ActionVerdict } from '../../../src-server/contract/agent.ts';
import type { Attempt } from '../../../src-server/contract/job.ts';
import { formatCu, formatPlural } from '../../format/number.ts';
import { cleanLogLine } from '../../ui/log-text.ts';
import { APPROVAL_LOOKS, type StateLook } from '../../ui/state-vocabulary.ts';

const LOOKS: Readonly<Record<ActionVerdict, StateLook>> = {
  allowed: { label: 'Allowed', shape: 'tick', tone: 'ok' },
  approved: APPROVAL_LOOKS.approved,
  refused: { label: 'Refused', shape: 'bar-octagon', tone: 'refuse' },
  rejected: APPROVAL_LOOKS.rejected,
  over_budget: { label: 'Over budget', shape: 'bar-octagon', tone: 'refuse' },
};

/** What became of a call: a person's or the job's own yes to one that then failed is still a yes, and says that it failed. */
export const actionLook = ({ verdict, detail }: Pick<ActionItem, 'verdict' | 'detail'>): StateLook => {
  const look = LOOKS[verdict];
  const isFailed = (verdict === 'allowed' || verdict === 'approved') && detail !== null;
  return isFailed ? { label: `${look.label}, failed`, shape: 'cross', tone: 'fail' } : look;
};

/** What an agent wrote, as it may be shown: nothing in it acts, hides or turns the direction of text around. */
export const shownText = (text: string): string => cleanLogLine(text.replaceAll('\n', ' '));

/** What a call cost; one that was not done, or came when its lease was over, cost nothing. */
export const costWords = ({ cost_mcu: costMcu, late }: Pick<ActionItem, 'cost_mcu' | 'late'>): string => {
  if (late === true) return costMcu === 0 ? '–' : 'not counted';
  return costMcu === 0 ? '–' : formatCu(costMcu);
};

/** How many calls an attempt made, and what of its extras they took. */
export const totalWords = (actions: readonly ActionItem[], extrasMcu: number): string => {
  const costMcu = actions.reduce((sum, action) => sum + (action.late === true ? 0 : action.cost_mcu), 0);
  const spent = extrasMcu === 0 ? '' : `, ${formatCu(costMcu)} of ${formatCu(extrasMcu)}`;
  return `${formatPlural(actions.length, 'call')}${spent}`;
};

/** What stands where no call is. */
export const noActionWords = (attempt: Attempt | null): string => {
  if (attempt === null) return 'No attempt yet. Calls appear here once a source runs it.';
  return attempt.ended_at === null
    ? 'No call yet. Each appears here once it is on record.'
    : 'This attempt made no calls.';
};
