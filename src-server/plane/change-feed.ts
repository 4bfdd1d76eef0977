import { STREAM_BACKLOG_ENTRIES } from '../contract/limits.ts';
import type { AppliedEntry } from '../state/entry-view.ts';
import type { Engine } from './engine.ts';

/** One entry as the stream tells it; rows are built by whoever writes it out, from the state of that moment. */
export interface Change {
  seq: number;
  at: string;
  types: string[];
  ref: Readonly<Record<string, string | number>>;
  jobIds: string[];
  sourceIds: string[];
  leaseIds: string[];
  approvalIds: string[];
  /** Budget scopes whose sums moved. */
  scopes: string[];
}
type Listener = (change: Change | 'reset' | 'close') => void;

/**
 * Who listens, and what they have missed. A listener hears of an entry only once it is on disk; while nobody listens, nothing
 * is kept: the log tells what there was.
 */
export class ChangeFeed {
  private readonly listeners = new Set<Listener>();
  /** Entries that the listeners have not heard of yet, oldest first. */
  private pending: AppliedEntry[] = [];
  private isWaiting = false;
  /** Before this entry lies another start, or a state that was dropped: what lived only in memory then is gone without a trace. */
  private knownFrom: number;

  constructor(private readonly engine: Engine) {
    this.knownFrom = engine.nextSeq;
    engine.observers.push((entry) => this.note(entry));
  }

  /** Changes after `seq` that a listener of now will not be told of, oldest first; null when that is too far back and the client has to fetch again. */
  after(seq: number): Change[] | null {
    const { engine } = this;
    const end = Math.min(this.pending[0]?.seq ?? Number.POSITIVE_INFINITY, engine.commit.durableSeq);
    if (seq + 1 < Math.max(this.knownFrom, end - STREAM_BACKLOG_ENTRIES)) return null;
    const changes: Change[] = [];
    for (let at = seq + 1; at < end; at++) changes.push(changeOf(engine.entry(at)));
    return changes;
  }

  listen(listener: Listener): () => void {
    if (this.listeners.size === 0) this.takeStaged();
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.pending = [];
    };
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** The state was read again from the disk: what was told since is no longer sure. */
  reset(): void {
    this.pending = [];
    this.knownFrom = this.engine.nextSeq;
    for (const listener of [...this.listeners]) listener('reset');
  }

  close(): void {
    for (const listener of [...this.listeners]) listener('close');
    this.listeners.clear();
  }

  private note(entry: AppliedEntry): void {
    if (this.listeners.size === 0) return;
    this.pending.push(entry);
    this.wait();
  }

  /** What was written before the first one came, and is not on disk yet, is news to it. */
  private takeStaged(): void {
    const { engine } = this;
    for (let seq = engine.commit.durableSeq; seq < engine.nextSeq; seq++) this.pending.push(engine.entry(seq));
    this.wait();
  }

  /** Tells once the oldest of what is pending is on disk. */
  private wait(): void {
    const [next] = this.pending;
    if (next === undefined || this.isWaiting) return;
    this.isWaiting = true;
    this.engine.durable(next.seq).then(
      () => this.release(),
      () => {
        this.isWaiting = false;
      },
    );
  }

  private release(): void {
    this.isWaiting = false;
    const durable = this.engine.commit.durableSeq;
    const ready = this.pending.filter((entry) => entry.seq < durable);
    this.pending = this.pending.filter((entry) => entry.seq >= durable);
    for (const entry of ready) {
      const change = changeOf(entry);
      for (const listener of [...this.listeners]) listener(change);
    }
    this.wait();
  }
}

const LISTS = [
  ['job_id', 'jobIds'],
  ['source_id', 'sourceIds'],
  ['lease_id', 'leaseIds'],
  ['approval_id', 'approvalIds'],
  ['scope', 'scopes'],
] as const;

function changeOf(entry: AppliedEntry): Change {
  const change: Change = {
    seq: entry.seq,
    at: entry.at,
    types: entry.events.map((e) => e.type),
    ref: entry.ref,
    jobIds: [],
    sourceIds: [],
    leaseIds: [],
    approvalIds: [],
    scopes: [],
  };
  for (const { body } of entry.events) {
    const fields = body as Record<string, unknown>;
    for (const [field, list] of LISTS) {
      const id = fields[field];
      if (typeof id === 'string' && !change[list].includes(id)) change[list].push(id);
    }
  }
  if (typeof entry.ref.source === 'string' && !change.sourceIds.includes(entry.ref.source))
    change.sourceIds.push(entry.ref.source);
  return change;
}
