import { type Clock, systemClock } from '../../src-server/plane/clock.ts';

/** The system's clocks, moved by a test. */
export class MovableClock implements Clock {
  private monoOffsetMs = 0;
  private wallOffsetMs = 0;

  monoMs(): number {
    return systemClock.monoMs() + this.monoOffsetMs;
  }

  wallMs(): number {
    return systemClock.wallMs() + this.wallOffsetMs;
  }

  /** Time passes: both clocks move together, so nothing looks like a jump. */
  advance(ms: number): void {
    this.monoOffsetMs += ms;
    this.wallOffsetMs += ms;
  }

  /** Somebody sets the wall clock. */
  setWall(byMs: number): void {
    this.wallOffsetMs += byMs;
  }
}
