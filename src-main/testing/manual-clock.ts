import type { AppClock } from '../app/clock.ts';

/** A clock that stands still until a test moves it. */
export class ManualClock implements AppClock {
  #nowMs = 0;
  #timers: { atMs: number; run: () => void }[] = [];

  monoMs(): number {
    return this.#nowMs;
  }

  instant(): string {
    return '2026-01-01T00:00:00.000Z';
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves on by `ms` and runs what falls due, in its order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#nowMs = due.atMs;
      due.run();
    }
    this.#nowMs = endMs;
  }

  /** Milliseconds until the next timer, or null where none is set. */
  nextInMs(): number | null {
    if (this.#timers.length === 0) return null;
    return Math.min(...this.#timers.map((timer) => timer.atMs)) - this.#nowMs;
  }
}
