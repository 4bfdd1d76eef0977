import type { ApprovalKind, ApprovalState } from '../../contract/terms.ts';
import { canFollow } from '../transition-table.ts';
import { fourEyesSentence } from './sentence.ts';
import { APPROVAL_TRANSITIONS } from './transitions.ts';

export interface Question {
  kind: ApprovalKind;
  status: ApprovalState;
  /** The digest that a yes is bound to; null where there is no job, or its digest does not matter. */
  digest: string | null;
  /** Who submitted the job, who edited it last, who asked. */
  askedBy: readonly string[];
}
export interface Answer {
  decision: 'approved' | 'rejected';
  /** The digest that the answerer saw; null when it was not sent. */
  digest: string | null;
  by: { kind: string; id: string };
}
/** `repeat`: it was answered so already, nothing happens twice. */
export type Judgement =
  | { verdict: 'answer' | 'repeat' }
  | { verdict: 'refuse'; code: 'approval.not_yours' | 'approval.job_changed' | 'conflict.state'; detail: string };

const refuse = (code: Extract<Judgement, { verdict: 'refuse' }>['code'], detail: string): Judgement => ({
  verdict: 'refuse',
  code,
  detail,
});

/**
 * May this answer be given to this question now?
 * Right comes before state, so that nobody learns by asking; an answer to a job that changed is never taken for an answer
 * to the job as it is.
 * @param jobDigest the job's digest at this moment; null when the question is about no job.
 */
export function judgeAnswer(
  question: Question,
  answer: Answer,
  jobDigest: string | null,
  isFourEyes: boolean,
): Judgement {
  const { by } = answer;
  if (by.kind === 'api_key' && (question.kind !== 'sdk' || isFourEyes))
    return refuse('approval.not_yours', 'An API key answers only what was asked through it. Let an approver decide.');
  if (isFourEyes && answer.decision === 'approved' && question.askedBy.includes(by.id))
    return refuse('approval.not_yours', fourEyesSentence(by.id));
  const isOther = question.digest !== null && jobDigest !== null && question.digest !== jobDigest;
  const isBlind = answer.digest !== null && question.digest !== null && answer.digest !== question.digest;
  if (isBlind || (isOther && question.status !== answer.decision))
    return refuse('approval.job_changed', 'The job was changed since. Look at it as it is now and decide again.');
  if (question.status === answer.decision) return { verdict: 'repeat' };
  if (!canFollow(APPROVAL_TRANSITIONS, question.status, answer.decision))
    return refuse('conflict.state', `This approval is ${question.status} already.`);
  return { verdict: 'answer' };
}
