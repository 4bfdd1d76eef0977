import { readFileSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { JobProcesses } from '../executors/executor.ts';
import { type ContainerEngine, engineStep, removeArgs } from './engine.ts';

const POLL_MS = 100;
/** After its removal was asked for, a container that is still there hangs in its engine. */
const AFTER_KILL_MS = 10_000;
const TERM_BIT = 1n << 14n;

/**
 * Whether the first process of a container has a handler for SIGTERM. Without one it ignores the signal, as the first
 * process of a namespace does, where any other would end. Null where this cannot be seen.
 */
export function listensToTerm(initPid: number): boolean | null {
  try {
    const status = readFileSync(`/proc/${initPid}/status`, 'latin1');
    const isFirst = /^NSpid:.*\s1$/m.test(status);
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1];
    return isFirst && caught !== undefined ? (BigInt(`0x${caught}`) & TERM_BIT) !== 0n : null;
  } catch {
    // Not this machine's process, or gone.
    return null;
  }
}

/** The processes of one container, ended and held by its engine. */
export class ContainerProcesses implements JobProcesses {
  #killAtMonoMs = Number.POSITIVE_INFINITY;
  #killing: Promise<number[]> | null = null;
  #isEnded = false;
  #isFrozen = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly engine: ContainerEngine,
    private readonly name: string,
    /** Of the container's first process as this machine sees it; 0 where it does not. */
    private readonly initPid: number,
    private readonly clock: Clock,
    ended: Promise<void>,
  ) {
    void ended.then(() => {
      this.#isEnded = true;
    });
  }

  freeze(): void {
    this.#isFrozen = true;
    this.#ask(['pause', this.name]);
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#ask(['unpause', this.name]);
  }

  kill(graceMs: number): Promise<number[]> {
    this.#killAtMonoMs = Math.min(this.#killAtMonoMs, this.clock.now().monoMs + graceMs);
    this.#killing ??= this.#kill();
    return this.#killing;
  }

  /** One after the other: an engine refuses to let go on what it has not stopped yet. */
  #ask(args: readonly string[]): void {
    this.#last = this.#last.then(() => engineStep(this.engine, args));
  }

  async #kill(): Promise<number[]> {
    if (!this.#isEnded && this.clock.now().monoMs < this.#killAtMonoMs) {
      if (listensToTerm(this.initPid) === false) this.#killAtMonoMs = 0;
      if (this.#isFrozen) this.thaw();
      this.#ask(['kill', '--signal', 'TERM', this.name]);
    }
    while (!this.#isEnded && this.clock.now().monoMs < this.#killAtMonoMs) await this.clock.sleep(POLL_MS);
    const giveUpAtMonoMs = this.clock.now().monoMs + AFTER_KILL_MS;
    for (;;) {
      if (this.#isFrozen) this.thaw();
      await this.#last;
      const removed = await engineStep(this.engine, removeArgs(this.engine, this.name), { limitMs: AFTER_KILL_MS });
      const isThere = removed.code !== 0 && (await exists(this.engine, this.name));
      if (!isThere) return [];
      if (this.clock.now().monoMs > giveUpAtMonoMs) return [this.initPid];
      await this.clock.sleep(POLL_MS);
    }
  }
}

const exists = async (engine: ContainerEngine, name: string): Promise<boolean> =>
  (await engineStep(engine, ['container', 'inspect', '--format', '{{.State.Status}}', name])).code === 0;
