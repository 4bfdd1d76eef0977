import type { Clock } from '../plane/clock.ts';

/** A body of JSON that is not there after this long keeps a connection for nothing. */
const BODY_WITHIN_MS = 60_000;

/** Bodies that are being read. Looked through now and then: a timer for each would cost more than reading most of them. */
export class BodyDeadlines {
  private readonly open = new Map<() => void, number>();

  constructor(private readonly clock: Clock) {}

  /** @param late called once when the body took too long. */
  begin(late: () => void): void {
    this.open.set(late, this.clock.monoMs() + BODY_WITHIN_MS);
  }

  end(late: () => void): void {
    this.open.delete(late);
  }

  sweep(): void {
    const nowMs = this.clock.monoMs();
    for (const [late, deadlineMs] of this.open) {
      // They stand in the order in which they began.
      if (deadlineMs > nowMs) return;
      this.open.delete(late);
      late();
    }
  }
}
