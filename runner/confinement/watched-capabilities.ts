import type { Clock } from '../clock.ts';
import type { Capabilities } from './capabilities.ts';

/** A boundary can vanish while a runner runs: a package removed, a kernel setting changed. */
const PROBE_EVERY_MS = 600_000;

/** What this source can enforce, tried again every ten minutes while it is watched. */
export class WatchedCapabilities {
  #now: Capabilities;
  #isProbing = false;
  #stop: () => void = () => undefined;

  constructor(
    first: Capabilities,
    private readonly probe: (isFresh: boolean) => Promise<Capabilities>,
    private readonly clock: Clock,
    private readonly onChange: (now: Capabilities) => void,
  ) {
    this.#now = first;
  }

  now(): Capabilities {
    return this.#now;
  }

  start(): void {
    this.#stop = this.clock.every(PROBE_EVERY_MS, () => this.#again(false));
  }

  /** Tries now, and trusts nothing that was found before. */
  tryAgain(): void {
    this.#again(true);
  }

  stop(): void {
    this.#stop();
  }

  #again(isFresh: boolean): void {
    if (this.#isProbing) return;
    this.#isProbing = true;
    void this.#look(isFresh).finally(() => {
      this.#isProbing = false;
    });
  }

  async #look(isFresh: boolean): Promise<void> {
    // A probe that fails proves nothing: what was seen to work stays, and a job that needs it fails by itself.
    const found = await this.probe(isFresh).catch(() => this.#now);
    const isSame = JSON.stringify(found) === JSON.stringify(this.#now);
    this.#now = found;
    if (!isSame) this.onChange(found);
  }
}
