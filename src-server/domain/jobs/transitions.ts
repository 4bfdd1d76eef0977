import { type JobState, TERMINAL_JOB_STATES } from '../../contract/terms.ts';
import type { TransitionTable } from '../transition-table.ts';

/** A run that asks for approval midway stays `running`; `retry` makes a new job and is no transition. */
export const JOB_TRANSITIONS: TransitionTable<JobState> = {
  queued: ['claimed', 'held', 'canceled', 'refused'],
  held: ['queued', 'canceled', 'refused'],
  claimed: ['running', 'queued', 'failed', 'canceled', 'dead_letter'],
  running: ['succeeded', 'failed', 'canceled', 'queued', 'dead_letter'],
  succeeded: [],
  failed: [],
  canceled: [],
  refused: [],
  dead_letter: [],
};

const TERMINAL = new Set<JobState>(TERMINAL_JOB_STATES);
/** A terminal job never changes. */
export const isTerminal = (state: JobState): boolean => TERMINAL.has(state);
