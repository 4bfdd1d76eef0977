import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { MachineSettings, Machine as MachineView } from '../../contract/console.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { HostClock } from '../clock.ts';
import { meaningOfEnd, restartDelayMs } from './exit-meaning.ts';
import { RunnerLog } from './machine-log.ts';
import { type Enrolled, MachineStore } from './machine-store.ts';
import { enroll, type PlaneDoor, type ReachPlane, revokeSource, runnerUrl, setCapacity } from './plane-door.ts';
import type { Power } from './power.ts';
import { RunnerChild } from './runner-child.ts';
import type { StartRunner } from './runner-process.ts';

export interface MachineParts {
  /** Absolute folder of this machine's runner; everything of it is below. */
  dir: string;
  clock: HostClock;
  send: typeof fetch;
  start: StartRunner;
  reach: ReachPlane;
  power: Power;
}
type Wish = MachineView['wish'];

/** Longest time that jobs are let finish after "quit after current". */
const FINISH_LIMIT_MS = 3_600_000;
/** After this long up, earlier crashes are forgotten. */
const SETTLED_MS = 60_000;
const CONNECT_LIMIT_MS = 60_000;

/** This machine as a runner of one workspace: enrolled in one step, then supervised as its owner wishes. */
export class Machine {
  readonly #store: MachineStore;
  readonly #log: RunnerLog;
  readonly #listeners = new Set<() => void>();
  readonly #stopWatching: () => void;
  #state: MachineView['state'] = 'unused';
  #sentence: string | null = null;
  #child: RunnerChild | null = null;
  #crashes = 0;
  #retryInMs: number | null = null;
  #cancelTimer: () => void = () => undefined;
  #isSuspended = false;
  #isClosing = false;
  /** One change at a time: a second click waits for the first. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: MachineParts) {
    this.#store = new MachineStore(parts.dir);
    this.#log = new RunnerLog(this.#store.logFile, parts.clock);
    if (this.#store.now.enrollment !== null) this.#state = 'stopped';
    this.#stopWatching = parts.power.watch((event) => {
      if (event !== 'power') this.#isSuspended = event === 'suspend';
      this.#holdPause();
    });
  }

  get lines(): RunnerLog['lines'] {
    return this.#log.lines;
  }

  /** @param lack why who asks may do nothing here; null when they may */
  view(lack: string | null): MachineView {
    const { wish, settings, enrollment } = this.#store.now;
    const { power } = this.parts;
    return {
      state: this.#state === 'running' && this.#pauseReason() !== null ? 'paused' : this.#state,
      wish,
      sentence: this.#state === 'running' ? this.#pauseReason() : this.#sentence,
      enrollment,
      settings,
      on_battery: power.onBattery(),
      can_keep_awake: power.keepAwake !== null,
      pid: this.#child?.pid ?? null,
      crashes: this.#crashes,
      retry_in_ms: this.#retryInMs,
      lack,
    };
  }

  /** Calls back at each change; the returned function ends that. */
  onChange(hear: () => void): () => void {
    this.#listeners.add(hear);
    return () => void this.#listeners.delete(hear);
  }

