import type { Clock, Timers } from '../plane/clock.ts';

interface Due {
  atMs: number;
  order: number;
  run: () => void;
}

/**
 * Time that moves only when it is told to. Both clocks start at the given moment; a scenario may set the wall clock apart,
 * as a sleep or a person would.
 */
export class VirtualClock implements Clock, Timers {
  private nowMs = 0;
  private wallOffsetMs: number;
  private readonly due: Due[] = [];
  private readonly turn: (() => void)[] = [];
  private order = 0;

  /** @param endsTurns a turn that nobody settles ends by itself: for a plane that is also read from outside of its story. */
  constructor(
    startWallMs: number,
    private readonly endsTurns = false,
  ) {
    this.wallOffsetMs = startWallMs;
  }

  monoMs(): number {
    return this.nowMs;
  }

  wallMs(): number {
    return this.nowMs + this.wallOffsetMs;
  }

  /** Sets the wall clock apart from the monotonic one. */
  jumpWall(ms: number): void {
    this.wallOffsetMs += ms;
  }

  after(ms: number, run: () => void): () => void {
    const item = { atMs: this.nowMs + ms, order: this.order++, run };
    this.due.push(item);
    return () => {
      const at = this.due.indexOf(item);
      if (at >= 0) this.due.splice(at, 1);
    };
  }

  every(ms: number, run: () => void): () => void {
    let cancel = (): void => undefined;
    const again = (): void => {
      cancel = this.after(ms, again);
      run();
    };
    cancel = this.after(ms, again);
    return () => cancel();
  }

  /** Runs at the end of the current turn, which `settle` marks. */
  soon(run: () => void): void {
    this.turn.push(run);
    if (this.endsTurns && this.turn.length === 1) queueMicrotask(() => this.endTurn());
  }

  private endTurn(): void {
    for (let run = this.turn.shift(); run !== undefined; run = this.turn.shift()) run();
  }

  /** Runs what was put off to the end of the turn, and lets promises resolve, until nothing is left. */
  async settle(): Promise<void> {
    do {
      this.endTurn();
      // Several hops: a released answer resolves a promise that resolves another.
      for (let hop = 0; hop < 8; hop++) await Promise.resolve();
    } while (this.turn.length > 0);
  }

  /** Moves time on by `ms`, running each timer at its own moment. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await this.settle();
    for (;;) {
      const next = this.due.filter((d) => d.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
      if (next === undefined) break;
      this.due.splice(this.due.indexOf(next), 1);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
      await this.settle();
    }
    this.nowMs = untilMs;
  }
}
