import { type JobRow, jobBySeq } from '../../state/queries/jobs.ts';
import { newestJobsOfWu } from '../../state/queries/sdk.ts';
import type { Engine } from '../engine.ts';
import { explainJob } from '../views/explain-view.ts';

export interface SdkAssignment {
  wu_id: string;
  action: 'claim' | 'continue' | 'abort';
  hint?: string;
}

const STOPS: ReadonlySet<JobRow['state']> = new Set(['canceled', 'refused', 'failed', 'dead_letter']);

/**
 * What an SDK client should do about its WU, as the routing decides on the jobs of that WU: go on while one of them runs,
 * take it up when one could be placed now, leave it when it was stopped or refused.
 * @returns null when there is nothing to say: no job, or one that waits.
 */
export function assignmentOf(engine: Engine, wuId: string | null): SdkAssignment | null {
  if (wuId === null) return null;
  const { hot, state } = engine;
  const rows = hot.sdk
    .jobs(wuId, (limit) => newestJobsOfWu(state.db, wuId, limit))
    .map((seq) => jobBySeq(state.db, seq))
    .filter((row) => row !== undefined);
  const say = (action: SdkAssignment['action'], hint: string | null): SdkAssignment => ({
    wu_id: wuId,
    action,
    ...(hint === null ? {} : { hint }),
  });
  const running = rows.find((r) => r.state === 'claimed' || r.state === 'running');
  if (running !== undefined)
    return hot.stopping.has(running.jobId) ? say('abort', 'It is being stopped.') : say('continue', running.why);
  for (const row of rows) {
    if (row.state !== 'queued') continue;
    const { outcome, sentence } = explainJob(engine, row);
    if (outcome === 'assigned') return say('claim', sentence);
  }
  const newest = rows.at(-1);
  return newest !== undefined && STOPS.has(newest.state) ? say('abort', newest.why) : null;
}
