import type { ExportRequest } from '../../contract/evidence-export.ts';
import { ProblemError } from '../../contract/problems.ts';
import { listJobs } from '../../state/queries/jobs.ts';
import type { Engine } from '../engine.ts';
import { entriesOfJob } from './job-story.ts';

/** What was asked for, as entries. */
export interface Selection {
  kind: 'job' | 'wu' | 'range' | 'all';
  /** A job's id, a work unit, `from-to`, or `all`. */
  subject: string;
  /** In words, for README.txt. */
  about: string;
  /** Ascending, never empty. */
  seqs: number[];
}

/** @throws ProblemError `not_found` for a job or work unit that is not here, `field.invalid` for an empty range. */
export function selectEntries(engine: Engine, request: ExportRequest): Selection {
  const { nextSeq } = engine;
  if ('job_id' in request) {
    const job = engine.job(request.job_id);
    const seqs = entriesOfJob(engine, job.lastSeq).map((e) => e.seq);
    return { kind: 'job', subject: job.jobId, about: `Every entry that speaks of the job ${job.jobId}.`, seqs };
  }
  if ('wu_id' in request) return selectWu(engine, request.wu_id);
  if ('all' in request)
    return {
      kind: 'all',
      subject: 'all',
      about: 'The whole log, up to the moment of the export.',
      seqs: range(0, nextSeq - 1),
    };
  const { from, to } = request;
  if (from > to || from >= nextSeq)
    throw new ProblemError('field.invalid', `Choose a range within 0 and ${nextSeq - 1}.`, {
      errors: [{ pointer: from > to ? '/to' : '/from', message: 'names no entry' }],
    });
  const last = Math.min(to, nextSeq - 1);
  return {
    kind: 'range',
    subject: `${from}-${last}`,
    about: `The entries ${from} to ${last}.`,
    seqs: range(from, last),
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

function selectWu(engine: Engine, wuId: string): Selection {
  const jobs = listJobs(engine.state.db, { wuId, limit: Number.MAX_SAFE_INTEGER });
  if (jobs.length === 0) throw new ProblemError('not_found', `There is no job of ${wuId} in this workspace.`);
  const seqs = new Set(jobs.flatMap((job) => entriesOfJob(engine, job.lastSeq).map((e) => e.seq)));
  return {
    kind: 'wu',
    subject: wuId,
    about: `Every entry that speaks of a job of ${wuId}.`,
    seqs: [...seqs].sort((a, b) => a - b),
  };
}