  /** Goes on as it was left, if it is to start with the console. */
  resume(): Promise<void> {
    return this.#inTurn(async () => {
      const { wish, settings, enrollment } = this.#store.now;
      if (enrollment !== null && wish !== 'off' && settings.start_with_console) await this.#start();
    });
  }

  /**
   * Enrolls this machine and starts its runner: a one-time credential, read once by `connect` from a file of its owner.
   * @throws ProblemError `conflict.state` when it is enrolled, or what the control plane refuses.
   */
  use(workspaceId: string, remoteId: string | null, name: string | undefined): Promise<void> {
    return this.#inTurn(async () => {
      const { parts } = this;
      if (this.#store.now.enrollment !== null)
        throw new ProblemError('conflict.state', 'This machine is in use already. Give it up first.');
      const door = await parts.reach(remoteId);
      const capacity = this.#store.now.settings.capacity;
      const made = await enroll(parts.send, door, workspaceId, name ?? ownName(), capacity);
      this.#become('starting', null);
      const enrolled: Enrolled = {
        workspace_id: workspaceId,
        workspace_name: made.workspaceName,
        source_id: made.source_id,
        enrollment_id: made.enrollment_id,
        name: name ?? ownName(),
        plane_key: made.planeKey,
        state_dir: this.#store.stateDir,
        remote_id: remoteId,
      };
      const fault = await this.#connect(enrolled, made.planeUrl, made.credential);
      if (fault !== null) {
        await revokeSource(parts.send, door, workspaceId, made.source_id).catch(() => undefined);
        this.#store.clear();
        this.#become('unused', fault);
        throw new ProblemError('conflict.state', `This machine could not connect. ${fault}`);
      }
      this.#store.change({ wish: 'on', enrollment: enrolled });
      await this.#start();
    });
  }

  /** On takes jobs, paused takes no new one, off ends when what runs is done. */
  set(wish: Wish): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#store.now.enrollment === null)
        throw new ProblemError('conflict.state', 'This machine is not in use yet. Use it first.');
      this.#store.change({ wish });
      if (wish === 'off') this.#finish();
      else if (this.#state === 'finishing') this.#sentence = 'Starts again when its current jobs are done.';
      else if (this.#child === null) await this.#start();
      this.#holdPause();
      this.#tell();
    });
  }

  /** Changed slots, kinds and folder hold from the next start of the runner, which comes as soon as its jobs are done. */
  configure(change: Partial<MachineSettings>): Promise<void> {
    return this.#inTurn(async () => {
      const { settings: before, enrollment } = this.#store.now;
      const after = { ...before, ...change };
      if (enrollment !== null && after.work_dir !== before.work_dir && this.#child !== null)
        throw new ProblemError('conflict.state', 'Stop this machine before its work folder is changed.');
      if (enrollment !== null && after.capacity !== before.capacity) {
        const door = await this.parts.reach(enrollment.remote_id);
        await setCapacity(this.parts.send, door, enrollment.workspace_id, enrollment.source_id, after.capacity);
      }
      this.#store.change({ settings: after });
      const isOther = after.capacity !== before.capacity || after.kinds.join() !== before.kinds.join();
      if (isOther && this.#state === 'running') {
        this.#become('finishing', 'Starts again with the new settings when its current jobs are done.');
        this.#child?.finish();
      }
      this.#holdPause();
      this.#tell();
    });
  }

  /** Gives up this machine: ends its runner, revokes its source, removes every file of it. Returns what could not be done. */
  giveUp(): Promise<string | null> {
    return this.#inTurn(async () => {
      const { enrollment } = this.#store.now;
      if (enrollment === null) return null;
      this.#store.change({ wish: 'off' });
      await this.#stopNow();
      const { workspace_id: workspaceId, source_id: sourceId, remote_id: remoteId } = enrollment;
      const left = await this.parts
        .reach(remoteId)
        .then((door: PlaneDoor) => revokeSource(this.parts.send, door, workspaceId, sourceId))
        .then(
          () => null,
          (error: unknown) =>
            `Its source ${enrollment.name} could not be revoked (${detailOf(error)}). Revoke it in Sources.`,
        );
      this.#store.clear();
      this.#log.clear();
      this.#crashes = 0;
      this.#become('unused', left);
      return left;
    });
  }

  /** The console stops: what runs is given back, within a bound. The wish stays for the next start. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#stopWatching();
    await this.#stopNow();
    this.parts.power.keepAwake?.(false);
  }

  async #start(): Promise<void> {
    const { enrollment, settings } = this.#store.now;
    if (enrollment === null || this.#child !== null || this.#isClosing) return;
    this.#cancelTimer();
    this.#retryInMs = null;
    this.#become('starting', null);
    let url: string;
    try {
      url = await runnerUrl(this.parts.send, await this.parts.reach(enrollment.remote_id));
    } catch (error) {
      this.#again(`Its control plane does not answer yet (${detailOf(error)}).`);
      return;
    }
    this.#holdPause();
    const limits = ['--capacity', String(settings.capacity), '--drain-ms', String(FINISH_LIMIT_MS)];
    const places = ['--state-dir', this.#store.stateDir, '--work-dir', this.#store.workDir, '--url', url];
    const rules = ['--pause-file', this.#store.pauseFile, '--kinds', settings.kinds.join(',')];
    this.#child = new RunnerChild(this.parts.start, ['run', ...places, ...limits, ...rules], this.parts.clock, {
      line: (text) => this.#log.add(text),
      up: () => {
        if (this.#state === 'starting') this.#become('running', null);
        this.#cancelTimer();
        this.#cancelTimer = this.parts.clock.after(SETTLED_MS, () => {
          this.#crashes = 0;
        });
      },
      ended: (exitCode, wasAsked) => this.#ended(exitCode, wasAsked),
    });
    this.#tell();
  }

  #finish(): void {
    this.#cancelTimer();
    this.#retryInMs = null;
    if (this.#child === null) {
      this.#become('stopped', null);
      return;
    }
    this.#child.finish();
    this.#become('finishing', 'Takes no new job, and stops when its current jobs are done.');
  }

  #ended(exitCode: number | null, wasAsked: boolean): void {
    this.#child = null;
    this.#cancelTimer();
    this.parts.power.keepAwake?.(false);
    const said = this.#log.last;
    const meaning = meaningOfEnd(exitCode, wasAsked);
    if (meaning === 'asked') {
      this.#become('stopped', null);
      // It was asked to end only to take new settings.
      if (this.#store.now.wish !== 'off' && !this.#isClosing) void this.#inTurn(() => this.#start());
    } else if (meaning === 'final') this.#become('failed', said ?? `It ended with ${exitCode}.`);
    else this.#again(said ?? 'It ended unexpectedly.');
  }

  #again(sentence: string): void {
    if (this.#isClosing) return;
    this.#crashes += 1;
    this.#retryInMs = restartDelayMs(this.#crashes);
    this.#become('restarting', sentence);
    this.#cancelTimer();
    this.#cancelTimer = this.parts.clock.after(this.#retryInMs, () => void this.#inTurn(() => this.#start()));
  }

  async #stopNow(): Promise<void> {
    this.#cancelTimer();
    this.#retryInMs = null;
    const child = this.#child;
    if (child !== null) await child.stopNow();
  }

  /** Runs `connect` to its end. Returns what it said when it failed. */
  async #connect(enrolled: Enrolled, url: string, credential: string): Promise<string | null> {
    const { dir, stateDir, credentialFile } = this.#store;
    rmSync(stateDir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(credentialFile, `${credential}\n`, { mode: 0o600 });
    try {
      const where = ['--url', url, '--enrollment', enrolled.enrollment_id, '--plane-key', enrolled.plane_key];
      return await new Promise<string | null>((resolve) => {
        let takeBack = (): void => undefined;
        const process = this.parts.start(
          ['connect', ...where, '--state-dir', stateDir, '--credential-file', credentialFile],
          {
            line: (text) => this.#log.add(text),
            exited: (exitCode) => {
              takeBack();
              resolve(exitCode === 0 ? null : (this.#log.last ?? `Its runner ended with ${exitCode}.`));
            },
          },
        );
        takeBack = this.parts.clock.after(CONNECT_LIMIT_MS, () => process.kill());
      });
    } finally {
      rmSync(credentialFile, { force: true });
    }
  }

  #pauseReason(): string | null {
    const { wish, settings } = this.#store.now;
    if (wish === 'paused') return 'Paused by its owner: takes no new job, what runs goes on.';
    if (this.#isSuspended) return 'The system goes to sleep: takes no new job.';
    if (settings.pause_on_battery && this.parts.power.onBattery() === true)
      return 'On battery: takes no new job until there is power.';
    return null;
  }

  /** Puts the pause file where the runner looks for it, or takes it away. */
  #holdPause(): void {
    if (this.#store.now.enrollment === null) return;
    const isPaused = this.#pauseReason() !== null;
    const { pauseFile } = this.#store;
    if (isPaused === existsSync(pauseFile)) return;
    if (isPaused) writeFileSync(pauseFile, '', { mode: 0o600 });
    else rmSync(pauseFile, { force: true });
    this.#tell();
  }

  #become(state: MachineView['state'], sentence: string | null): void {
    this.#state = state;
    this.#sentence = sentence;
    this.#tell();
  }

  #tell(): void {
    const isAtWork = this.#state === 'running' && this.#pauseReason() === null;
    this.parts.power.keepAwake?.(isAtWork && this.#store.now.settings.keep_awake);
    for (const hear of this.#listeners) hear();
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(run, run);
    this.#turn = next.catch(() => undefined);
    return next;
  }
}

const detailOf = (error: unknown): string =>
  error instanceof ProblemError ? error.detail : error instanceof Error ? error.message : String(error);

/** This machine's name, as far as a source's name allows it. */
function ownName(): string {
  const name = hostname()
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name.slice(0, 60) || 'this-machine';
}
