import type { HostClock } from '../clock.ts';
import type { RunnerProcess, StartRunner } from './runner-process.ts';

/** After the second ask the runner gives back what runs within 3 s; then it is ended. */
const GIVE_BACK_MS = 8_000;
/** Between the first and the second ask, so that both are heard. */
const SECOND_ASK_MS = 300;
/** The line with which `run` says that it takes jobs. */
const IS_UP = /^Asking for work as /;

export interface ChildEvents {
  up(): void;
  line(text: string): void;
  ended(exitCode: number | null, wasAsked: boolean): void;
}

/** One supervised run of this machine's runner. */
export class RunnerChild {
  readonly #process: RunnerProcess;
  readonly #gone: Promise<void>;
  #isAsked = false;
  #isGone = false;

  constructor(
    start: StartRunner,
    args: readonly string[],
    private readonly clock: HostClock,
    events: ChildEvents,
  ) {
    let resolveGone: () => void = () => undefined;
    this.#gone = new Promise((resolve) => {
      resolveGone = resolve;
    });
    this.#process = start(args, {
      line: (text) => {
        events.line(text);
        if (IS_UP.test(text)) events.up();
      },
      exited: (exitCode) => {
        this.#isGone = true;
        resolveGone();
        events.ended(exitCode, this.#isAsked);
      },
    });
  }

  get pid(): number | null {
    return this.#process.pid;
  }

  /** Takes no new job and ends when what runs is done. */
  finish(): void {
    this.#isAsked = true;
    this.#process.ask();
  }

  /** Gives back what runs, and ends within a bound. Resolves when its process is gone. */
  async stopNow(): Promise<void> {
    if (this.#isGone) return;
    if (!this.#isAsked) this.finish();
    const takeBack = this.clock.after(SECOND_ASK_MS, () => this.#process.ask());
    const takeBackKill = this.clock.after(GIVE_BACK_MS, () => this.#process.kill());
    await this.#gone;
    takeBack();
    takeBackKill();
  }
}
