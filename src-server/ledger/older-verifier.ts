import { ChainVerifier } from './chain.ts';
import { LedgerDamagedError } from './errors.ts';
import type { FileLine } from './line-splitter.ts';
import type { SegmentStore } from './segment-store.ts';

/** Between two looks at the clock; about 1 ms of work. */
const LINES_PER_LOOK = 256;

/**
 * Verifies the closed segments below a part of the log that is verified already: newest segment first, each from its
 * first line to its last, in slices of time. The hash that the segment above holds as its first `prev` ties them together.
 */
export class OlderVerifier {
  readonly #store: SegmentStore;
  readonly #nowMs: () => number;
  #position: number;
  #headAbove: string | null;
  #current: { lines: Iterator<FileLine>; verifier: ChainVerifier } | null = null;
  #damage: LedgerDamagedError | null = null;

  /**
   * @param verifiedPosition the oldest segment that is verified already.
   * @param headAbove `prev` of its first entry; null when it has none.
   * @param nowMs monotonic clock in milliseconds.
   */
  constructor(store: SegmentStore, verifiedPosition: number, headAbove: string | null, nowMs: () => number) {
    this.#store = store;
    this.#position = verifiedPosition - 1;
    this.#headAbove = headAbove;
    this.#nowMs = nowMs;
  }

  get damage(): LedgerDamagedError | null {
    return this.#damage;
  }
  get isDone(): boolean {
    return this.#position < 0 || this.#damage !== null;
  }
  /** Entries from this seq on are verified. */
  get verifiedFrom(): number {
    return this.#store.segments[this.#position + 1]?.firstSeq ?? 0;
  }

  /** Goes on for about `budgetMs`. True when nothing is left to do or damage was found. */
  step(budgetMs: number): boolean {
    const end = this.#nowMs() + budgetMs;
    while (!this.isDone) {
      this.#slice();
      if (this.#nowMs() >= end) break;
    }
    return this.isDone;
  }

  /** Frees the file that is being read. */
  close(): void {
    this.#current?.lines.return?.();
    this.#current = null;
  }

  #slice(): void {
    this.#current ??= {
      lines: this.#store.linesOf(this.#position),
      verifier: new ChainVerifier(this.#store.segments[this.#position]!.firstSeq),
    };
    const { lines, verifier } = this.#current;
    for (let i = 0; i < LINES_PER_LOOK; i++) {
      const next = lines.next();
      if (next.done || !next.value.isTerminated || !verifier.push(next.value.line)) {
        this.#endSegment(verifier);
        return;
      }
    }
  }

  #endSegment(verifier: ChainVerifier): void {
    this.close();
    const above = this.#store.segments[this.#position + 1]!.firstSeq;
    const fault = verifier.finish();
    if (fault !== null) {
      this.#damage = new LedgerDamagedError(fault.seq, fault.reason);
    } else if (verifier.nextSeq !== above) {
      this.#damage = new LedgerDamagedError(
        Math.min(verifier.nextSeq, above - 1),
        'its segment and the next do not meet',
      );
    } else if (this.#headAbove !== null && verifier.headHash !== this.#headAbove) {
      this.#damage = new LedgerDamagedError(above - 1, 'its hash is not the one that the next entry holds');
    } else {
      this.#headAbove = verifier.firstPrev;
      this.#position--;
    }
  }
}
