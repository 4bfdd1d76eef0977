import { ProblemError } from '../../contract/problems.ts';
import type { Engine, TypedEntry } from '../engine.ts';

/** Entries that one question looks at most: more would hold up the plane. */
export const WHAT_IF_ENTRIES_MAX = 60_000;

/** A stretch of the log up to its head; the part after the range is needed to know how things were before it. */
export interface Range {
  entries: TypedEntry[];
  /** Entries of the range; those after it lie behind. */
  length: number;
  decisions: number;
}

/** Decides about a job: a grant, a refusal or a hold. */
const isDecision = (entry: TypedEntry): boolean =>
  entry.events.some((e) => e.type === 'policy.decided' && e.body.job_id !== null);

/** The newest stretch that holds this many decisions, or all there is. */
export function lastDecisions(engine: Engine, count: number): Range {
  const entries: TypedEntry[] = [];
  let decisions = 0;
  for (let seq = engine.nextSeq - 1; seq >= 0 && decisions < count && entries.length < WHAT_IF_ENTRIES_MAX; seq--) {
    const entry = engine.entry(seq);
    if (isDecision(entry)) decisions++;
    entries.push(entry);
  }
  entries.reverse();
  return { entries, length: entries.length, decisions };
}

/** Everything from one moment to another, by the wall clock of the entries. @throws ProblemError `field.invalid` when it is too much. */
export function between(engine: Engine, from: string, to: string): Range {
  const entries: TypedEntry[] = [];
  for (let seq = engine.nextSeq - 1; seq >= 0; seq--) {
    const entry = engine.entry(seq);
    if (entry.at < from) break;
    entries.push(entry);
    if (entries.length > WHAT_IF_ENTRIES_MAX)
      throw new ProblemError(
        'field.invalid',
        `More than ${WHAT_IF_ENTRIES_MAX} entries came since then. Ask for less.`,
        {
          errors: [{ pointer: '/from', message: 'lies too far back' }],
        },
      );
  }
  entries.reverse();
  let length = entries.length;
  while (length > 0 && (entries[length - 1] as TypedEntry).at > to) length--;
  return { entries, length, decisions: entries.slice(0, length).filter(isDecision).length };
}
