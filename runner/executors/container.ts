import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { type ContainerPlan, createArgs, INSIDE, passEnvironment } from '../containers/container-args.ts';
import { ContainerProcesses } from '../containers/container-processes.ts';
import { ContainerWatchdog } from '../containers/container-watchdog.ts';
import { type ContainerEngine, engineSpawn, engineStep, removeArgs, startArgs } from '../containers/engine.ts';
import { digestOf, needImage } from '../containers/image.ts';
import { programOf as commandOf } from '../job-program.ts';
import { keptStream, whenRead } from '../kept-stream.ts';
import { limitsFor, type SourceSize } from '../limits/limits.ts';
import { cpuMsOf } from '../proc-table.ts';
import { programOf } from './command.ts';
import type { Execution, ExecutionEnd, ExecutionInput, Executor } from './executor.ts';
import { imageEnvironment } from './image-environment.ts';

const CPU_SAMPLE_MS = 500;
const START_POLL_MS = 50;
const PIPE_CLOSE_MS = 2_000;
const LEFT_BEHIND_GRACE_MS = 0;
const STATE_FORMAT = '{{json .State}}';

/** What an engine says of a container; the names are Docker's. */
interface State {
  Status: string;
  Pid: number;
  ExitCode: number;
  OOMKilled: boolean;
  Error?: string;
  StartedAt: string;
}

export interface ContainerOptions {
  engine: ContainerEngine;
  /** Registries that images may be fetched from. */
  registries: readonly string[];
  size: SourceSize;
  clock: Clock;
}

/** Jobs in containers of a Docker-compatible engine, each removed when its attempt ends. */
export class Container implements Executor {
  constructor(private readonly options: ContainerOptions) {}

  async start(input: ExecutionInput): Promise<Execution> {
    const { engine, registries, clock } = this.options;
    const { payload, dir, signal } = input;
    const { job } = payload;
    const image = job.container?.image ?? '';
    await needImage(engine, image, registries, signal);
    const name = `cc-${payload.lease_id}-${payload.fence}`;
    const environment = imageEnvironment(input, INSIDE);
    const program = commandOf(job);
    const plan: ContainerPlan = {
      name,
      dir,
      image,
      argv: program.argv.length === 0 ? [] : programOf(program, 'linux').flat(),
      environment,
      limits: limitsFor(job, this.options.size),
    };
    // Before the container is made: should this process be killed in between, the shell still finds it.
    const watchdog = new ContainerWatchdog(engine, name);
    try {
      const passed = passEnvironment(environment, dir.path);
      const [create = '', ...rest] = createArgs(engine, plan);
      const made = await engineStep(engine, [create, ...passed.args, ...rest], { environment: passed.environment });
      if (made.code !== 0) throw new Error(`The container could not be made: ${made.reason}.`);
      const child = engineSpawn(engine, startArgs(engine, name), dir.path);
      if (child.pid !== undefined) watchdog.watch(child.pid);
      const running = new RunningContainer(engine, plan, child, clock);
      await running.started(program.argv[0]);
      return running.execution(watchdog, Object.keys({ ...environment, PATH: '' }));
    } catch (error) {
      await engineStep(engine, removeArgs(engine, name));
      watchdog.release();
      throw error;
    }
  }
}

/** One container from its start to its removal. */
class RunningContainer {
  readonly #exited: Promise<void>;
  readonly #stdout: Readable;
  readonly #stderr: Readable;
  #hasExited = false;
  #pid = 0;

