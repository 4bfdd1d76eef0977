import type { Clock } from '../plane/clock.ts';

const ADDRESSES_KEPT = 10_000;

/** Counts per address in windows of fixed length; bounded, the oldest address is forgotten first. */
export class RateLimit {
  private readonly windows = new Map<string, { count: number; startMs: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly limit: number,
    private readonly windowMs: number,
  ) {}

  /** Counts one event. @returns ms until the window ends when the limit is passed, else null. */
  note(address: string): number | null {
    const nowMs = this.clock.monoMs();
    const known = this.windows.get(address);
    if (known === undefined || nowMs - known.startMs >= this.windowMs) {
      if (this.windows.size >= ADDRESSES_KEPT) this.windows.delete(this.windows.keys().next().value as string);
      this.windows.set(address, { count: 1, startMs: nowMs });
      return null;
    }
    known.count++;
    return known.count > this.limit ? known.startMs + this.windowMs - nowMs : null;
  }
}
