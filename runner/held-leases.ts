import type { Clock } from './clock.ts';
import type { HeldLease } from './held-lease.ts';

/** How often the guards look at the clocks: well under a quarter of the smallest TTL (5 s). */
const TICK_MS = 250;

/** The started leases of this process, with the timer that drives their guards. */
export class HeldLeases {
  readonly #byId = new Map<string, HeldLease>();
  readonly #watchers = new Set<() => void>();
  #stopTicking: (() => void) | null = null;

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.#byId.size;
  }

  /** The leases that are still worth renewing. */
  living(): HeldLease[] {
    return [...this.#byId.values()].filter((lease) => !lease.isLost);
  }

  find(leaseId: string): HeldLease | undefined {
    return this.#byId.get(leaseId);
  }

  add(lease: HeldLease): void {
    this.#byId.set(lease.leaseId, lease);
    this.#stopTicking ??= this.clock.every(TICK_MS, () => {
      for (const held of this.#byId.values()) held.tick();
    });
    this.#tell();
  }

  remove(lease: HeldLease): void {
    this.#byId.delete(lease.leaseId);
    if (this.#byId.size === 0) {
      this.#stopTicking?.();
      this.#stopTicking = null;
    }
    this.#tell();
  }

  /** Calls `watcher` after each change of the set; the returned function ends it. */
  onChange(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
