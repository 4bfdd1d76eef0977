import type { Clock } from '../clock.ts';
import { startSandbox } from '../confinement/bubblewrap.ts';
import { proxyEnvironment, type SandboxNetwork } from '../confinement/bubblewrap-args.ts';
import { EgressProxy } from '../confinement/egress-proxy.ts';
import { egressRulesOf, targetsOf } from '../confinement/egress-rules.ts';
import { NamespaceProcesses } from '../confinement/namespace-processes.ts';
import { INSIDE } from '../confinement/sandbox-files.ts';
import { programOf as commandOf } from '../job-program.ts';
import { whenRead } from '../kept-stream.ts';
import type { AttemptGroup } from '../limits/attempt-group.ts';
import { type Ceilings, enforcedBy, groupFor, NO_CEILINGS } from '../limits/ceilings.ts';
import { cpuMsOf } from '../proc-table.ts';
import { Watchdog } from '../watchdog.ts';
import { programOf } from './command.ts';
import type { Execution, ExecutionEnd, ExecutionInput, Executor } from './executor.ts';
import { insidePaths, jobEnvironment, markEntries } from './job-environment.ts';
import type { ConfinedNetwork } from './plan.ts';

const CPU_SAMPLE_MS = 500;
const LEFT_BEHIND_GRACE_MS = 2_000;
const PIPE_CLOSE_MS = 2_000;
/** Only what is seen inside; a path of the runner's user leads nowhere there. */
const INSIDE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What stands around one confined command. */
interface Guards {
  proxy: EgressProxy | null;
  watchdog: Watchdog;
  group: AttemptGroup | null;
}

export interface ConfinedCommandOptions {
  network: ConfinedNetwork;
  /** Of bubblewrap. */
  version: string;
  /** A Node program that the namespace can run as its relay. */
  nodePath: string | null;
  /** The work directory can be read and not written: an agent changes it through its tools alone. */
  isWorkReadOnly?: boolean;
  clock: Clock;
  ceilings?: Ceilings;
  /** The group of the whole attempt, whose end is its maker's: null where there is none. Left out, this makes its own. */
  sharedGroup?: AttemptGroup | null;
}

const marksOf = ({ payload }: ExecutionInput): string[] => markEntries(payload.job_id, payload.fence);

/** Command jobs in namespaces of their own: files, processes and network. Linux. */
export class ConfinedCommand implements Executor {
  constructor(private readonly options: ConfinedCommandOptions) {}

  async start(input: ExecutionInput): Promise<Execution> {
    const proxy = this.options.network === 'allow_list' ? new EgressProxy(egressRulesOf(input.payload)) : null;
    const { sharedGroup, ceilings = NO_CEILINGS } = this.options;
    const group = sharedGroup === undefined ? groupFor(ceilings, input.payload) : sharedGroup;
    const watchdog = new Watchdog({ entries: marksOf(input), directory: input.dir.path }, group?.files);
    try {
      await proxy?.open();
      return await this.#start(input, { proxy, watchdog, group });
    } catch (error) {
      if (sharedGroup === undefined) await group?.end(this.options.clock);
      watchdog.release();
      await proxy?.close();
      throw error;
    }
  }

  async #start(input: ExecutionInput, { proxy, watchdog, group }: Guards): Promise<Execution> {
    const { payload, attempt, dir, declared, secrets, extra } = input;
    const { clock } = this.options;
    const network = this.#networkOf(proxy, payload);
    const common = jobEnvironment({
      platform: 'linux',
      own: { ...process.env, PATH: INSIDE_PATH },
      workDir: INSIDE.work,
      tmpDir: INSIDE.tmp,
      jobId: payload.job_id,
      attempt,
      fence: payload.fence,
      declared: { ...proxyEnvironment(network), ...declared },
      secrets,
    });
    const environment = { ...common, ...insidePaths(extra, dir.tmp, INSIDE.tmp) };
    const [program, args] = programOf(commandOf(payload.job), 'linux');
    const sandbox = await startSandbox({
      version: this.options.version,
      dir,
      isWorkReadOnly: this.options.isWorkReadOnly ?? false,
      network,
      environment,
      marks: marksOf(input),
      group,
      argv: [program, ...args],
    });
    const { child, stdout, stderr, outerPid, initPid } = sandbox;
    watchdog.watch(outerPid);
    sandbox.go();
    const processes = new NamespaceProcesses(outerPid, initPid, clock);
    let cpuMs: number | null = null;
    const stopSampling = clock.every(CPU_SAMPLE_MS, () => {
      cpuMs = cpuMsOf(initPid) ?? cpuMs;
    });
    const exit = new Promise<[number | null, string | null]>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve([child.exitCode, child.signalCode]);
      child.once('exit', (code, name) => resolve([code, name]));
    });
    const follow = async (): Promise<ExecutionEnd> => {
      const [exitCode, signal] = await exit;
      stopSampling();
      const found = await processes.kill(LEFT_BEHIND_GRACE_MS);
      const hidden = this.options.sharedGroup === undefined ? ((await group?.end(clock)) ?? []) : [];
      const leftovers = [...new Set([...found, ...hidden])];
      await Promise.race([whenRead(stdout, stderr), clock.sleep(PIPE_CLOSE_MS)]);
      stdout.destroy();
      stderr.destroy();
      await proxy?.close();
      return { exitCode, signal, cpuMs, leftovers, enforced: { ...this.#enforced(proxy), ...enforcedBy(group) } };
    };
    const environmentNames = Object.keys(environment);
    return {
      stdout,
      stderr,
      processes,
      environmentNames,
      exited: exit.then(() => undefined),
      ended: follow().finally(() => watchdog.release()),
    };
  }

  #networkOf(proxy: EgressProxy | null, payload: ExecutionInput['payload']): SandboxNetwork {
    if (this.options.network === 'not_enforced') return { kind: 'host' };
    if (proxy === null) return { kind: 'none' };
    const { nodePath } = this.options;
    if (nodePath === null)
      throw new Error('No Node program can run inside the confinement, so no host can be reached.');
    return { kind: 'proxied', socketPath: proxy.socketPath, targets: targetsOf(payload), nodePath };
  }

  #enforced(proxy: EgressProxy | null): ExecutionEnd['enforced'] {
    const { log } = proxy ?? {};
    return {
      files: 'confined',
      network: this.options.network,
      pid: 'namespace',
      ...(log === undefined ? {} : { connections: log.records }),
      ...(log === undefined || log.omitted === 0 ? {} : { connections_omitted: log.omitted }),
    };
  }
}
