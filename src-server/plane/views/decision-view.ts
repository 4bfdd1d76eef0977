import type { BudgetCheck, DecisionRecord } from '../../contract/decision.ts';
import type { DecisionBody, StoredCheck } from '../../contract/events.ts';
import { isTerminal } from '../../domain/jobs/transitions.ts';
import type { JobRow } from '../../state/queries/jobs.ts';
import type { Engine, TypedEntry } from '../engine.ts';
import { historyOf } from './history.ts';
import { keyOfCursor, pageOf } from './page.ts';
import { replayPath } from './replay-path.ts';

/** Bucket answers that are followed at most. */
const ANSWERS_MAX = 200;

/** The record of an entry, with the number that people read; null when the entry decides nothing. */
export function decisionOfEntry(entry: TypedEntry): DecisionRecord | null {
  const event = entry.events.find((e) => e.type === 'policy.decided');
  return event?.type === 'policy.decided' ? recordOf(event.body, entry) : null;
}

export function recordOf(body: DecisionBody, entry: TypedEntry): DecisionRecord {
  const {
    bucket: _bucket,
    lot: _lot,
    answer_key: _key,
    asked: _asked,
    budget,
    crossing,
    function_version,
    ...rest
  } = body;
  return {
    ...rest,
    budget: budget === null ? null : wholeCheck(budget),
    crossing: crossing ?? null,
    function_version: function_version ?? null,
    replay_path: replayPath(entry.ws, entry.seq),
    seq: entry.seq,
    label: `D-${entry.seq}`,
    at: entry.at,
  };
}

/** With the members that stand for no limit. */
const wholeCheck = (check: StoredCheck): BudgetCheck => ({
  scope: null,
  window: null,
  limit_mcu: null,
  spent_mcu: null,
  held_mcu: null,
  missing_mcu: null,
  resets_at: null,
  ...check,
});

/** Every answer that concerned the job, newest first: its own, and those of its bucket while it waited there. */
export function decisionsView(
  engine: Engine,
  row: JobRow,
  query: { cursor?: string | undefined; limit: number },
): { items: DecisionRecord[]; next_cursor: string | null } {
  const history = historyOf(engine, row);
  const own = history.map(decisionOfEntry).filter((d): d is DecisionRecord => d !== null);
  const ranges = waits(row, history);
  const shared = [...bucketAnswers(engine, row, ranges), ...limitAnswers(engine, row, ranges, history)];
  const before = keyOfCursor(query.cursor) ?? Number.POSITIVE_INFINITY;
  const all = [...own, ...shared].filter((d) => d.seq < before).sort((a, b) => b.seq - a.seq);
  return pageOf(
    all,
    query.limit,
    (d) => d.seq,
    (d) => d,
  );
}

/** When the job was queued, as ranges of sequences; the end is exclusive, infinite while it still waits. */
function waits(row: JobRow, history: TypedEntry[]): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  let from: number | null = null;
  for (const entry of history) {
    for (const event of entry.events) {
      if (event.type === 'job.submitted' || event.type === 'job.requeued') from = entry.seq;
      const leaves = event.type === 'lease.granted' || event.type === 'job.settled' || event.type === 'job.state';
      if (leaves && from !== null) {
        ranges.push({ from, to: entry.seq });
        from = event.type === 'job.state' && event.body.state === 'queued' ? entry.seq : null;
      } else if (event.type === 'job.state' && event.body.state === 'queued') from = entry.seq;
    }
  }
  if (from !== null && !isTerminal(row.state)) ranges.push({ from, to: Number.POSITIVE_INFINITY });
  return ranges;
}

/** Answers under which the job waited for a limit: the one in force, and those that its grants name. */
function limitAnswers(
  engine: Engine,
  row: JobRow,
  ranges: { from: number; to: number }[],
  history: TypedEntry[],
): DecisionRecord[] {
  const found = new Map<number, DecisionRecord>();
  const ends = history.map((entry) => entry.ref.waited).filter((seq) => typeof seq === 'number');
  const now = engine.hot.budgets.lots.answerOf(row.seq)?.decisionSeq;
  for (const end of now === undefined ? ends : [...ends, now]) {
    let seq: number | undefined = end;
    for (let n = 0; seq !== undefined && n < ANSWERS_MAX && !found.has(seq); n++) {
      const entry: TypedEntry = engine.entry(seq);
      const record = decisionOfEntry(entry);
      if (record !== null) found.set(seq, record);
      // The first answer was given when another job began to wait; what came before it is none of this job's.
      if (!ranges.some((r) => entry.seq > r.from)) break;
      seq = typeof entry.ref.after === 'number' ? entry.ref.after : undefined;
    }
  }
  return [...found.values()];
}

function bucketAnswers(engine: Engine, row: JobRow, ranges: { from: number; to: number }[]): DecisionRecord[] {
  const answers: DecisionRecord[] = [];
  let seq: number | undefined = engine.hot.queue.bucket(row.bucket).answer?.decisionSeq;
  for (let n = 0; seq !== undefined && n < ANSWERS_MAX; n++) {
    const entry: TypedEntry = engine.entry(seq);
    const record = decisionOfEntry(entry);
    if (record !== null && ranges.some((r) => record.seq > r.from && record.seq < r.to)) answers.push(record);
    if (record !== null && record.seq < row.seq) {
      // The answer that was in force when the job joined the bucket is the first of its series.
      if (ranges.some((r) => r.from === row.seq && r.to > row.seq + 1)) answers.push(record);
      break;
    }
    seq = typeof entry.ref.after === 'number' ? entry.ref.after : undefined;
  }
  return answers;
}