  constructor(
    private readonly engine: ContainerEngine,
    private readonly plan: ContainerPlan,
    child: ChildProcess,
    private readonly clock: Clock,
  ) {
    this.#stdout = keptStream(child.stdout as Readable);
    this.#stderr = keptStream(child.stderr as Readable);
    this.#exited = new Promise((resolve) => {
      const end = () => {
        this.#hasExited = true;
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
    });
  }

  /** Resolves once the program runs or ran. Throws in words when the engine could not start it. */
  async started(program: string | undefined): Promise<void> {
    for (;;) {
      const isOver = this.#hasExited;
      const state = await this.#state();
      if (state !== null && hasStarted(state)) {
        this.#pid = state.Pid;
        return;
      }
      if (isOver) throw new Error(await this.#whyNotStarted(state, program));
      await Promise.race([this.#exited, this.clock.sleep(START_POLL_MS)]);
    }
  }

  execution(watchdog: ContainerWatchdog, environmentNames: readonly string[]): Execution {
    const { clock } = this;
    const state = this.#untilEnded();
    // How it ended is known by then: only now may the container be removed, which knows it.
    const exited = state.then(() => undefined);
    const processes = new ContainerProcesses(this.engine, this.plan.name, this.#pid, clock, exited);
    return {
      stdout: this.#stdout,
      stderr: this.#stderr,
      processes,
      environmentNames,
      exited,
      ended: this.#follow(state, processes).finally(() => watchdog.release()),
    };
  }

  /**
   * Its last state, null when it was removed first. The program that reads the output may be ended by others while the
   * container runs on.
   */
  async #untilEnded(): Promise<State | null> {
    await this.#exited;
    for (;;) {
      const state = await this.#state();
      if (state?.Status !== 'running') return state;
      await this.clock.sleep(CPU_SAMPLE_MS);
    }
  }

  async #follow(ended: Promise<State | null>, processes: ContainerProcesses): Promise<ExecutionEnd> {
    const { clock } = this;
    let cpuMs: number | null = null;
    const stopSampling = clock.every(CPU_SAMPLE_MS, () => {
      cpuMs = (this.#pid > 0 ? cpuMsOf(this.#pid) : null) ?? cpuMs;
    });
    const state = await ended;
    stopSampling();
    const leftovers = await processes.kill(LEFT_BEHIND_GRACE_MS);
    await Promise.race([whenRead(this.#stdout, this.#stderr), clock.sleep(PIPE_CLOSE_MS)]);
    this.#stdout.destroy();
    this.#stderr.destroy();
    const detail = state?.OOMKilled === true ? { detail: this.#outOfMemory() } : {};
    const exitCode = state === null ? 128 + 9 : state.ExitCode;
    return { exitCode, signal: null, cpuMs, leftovers, ...detail, enforced: this.#enforced() };
  }

  #outOfMemory(): string {
    return `It was killed because it needed more memory than its limit of ${Math.floor(this.plan.limits.memoryBytes / 1024 ** 2)} MiB.`;
  }

  #enforced(): ExecutionEnd['enforced'] {
    const { memoryBytes, processes, cpuMilli } = this.plan.limits;
    return {
      files: 'confined',
      network: 'none',
      pid: 'namespace',
      image: digestOf(this.plan.image),
      engine: this.engine.name,
      ...(this.engine.hasLimits
        ? { limits: { by: 'container', memory_bytes: memoryBytes, processes, cpu_milli: cpuMilli } }
        : {}),
    };
  }

  async #state(): Promise<State | null> {
    const seen = await engineStep(this.engine, ['container', 'inspect', '--format', STATE_FORMAT, this.plan.name]);
    try {
      return seen.code === 0 ? (JSON.parse(seen.stdout) as State) : null;
    } catch {
      return null;
    }
  }

  async #whyNotStarted(state: State | null, program: string | undefined): Promise<string> {
    let said = state?.Error ?? '';
    if (said === '') for await (const bytes of this.#stderr) said += bytes;
    // Podman answers Docker's program with a number alone; asked plainly it says why. What starts then is removed at once.
    if (/upgrade to tcp/.test(said)) said = (await engineStep(this.engine, ['start', this.plan.name])).reason || said;
    if (program !== undefined && /not found|no such file/i.test(said))
      return `The program ${program} was not found on this source.`;
    return `The container could not be started: ${said.trim().slice(0, 300) || 'its engine said no reason'}.`;
  }
}

/** An engine that never ran a container says the year one. */
const hasStarted = ({ Status, StartedAt }: State): boolean =>
  Status === 'running' || Status === 'paused' || (Status !== 'created' && !/^(0001|$)/.test(StartedAt));
