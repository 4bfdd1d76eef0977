import { readFileSync, rmSync } from 'node:fs';
import type { Clock } from './clock.ts';
import { writeWhole } from './state-dir.ts';

const KEPT_MS = 3_600_000;

interface Kept<T> {
  v: 1;
  wallMs: number;
  /** What the finding depends on, as it was then. */
  ground: string;
  finding: T;
}

/**
 * Something that was found to hold, kept in the state directory for an hour, because to try it takes a while of each
 * start. Only what held is kept, and only as long as what it depends on is the same.
 */
export class KeptFinding<T extends object> {
  constructor(
    private readonly path: string,
    private readonly clock: Clock,
    private readonly ground: () => string,
    private readonly holds: (finding: T) => boolean,
  ) {}

  /** The kept finding while it holds good, else what `probe` finds now. @param isFresh always tries. */
  async find(probe: () => Promise<T>, isFresh: boolean): Promise<T> {
    const ground = this.ground();
    const kept = isFresh ? null : this.#read(ground);
    if (kept !== null) return kept;
    const finding = await probe();
    try {
      if (!this.holds(finding)) rmSync(this.path, { force: true });
      else {
        const file: Kept<T> = { v: 1, wallMs: this.clock.now().wallMs, ground, finding };
        writeWhole(this.path, JSON.stringify(file));
      }
    } catch {
      // A state directory that is not there yet or is full: the next start tries again.
    }
    return finding;
  }

  #read(ground: string): T | null {
    try {
      const kept = JSON.parse(readFileSync(this.path, 'utf8')) as Kept<T>;
      const ageMs = this.clock.now().wallMs - kept.wallMs;
      const isGood = kept.v === 1 && kept.ground === ground && ageMs >= 0 && ageMs < KEPT_MS;
      return isGood && this.holds(kept.finding) ? kept.finding : null;
    } catch {
      // None, or one that is damaged.
      return null;
    }
  }
}
