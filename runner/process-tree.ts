import { execFile } from 'node:child_process';
import type { Clock } from './clock.ts';
import { bearsMark, isAlive, type ProcessRow, processTable, startTicksOf } from './proc-table.ts';

const POLL_MS = 100;
/** After SIGKILL a process is gone as soon as it leaves the kernel; what stays longer hangs in it. */
const AFTER_KILL_MS = 5_000;

/** By what a job's processes are found, besides their group and their parents. */
export interface TreeMark {
  /** `NAME=value` entries that the job started with and its children inherit. */
  entries: readonly string[];
  /** The attempt's directory; what works in it belongs to the attempt. */
  directory: string;
}

/** Descendants, group and session members of `root`, and processes that bear the mark; never this process. */
export function treeMembers(root: number, mark: TreeMark, table: readonly ProcessRow[]): number[] {
  const members = new Set<number>();
  for (const row of table) {
    if (row.pid === process.pid || row.pid === 1) continue;
    const isOwn = row.pid === root || row.group === root || row.session === root;
    if (isOwn || bearsMark(row.pid, mark.entries, mark.directory)) members.add(row.pid);
  }
  for (let grew = true; grew; ) {
    grew = false;
    for (const row of table) {
      if (row.pid === process.pid || members.has(row.pid) || !members.has(row.parent)) continue;
      members.add(row.pid);
      grew = true;
    }
  }
  return [...members];
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone between the look and the signal.
  }
}

/**
 * All processes of one attempt: the job's process group (its leader is `root`) and whatever left it. A process that
 * cleared its environment, left its directory and was given up by its parent is not found: that takes a PID namespace.
 */
export class ProcessTree {
  #killAtMonoMs = Number.POSITIVE_INFINITY;
  #killing: Promise<number[]> | null = null;
  /** Members that were ever seen, with when they started; a dying process loses its marks before it is gone. */
  readonly #seen = new Map<number, number | null>();

  constructor(
    readonly root: number,
    private readonly mark: TreeMark,
    private readonly clock: Clock,
  ) {}

  /** Process ids that live now: those found, and those found before that are still the same process. */
  members(): number[] {
    for (const pid of treeMembers(this.root, this.mark, processTable())) {
      if (!this.#seen.has(pid)) this.#seen.set(pid, startTicksOf(pid));
    }
    for (const [pid, start] of this.#seen) {
      if (!isAlive(pid) || startTicksOf(pid) !== start) this.#seen.delete(pid);
    }
    return [...this.#seen.keys()];
  }

  /** Stops every process in place. Twice, because one may have forked between the look and the signal. */
  freeze(): void {
    this.#all('SIGSTOP');
    this.#all('SIGSTOP');
  }

  thaw(): void {
    this.#all('SIGCONT');
  }

  /**
   * Asks the tree to end (SIGTERM), kills what is left after `graceMs` (SIGKILL), and waits until it is gone.
   * Called again while it runs, the shorter time counts. Returns the ids of processes that could not be ended.
   */
  kill(graceMs: number): Promise<number[]> {
    this.#killAtMonoMs = Math.min(this.#killAtMonoMs, this.clock.now().monoMs + graceMs);
    this.#killing ??= process.platform === 'win32' ? this.#killOnWindows() : this.#killTree();
    return this.#killing;
  }

  /** Two looks, because a process may fork and end while the table is being read. */
  #isGone(): boolean {
    return this.members().length === 0 && this.members().length === 0;
  }

  #all(name: NodeJS.Signals): void {
    if (process.platform === 'win32') return;
    signal(-this.root, name);
    for (const pid of this.members()) signal(pid, name);
  }

  async #killTree(): Promise<number[]> {
    if (this.#isGone()) return [];
    if (this.clock.now().monoMs < this.#killAtMonoMs) {
      this.#all('SIGTERM');
      // A frozen process gets the signal only when it goes on.
      this.#all('SIGCONT');
    }
    while (this.clock.now().monoMs < this.#killAtMonoMs) {
      if (this.#isGone()) return [];
      await this.clock.sleep(POLL_MS);
    }
    const giveUpAtMonoMs = this.clock.now().monoMs + AFTER_KILL_MS;
    for (;;) {
      // Stopped first, a tree that forks faster than it is killed cannot outrun the round.
      this.#all('SIGSTOP');
      this.#all('SIGKILL');
      const left = this.#isGone() ? [] : this.members();
      if (left.length === 0 || this.clock.now().monoMs > giveUpAtMonoMs) return left;
      await this.clock.sleep(POLL_MS);
    }
  }

  async #killOnWindows(): Promise<number[]> {
    await new Promise<void>((resolve) => {
      execFile('taskkill', ['/pid', String(this.root), '/t', '/f'], () => resolve());
    });
    return isAlive(this.root) ? [this.root] : [];
  }
}
