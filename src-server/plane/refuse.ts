import type { EntryActor } from '../ledger/entry.ts';
import type { JobRow } from '../state/queries/jobs.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';

/** Refuses a job that has no lease: a result with its reason, not an error. A question that was open on it expires. */
export function refuseJob(
  engine: Engine,
  job: JobRow,
  code: string,
  sentence: string,
  actor: EntryActor = PLANE_ACTOR,
  approvalId: string | null = null,
): void {
  engine.emit(
    actor,
    [
      {
        type: 'policy.decided',
        body: {
          decision_id: engine.ids.make('decision'),
          job_id: job.jobId,
          outcome: 'refused',
          source_id: null,
          sentence,
          policy_version: engine.hot.policy.version,
          compute_class: null,
          candidates: [],
          budget: null,
          crossing: null,
          supersedes: null,
        },
      },
      ...(approvalId === null
        ? []
        : [{ type: 'approval.expired' as const, body: { approval_id: approvalId, job_id: job.jobId } }]),
      { type: 'job.state', body: { job_id: job.jobId, state: 'refused', hold: null, reason: code, sentence } },
    ],
    {},
    job,
  );
}
