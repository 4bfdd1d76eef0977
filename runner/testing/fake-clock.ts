import type { Clock, Reading } from '../clock.ts';

interface Timer {
  atMonoMs: number;
  run: () => void;
  everyMs: number | null;
}

/** A clock that a test moves. Monotonic and wall time go together unless `sleepThrough` moves the wall alone. */
export class FakeClock implements Clock {
  #monoMs = 1_000;
  #wallMs = 1_800_000_000_000;
  #timers = new Set<Timer>();

  now(): Reading {
    return { monoMs: this.#monoMs, wallMs: this.#wallMs };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.after(ms, resolve);
      if (signal?.aborted) resolve();
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }

  after(ms: number, run: () => void): () => void {
    return this.#add({ atMonoMs: this.#monoMs + ms, run, everyMs: null });
  }

  every(ms: number, run: () => void): () => void {
    return this.#add({ atMonoMs: this.#monoMs + ms, run, everyMs: ms });
  }

  /** Moves both clocks, running what comes due in its order, with what it leads to. */
  async advance(ms: number): Promise<void> {
    const endMonoMs = this.#monoMs + ms;
    for (;;) {
      await this.settle();
      const next = [...this.#timers].sort((a, b) => a.atMonoMs - b.atMonoMs)[0];
      if (next === undefined || next.atMonoMs > endMonoMs) break;
      this.#moveTo(Math.max(next.atMonoMs, this.#monoMs));
      if (next.everyMs === null) this.#timers.delete(next);
      else next.atMonoMs += next.everyMs;
      next.run();
    }
    this.#moveTo(endMonoMs);
    await this.settle();
  }

  /** Wall time alone goes on, as in a suspended machine. */
  sleepThrough(ms: number): void {
    this.#wallMs += ms;
  }

  /** Both clocks go on and no timer runs, as in a process that is stopped. */
  stopFor(ms: number): void {
    this.#moveTo(this.#monoMs + ms);
  }

  /** Lets everything that waits on resolved promises run. */
  async settle(): Promise<void> {
    for (let i = 0; i < 5; i += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #moveTo(monoMs: number): void {
    this.#wallMs += monoMs - this.#monoMs;
    this.#monoMs = monoMs;
  }
}
