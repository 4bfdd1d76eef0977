import type { Clock } from '../clock.ts';
import type { JobProcesses } from '../executors/executor.ts';
import type { JobPod } from './job-pod.ts';
import { helper, SAY_SCRIPT } from './pod-scripts.ts';

const POLL_MS = 100;
/** After its pod was told to kill them, processes that are still there are ended by the cluster itself. */
const AFTER_KILL_MS = 5_000;
/** Outputs may be on their way when the end is asked for. */
const REMOVED_LIMIT_MS = 10 * 60_000;
/** The job's first process, as its pod numbers it. */
const FIRST_PROCESS = 1;

/** The processes of one pod, told what to do by the container beside them. */
export class PodProcesses implements JobProcesses {
  #killAtMonoMs = Number.POSITIVE_INFINITY;
  #killing: Promise<number[]> | null = null;
  #isEnded = false;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param ended resolves when no process of the job is left.
   * @param removed resolves with whether the pod was seen to be gone.
   */
  constructor(
    private readonly pod: JobPod,
    private readonly clock: Clock,
    ended: Promise<unknown>,
    private readonly removed: Promise<boolean>,
  ) {
    void ended.then(() => {
      this.#isEnded = true;
    });
  }

  freeze(): void {
    this.#say('stop');
  }

  thaw(): void {
    this.#say('continue');
  }

  kill(graceMs: number): Promise<number[]> {
    this.#killAtMonoMs = Math.min(this.#killAtMonoMs, this.clock.now().monoMs + graceMs);
    this.#killing ??= this.#kill();
    return this.#killing;
  }

  /** One word after the other. A pod that does not hear is deleted in the end. */
  #say(word: string): void {
    this.#last = this.#last.then(() => this.pod.run(helper(SAY_SCRIPT, word))).catch(() => undefined);
  }

  async #until(monoMs: () => number): Promise<void> {
    while (!this.#isEnded && this.clock.now().monoMs < monoMs()) await this.clock.sleep(POLL_MS);
  }

  async #kill(): Promise<number[]> {
    if (!this.#isEnded) {
      this.#say('continue');
      if (this.clock.now().monoMs < this.#killAtMonoMs) this.#say('term');
      await this.#until(() => this.#killAtMonoMs);
    }
    if (!this.#isEnded) {
      this.#say('kill');
      const giveUpAtMonoMs = this.clock.now().monoMs + AFTER_KILL_MS;
      await this.#until(() => giveUpAtMonoMs);
    }
    if (!this.#isEnded && !(await this.pod.remove())) return [FIRST_PROCESS];
    const waited = new AbortController();
    const limit = this.clock.sleep(REMOVED_LIMIT_MS, waited.signal).then(() => false);
    const isGone = await Promise.race([this.removed, limit]);
    waited.abort();
    return isGone ? [] : [FIRST_PROCESS];
  }
}
