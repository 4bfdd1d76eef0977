import type { DecisionRecord, Explain } from '../../../src-server/contract/decision.ts';
import type { Attempt, Job } from '../../../src-server/contract/job.ts';
import { TERMINAL_JOB_STATES } from '../../../src-server/contract/terms.ts';
import { formatDuration } from '../../format/duration.ts';
import { formatCount, formatPlural } from '../../format/number.ts';
import { jobLook } from '../../ui/state-vocabulary.ts';

/** No source has it yet: its decision can still change. */
export const isWaiting = (job: Pick<Job, 'state'>): boolean => job.state === 'queued' || job.state === 'held';

/** It ended; a retry makes a new job. */
export const isTerminal = (job: Pick<Job, 'state'>): boolean =>
  (TERMINAL_JOB_STATES as readonly string[]).includes(job.state);

/** The attempt that holds the lease, or the newest one. */
export const currentAttempt = (job: Job): Attempt | null =>
  job.attempts.find((attempt) => attempt.lease_id === job.lease_id) ?? job.attempts.at(-1) ?? null;

/** `Running, attempt 2 of 3` · `Queued, waiting 1:42` · `Awaiting fallback, 0:29`. */
export const headline = (job: Job, nowMs: number): string => {
  const { label } = jobLook(job);
  if (isWaiting(job)) {
    const waited = formatDuration(nowMs - Date.parse(job.created_at));
    return job.state === 'held' ? `${label}, ${waited}` : `${label}, waiting ${waited}`;
  }
  if (job.attempt === 0) return label;
  return `${label}, attempt ${job.attempt} of ${job.max_attempts}`;
};

/** The record behind the why: the one the job names, for a waiting job the newest. */
export const decisionOf = (job: Job, decisions: readonly DecisionRecord[]): DecisionRecord | null =>
  (isWaiting(job) ? undefined : decisions.find((record) => record.decision_id === job.decision_id)) ??
  decisions[0] ??
  null;

/** `10 candidates, 3 eligible`. */
export const candidateWords = (record: DecisionRecord | null, explain: Explain | null): string | null => {
  const all = explain?.total ?? record?.candidates.reduce((sum, group) => sum + group.count, 0);
  // A decision of a person, or about an empty fleet, judged nobody.
  if (all === undefined || all === 0) return null;
  const eligible =
    explain?.eligible ??
    record?.candidates.filter((group) => group.verdict !== 'filtered').reduce((sum, group) => sum + group.count, 0) ??
    0;
  return `${formatPlural(all, 'candidate')}, ${formatCount(eligible)} eligible`;
};

/** `Retry after lease 7731 expired`; null on a first attempt. */
export const retryWords = (job: Job): string | null => {
  const current = currentAttempt(job);
  const at = current === null ? -1 : job.attempts.indexOf(current);
  const before = job.state === 'queued' ? job.attempts.at(-1) : at > 0 ? job.attempts[at - 1] : undefined;
  if (before === undefined || before.ended_at === null) return null;
  const how = before.state === 'released' ? (before.outcome ?? 'released').replace('_', ' ') : before.state;
  return `Retry after lease ${before.fence} ${how}`;
};

/** What stands out in the job's sentences: sources, class, labels. */
export const termsOf = (job: Job, names: readonly string[]): string[] => [
  ...names,
  ...job.attempts.map((attempt) => attempt.source_name),
  job.compute_class,
  ...Object.entries(job.labels).map(([key, value]) => `${key}=${value}`),
  'byoc_only',
  'byoc_first',
  'managed_first',
  'managed_only',
];
