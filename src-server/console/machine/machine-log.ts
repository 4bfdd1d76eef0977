import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MachineLog } from '../../contract/console.ts';
import { type HostClock, instantOf } from '../clock.ts';

const LINES_KEPT = 500;
const LINE_LIMIT = 2_000;
const FILE_LIMIT_BYTES = 1_048_576;

/** What this machine's runner said: the newest lines in memory, and a file of its owner with its predecessor. */
export class RunnerLog {
  readonly #lines: MachineLog['lines'] = [];

  constructor(
    private readonly file: string,
    private readonly clock: HostClock,
  ) {}

  get lines(): MachineLog['lines'] {
    return [...this.#lines];
  }

  get last(): string | null {
    return this.#lines.at(-1)?.line ?? null;
  }

  add(text: string): void {
    const entry = { at: instantOf(this.clock.wallMs()), line: text.slice(0, LINE_LIMIT) };
    this.#lines.push(entry);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      if ((statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) > FILE_LIMIT_BYTES)
        renameSync(this.file, `${this.file}.1`);
      appendFileSync(this.file, `${entry.at} ${entry.line}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not end the runner; the lines in memory are still there.
    }
  }

  clear(): void {
    this.#lines.length = 0;
  }
}
