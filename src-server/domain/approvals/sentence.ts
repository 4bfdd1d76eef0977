import type { JobApproval } from '../../contract/approval.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What the job says of itself: its reason, else what it touches. */
export function askedWords(approval: Pick<JobApproval, 'reason' | 'kinds'>): string {
  if (approval.reason !== null && approval.reason.trim() !== '') return ended(capital(approval.reason.trim()));
  if (approval.kinds.length > 0) return ended(capital(approval.kinds.join(', ')));
  return 'Asks for approval before it starts.';
}

/** "Writes to production. Waits for an approver before it can be claimed." */
export const heldSentence = (approval: Pick<JobApproval, 'reason' | 'kinds'>): string =>
  `${askedWords(approval)} Waits for an approver before it can be claimed.`;

/** What a run asks midway. */
export const midRunSentence = (reason: string): string =>
  `${ended(capital(reason.trim()))} The run waits for an answer.`;

const because = (reason: string | null): string => (reason === null || reason === '' ? '' : `: ${reason}`);
export const approvedSentence = (by: string, reason: string | null): string =>
  ended(`Approved by ${by}${because(reason)}`);
export const rejectedSentence = (by: string, reason: string | null): string =>
  ended(`Rejected by ${by}${because(reason)}`);
/** Nobody answered in time. */
export const expiredSentence = (expiresMs: number): string =>
  `Nobody answered the approval in ${duration(expiresMs)}; it expired.`;

/** "ines asked for it, so ines cannot approve it." */
export const fourEyesSentence = (by: string): string =>
  `${by} asked for it, so ${by} cannot approve it. Let another approver decide.`;

function duration(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
