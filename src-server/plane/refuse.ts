import type { PlaneEvent } from '../contract/events.ts';
import type { EntryActor } from '../ledger/entry.ts';
import type { JobRow } from '../state/queries/jobs.ts';
import { decided, plainAnswer } from './decided.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';

/** The record and the end of a job that is refused: a result with its reason, not an error. */
export const refusedEvents = (engine: Engine, job: JobRow, code: string, sentence: string): PlaneEvent[] => [
  decided(engine, { job_id: job.jobId, supersedes: null }, plainAnswer(engine, 'refused', sentence)),
  { type: 'job.state', body: { job_id: job.jobId, state: 'refused', hold: null, reason: code, sentence } },
];

/** Refuses a job that has no lease. A question that was open on it expires. */
export function refuseJob(
  engine: Engine,
  job: JobRow,
  code: string,
  sentence: string,
  actor: EntryActor = PLANE_ACTOR,
  approvalId: string | null = null,
): void {
  const expired: PlaneEvent[] =
    approvalId === null
      ? []
      : [{ type: 'approval.expired', body: { approval_id: approvalId, job_id: job.jobId, cause: 'ended' } }];
  engine.emit(actor, [...expired, ...refusedEvents(engine, job, code, sentence)], {}, job);
}
