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

/** The newest changes, and who listens. A listener hears of an entry only once it is on disk. */
export class ChangeFeed {
  private readonly changes: Change[] = [];
  private readonly listeners = new Set<Listener>();
  private pending: Change[] = [];
  private isWaiting = false;

  constructor(private readonly engine: Engine) {
    engine.observers.push((entry) => this.note(entry));
  }

  /** Changes after `seq`, oldest first; null when that is too far back and the client has to fetch again. */
  after(seq: number): Change[] | null {
    const oldest = this.changes[0]?.seq ?? this.engine.nextSeq;
    if (seq + 1 < oldest) return seq + 1 >= this.engine.nextSeq ? [] : null;
    return this.changes.filter((c) => c.seq > seq);
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** The state was read again from the disk: what was told since is no longer sure. */
  reset(): void {
    this.changes.length = 0;
    this.pending = [];
    for (const listener of [...this.listeners]) listener('reset');
  }

  close(): void {
    for (const listener of [...this.listeners]) listener('close');
    this.listeners.clear();
  }

  private note(entry: AppliedEntry): void {
    this.pending.push(changeOf(entry));
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.engine.durable(entry.seq).then(
      () => this.release(),
      () => {
        this.isWaiting = false;
      },
    );
  }

  private release(): void {
    this.isWaiting = false;
    const durable = this.engine.commit.durableSeq;
    const ready = this.pending.filter((c) => c.seq < durable);
    this.pending = this.pending.filter((c) => c.seq >= durable);
    for (const change of ready) {
      this.changes.push(change);
      for (const listener of [...this.listeners]) listener(change);
    }
    if (this.changes.length > STREAM_BACKLOG_ENTRIES * 1.1)
      this.changes.splice(0, this.changes.length - STREAM_BACKLOG_ENTRIES);
    const next = this.pending[0];
    if (next !== undefined && !this.isWaiting) {
      this.isWaiting = true;
      this.engine.durable(next.seq).then(
        () => this.release(),
        () => {
          this.isWaiting = false;
        },
      );
    }
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
