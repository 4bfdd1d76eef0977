import type { Chance } from './ids.ts';

/** How the waits between tries grow; both in milliseconds. */
export interface BackoffLimits {
  baseMs: number;
  capMs: number;
}

/** Waits between tries: full jitter of min(cap, base · 2ⁿ), so that many runners never return in step. */
export class Backoff {
  #tries = 0;

  constructor(
    private readonly limits: BackoffLimits,
    private readonly chance: Chance,
  ) {}

  /** Milliseconds to wait before the next try; at least a tenth of the base, so that a loop never spins. */
  nextMs(): number {
    const { baseMs, capMs } = this.limits;
    const ceilingMs = Math.min(capMs, baseMs * 2 ** Math.min(this.#tries, 30));
    this.#tries += 1;
    return Math.max(Math.ceil(baseMs / 10), Math.floor(this.chance.fraction() * ceilingMs));
  }

  /** Call after a success: the next failure starts small again. */
  reset(): void {
    this.#tries = 0;
  }
}
