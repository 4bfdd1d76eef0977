import type { Clock } from '../clock.ts';
import type { Capabilities } from './capabilities.ts';

/** A boundary can vanish while a runner runs: a package removed, a kernel setting changed. */
const PROBE_EVERY_MS = 600_000;

/** What this source can enforce, tried again every ten minutes while it is watched. */
export class WatchedCapabilities {
  #now: Capabilities;
  #stop: () => void = () => undefined;

  constructor(
    first: Capabilities,
    private readonly probe: () => Promise<Capabilities>,
    private readonly clock: Clock,
    private readonly onChange: (now: Capabilities) => void,
  ) {
    this.#now = first;
  }

  now(): Capabilities {
    return this.#now;
  }

  start(): void {
    let isProbing = false;
    this.#stop = this.clock.every(PROBE_EVERY_MS, () => {
      if (isProbing) return;
      isProbing = true;
      void this.#again().finally(() => {
        isProbing = false;
      });
    });
  }

  stop(): void {
    this.#stop();
  }

  async #again(): Promise<void> {
    // A probe that fails proves nothing: what was seen to work stays, and a job that needs it fails by itself.
    const found = await this.probe().catch(() => this.#now);
    const isSame = JSON.stringify(found) === JSON.stringify(this.#now);
    this.#now = found;
    if (!isSame) this.onChange(found);
  }
}
