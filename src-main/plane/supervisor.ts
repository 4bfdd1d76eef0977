import type { MainToPlane, PlaneStatus, PlaneToMain } from '../../src-server/contract/ipc.ts';
import { planeToMain } from '../../src-server/contract/ipc.ts';
import type { AppClock } from '../app/clock.ts';
import type { AppLogger } from '../log/logger.ts';
import { restartDelayMs } from './backoff.ts';
import { meaningOfExit } from './exit-meaning.ts';
import type { PlaneProcess, StartPlaneProcess } from './process-port.ts';

/** A plane that says nothing for this long after its start is taken for hung; replay of a large log takes seconds. */
export const READY_LIMIT_MS = 120_000;
/** After this long in service, earlier crashes are forgotten. */
export const SETTLED_AFTER_MS = 60_000;
/** A stop answers what is in flight and checkpoints; then the process is ended. */
export const STOP_LIMIT_MS = 10_000;

export type PlaneReady = Extract<PlaneToMain, { type: 'ready' }>;

interface Run {
  process: PlaneProcess;
  ready: PlaneReady | null;
  said: string | null;
  /** Takes back the timer of this run: ready limit, then settling. */
  disarm: () => void;
}

/**
 * Keeps one control plane running: starts it, waits for its ready message, starts it again with a growing delay when
 * it crashes, leaves it when it says that it cannot run, and stops it in an orderly way.
 */
export class PlaneSupervisor {
  readonly #start: StartPlaneProcess;
  readonly #clock: AppClock;
  readonly #log: AppLogger;
  readonly #listeners = new Set<(status: PlaneStatus) => void>();
  readonly #commandLineHearers = new Set<(isOn: boolean) => void>();
  #status: PlaneStatus = { state: 'stopped', crashes: 0, retry_in_ms: null, sentence: null };
  #run: Run | null = null;
  #cancelRetry: () => void = () => {};
  #stopped: (() => void)[] = [];

  constructor(start: StartPlaneProcess, clock: AppClock, log: AppLogger) {
    this.#start = start;
    this.#clock = clock;
    this.#log = log;
  }

  get status(): PlaneStatus {
    return this.#status;
  }

  /** Where the plane answers and the bearer for it, or null while it is not in service. */
  get ready(): PlaneReady | null {
    return this.#status.state === 'ready' ? (this.#run?.ready ?? null) : null;
  }

  /** Calls back at each change; the returned function ends that. */
  onChange(hear: (status: PlaneStatus) => void): () => void {
    this.#listeners.add(hear);
    return () => void this.#listeners.delete(hear);
  }

  /** Calls back when the plane has said whether it lets the command line in; the returned function ends that. */
  onCommandLine(hear: (isOn: boolean) => void): () => void {
    this.#commandLineHearers.add(hear);
    return () => void this.#commandLineHearers.delete(hear);
  }

  /** Tells the plane in service whether to let the command line in; false where none is in service. */
  setCommandLine(isOn: boolean): boolean {
    if (this.ready === null || this.#run === null) return false;
    this.#run.process.send({ type: 'command_line', is_on: isOn } satisfies MainToPlane);
    return true;
  }

  /** Starts the plane unless it runs or is stopping; a pending restart is not waited for. */
  start(): void {
    if (this.#run !== null || this.#status.state === 'stopping') return;
    this.#cancelRetry();
    this.#become('starting', null, null);
    this.#launch();
  }

  /** Stops the plane; resolves when its process is gone. */
  stop(): Promise<void> {
    this.#cancelRetry();
    const run = this.#run;
    if (run === null) {
      this.#become('stopped', null, null);
      return Promise.resolve();
    }
    const gone = new Promise<void>((resolve) => this.#stopped.push(resolve));
    if (this.#status.state !== 'stopping') {
      this.#become('stopping', null, null);
      run.disarm();
      run.process.send({ type: 'stop' });
      run.disarm = this.#clock.after(STOP_LIMIT_MS, () => {
        this.#log.warn('plane.stop_timeout', { limit_ms: STOP_LIMIT_MS });
        run.process.kill();
      });
    }
    return gone;
  }

  #launch(): void {
    const run: Run = { process: { send() {}, kill() {} }, ready: null, said: null, disarm: () => {} };
    this.#run = run;
    run.process = this.#start({
      message: (value) => this.#hear(run, value),
      exited: (exitCode) => this.#exited(run, exitCode),
    });
    run.disarm = this.#clock.after(READY_LIMIT_MS, () => {
      this.#log.error('plane.not_ready', { limit_ms: READY_LIMIT_MS });
      run.process.kill();
    });
  }

  #hear(run: Run, value: unknown): void {
    if (run !== this.#run) return;
    const parsed = planeToMain.safeParse(value);
    if (!parsed.success) {
      this.#log.warn('plane.message_unknown', {});
      return;
    }
    if (parsed.data.type === 'failed') {
      run.said = parsed.data.sentence;
      return;
    }
    if (parsed.data.type === 'command_line') {
      for (const hear of this.#commandLineHearers) hear(parsed.data.is_on);
      return;
    }
    if (this.#status.state !== 'starting') return;
    run.disarm();
    run.ready = parsed.data;
    run.disarm = this.#clock.after(SETTLED_AFTER_MS, () => {
      this.#status = { ...this.#status, crashes: 0 };
    });
    this.#log.info('plane.ready', { url: parsed.data.url, pid: parsed.data.pid });
    this.#become('ready', null, null);
  }

  #exited(run: Run, exitCode: number | null): void {
    if (run !== this.#run) return;
    run.disarm();
    this.#run = null;
    const meaning = meaningOfExit(exitCode, this.#status.state === 'stopping', run.said);
    if (meaning.kind === 'stopped') {
      this.#become('stopped', null, null);
    } else if (meaning.kind === 'final') {
      this.#log.error('plane.failed', { exit_code: exitCode, sentence: meaning.sentence });
      this.#become('failed', null, meaning.sentence);
    } else {
      this.#restartLater(exitCode, meaning.sentence);
    }
    if (meaning.kind === 'stopped') for (const resolve of this.#stopped.splice(0)) resolve();
  }

  #restartLater(exitCode: number | null, sentence: string): void {
    const crashes = this.#status.crashes + 1;
    const delayMs = restartDelayMs(crashes);
    this.#status = { ...this.#status, crashes };
    this.#log.error('plane.crashed', { exit_code: exitCode, crashes, retry_in_ms: delayMs });
    this.#become('restarting', delayMs, sentence);
    this.#cancelRetry = this.#clock.after(delayMs, () => {
      this.#cancelRetry = () => {};
      this.#become('starting', null, this.#status.sentence);
      this.#launch();
    });
  }

  #become(state: PlaneStatus['state'], retryInMs: number | null, sentence: string | null): void {
    this.#status = { state, crashes: this.#status.crashes, retry_in_ms: retryInMs, sentence };
    for (const hear of this.#listeners) hear(this.#status);
  }
}
