import type { ActionItem } from '../../contract/agent.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import type { Engine } from '../engine.ts';
import { entriesOfJob } from '../evidence/job-story.ts';

/** Every recorded call of a job's attempts, oldest first. */
export const actionsOf = (engine: Engine, row: JobRow): ActionItem[] =>
  entriesOfJob(engine, row.lastSeq).flatMap(({ seq, at, events }) =>
    events.flatMap((event) => {
      if (event.type !== 'attempt.action') return [];
      const { job_id: _, ...action } = event.body;
      return [{ ...action, seq, at }];
    }),
  );
