import { type ParsedLine, parseVerifiedEntry, upcastVerified } from '../ledger/entry.ts';
import type { LogPort } from '../ledger/log-port.ts';
import type { AppliedEntry } from '../state/entry-view.ts';
import { BULK_ENTRIES } from '../state/schema.ts';
import type { State } from '../state/state.ts';

/**
 * Brings a state up to the log, entry by entry. The caller vouches for the bytes: an entry is taken only once the chain
 * behind it was checked.
 */
export class Replay {
  private readonly from: number;
  private isLong = false;

  constructor(private readonly state: State) {
    this.from = state.head.nextSeq;
    state.beginReplay();
  }

  /** Applies an entry; one that the state holds already is passed over. @param parsed the line, where it was parsed. */
  take(seq: number, line: Buffer, parsed: ParsedLine | null = null): void {
    if (seq < this.from) return;
    if (!this.isLong && seq - this.from >= BULK_ENTRIES) {
      this.isLong = true;
      this.state.dropIndexes();
    }
    // Only the hash of the newest entry is of use: the next one names it.
    const entry = parsed === null ? parseVerifiedEntry(line) : upcastVerified(parsed);
    this.state.apply(entry as unknown as AppliedEntry, '');
  }

  /** Ends the replay; nothing is queried before. Its rows may still wait to be written: see `State.settleSome`. */
  finish(headHash: string): State {
    const { state } = this;
    state.endReplay();
    if (state.head.nextSeq > this.from) state.head.root = headHash;
    return state;
  }
}

/** The state as the log tells it: from a snapshot, or from nothing, and every entry after it. */
export function replay(log: LogPort, state: State): State {
  const run = new Replay(state);
  for (const { seq, line } of log.read(state.head.nextSeq)) run.take(seq, line);
  run.finish(log.headHash).settle();
  return state;
}
