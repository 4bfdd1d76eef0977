import type { Engine } from './engine.ts';

const KEPT = 60;
/** Entries that a start looks back over to find the newest decisions. */
const LOOK_BACK = 400;

/** Sequences of the newest decisions, for the assignment stream; found again in the log at the start. */
export class RecentDecisions {
  private readonly seqs: number[] = [];

  constructor(private readonly engine: Engine) {
    this.lookBack();
    engine.observers.push((entry) => {
      if (entry.events.some((e) => e.type === 'policy.decided')) this.note(entry.seq);
    });
  }

  /** The state was read again from the disk: what was noted since is gone. */
  reset(): void {
    this.seqs.length = 0;
    this.lookBack();
  }

  private lookBack(): void {
    const { engine } = this;
    for (let seq = Math.max(0, engine.nextSeq - LOOK_BACK); seq < engine.nextSeq; seq++) {
      if (engine.entry(seq).events.some((e) => e.type === 'policy.decided')) this.note(seq);
    }
  }

  /** Newest first. */
  newest(count: number, below = Number.POSITIVE_INFINITY): number[] {
    return this.seqs
      .filter((seq) => seq < below)
      .slice(-count)
      .reverse();
  }

  private note(seq: number): void {
    this.seqs.push(seq);
    if (this.seqs.length > KEPT) this.seqs.shift();
  }
}
