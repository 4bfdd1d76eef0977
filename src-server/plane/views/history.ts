import type { JobRow } from '../../state/queries/jobs.ts';
import type { Engine, TypedEntry } from '../engine.ts';

/** Entries of one job that are followed at most; a job that has more shows its newest. */
const HISTORY_MAX = 500;

/** Every entry that speaks of the job, oldest first: each names the one before it. */
export function historyOf(engine: Engine, row: JobRow): TypedEntry[] {
  const entries: TypedEntry[] = [];
  for (let seq: number | undefined = row.lastSeq; seq !== undefined && entries.length < HISTORY_MAX; ) {
    const entry: TypedEntry = engine.entry(seq);
    // Calls of an agent are told apart: hundreds of them would hide the attempts.
    if (entry.events.every(({ type }) => type !== 'attempt.action')) entries.push(entry);
    seq = typeof entry.ref.after === 'number' ? entry.ref.after : undefined;
  }
  return entries.reverse();
}
