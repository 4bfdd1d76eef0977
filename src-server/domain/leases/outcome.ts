import type { AttemptOutcome, JobState } from '../../contract/terms.ts';

export interface EndedAttempt {
  outcome: AttemptOutcome;
  exitCode: number | null;
  /** Attempts that were started, this one included when it was. */
  attemptsStarted: number;
  maxAttempts: number;
  finalExitCodes: readonly number[];
  /** An operator asked for the job to be canceled. */
  isCancelRequested: boolean;
}

/** What follows for the job: a terminal state, or `queued` again (with a backoff unless it was never started). */
export interface NextStep {
  state: Extract<JobState, 'succeeded' | 'failed' | 'canceled' | 'queued' | 'dead_letter'>;
  hasBackoff: boolean;
}

/**
 * The one place that says how an attempt's end turns into the job's state.
 * A job that its operator canceled never runs again, however its attempt ended, unless the work had already succeeded.
 */
export function nextStep(end: EndedAttempt): NextStep {
  if (end.outcome === 'succeeded') return { state: 'succeeded', hasBackoff: false };
  if (end.isCancelRequested) return { state: 'canceled', hasBackoff: false };
  if (end.outcome === 'rejected') return { state: 'failed', hasBackoff: false };
  if (end.outcome === 'lapsed' || end.outcome === 'given_back') {
    return { state: end.attemptsStarted >= end.maxAttempts ? 'dead_letter' : 'queued', hasBackoff: false };
  }
  if (end.outcome === 'budget_exhausted') return { state: 'failed', hasBackoff: false };
  if (end.outcome === 'failed' && end.exitCode !== null && end.finalExitCodes.includes(end.exitCode)) {
    return { state: 'failed', hasBackoff: false };
  }
  if (end.attemptsStarted >= end.maxAttempts) return { state: 'dead_letter', hasBackoff: false };
  return { state: 'queued', hasBackoff: true };
}
