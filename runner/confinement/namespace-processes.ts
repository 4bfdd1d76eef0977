import type { Clock } from '../clock.ts';
import type { JobProcesses } from '../executors/executor.ts';
import { isAlive, processTable } from '../proc-table.ts';

const POLL_MS = 100;
const AFTER_KILL_MS = 5_000;

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone between the look and the signal.
  }
}

/**
 * The processes of a PID namespace, seen from outside. Its first process holds all others: whoever loses a parent falls to
 * it, and when it is killed the kernel ends every one, however fast they fork.
 */
export class NamespaceProcesses implements JobProcesses {
  #killAtMonoMs = Number.POSITIVE_INFINITY;
  #killing: Promise<number[]> | null = null;

  /** @param outer pid of bubblewrap itself. @param init pid, outside, of the namespace's first process. */
  constructor(
    private readonly outer: number,
    private readonly init: number,
    private readonly clock: Clock,
  ) {}

  /** Everything below the first process. */
  members(): number[] {
    const table = processTable();
    const inside = new Set([this.init]);
    for (let grew = true; grew; ) {
      grew = false;
      for (const { pid, parent } of table) {
        if (inside.has(pid) || !inside.has(parent)) continue;
        inside.add(pid);
        grew = true;
      }
    }
    inside.delete(this.init);
    return [...inside];
  }

  freeze(): void {
    this.#all('SIGSTOP');
    this.#all('SIGSTOP');
  }

  thaw(): void {
    this.#all('SIGCONT');
  }

  kill(graceMs: number): Promise<number[]> {
    this.#killAtMonoMs = Math.min(this.#killAtMonoMs, this.clock.now().monoMs + graceMs);
    this.#killing ??= this.#kill();
    return this.#killing;
  }

  #all(name: NodeJS.Signals): void {
    for (const pid of this.members()) signal(pid, name);
  }

  async #kill(): Promise<number[]> {
    if (this.clock.now().monoMs < this.#killAtMonoMs) {
      this.#all('SIGTERM');
      this.#all('SIGCONT');
    }
    while (isAlive(this.init) && this.clock.now().monoMs < this.#killAtMonoMs) await this.clock.sleep(POLL_MS);
    const giveUpAtMonoMs = this.clock.now().monoMs + AFTER_KILL_MS;
    while (isAlive(this.init) || isAlive(this.outer)) {
      if (this.clock.now().monoMs > giveUpAtMonoMs) return [this.init, ...this.members()];
      signal(this.init, 'SIGKILL');
      // Bubblewrap passes on the end of what it holds; should it hang, it is ended too.
      if (!isAlive(this.init)) signal(this.outer, 'SIGKILL');
      await this.clock.sleep(POLL_MS / 5);
    }
    return [];
  }
}
