import { once } from 'node:events';
import type { Clock } from '../clock.ts';
import type { Limits } from '../containers/container-args.ts';
import { digestOf, registryOf } from '../containers/image.ts';
import { messageOf } from '../errors.ts';
import { programOf as commandOf } from '../job-program.ts';
import { clusterAccess } from '../kubernetes/cluster-access.ts';
import { ClusterClient, ClusterFault } from '../kubernetes/cluster-client.ts';
import { JobPod, needNetworkRule } from '../kubernetes/job-pod.ts';
import { LABEL, type PodPlan, podName, runnerLabel } from '../kubernetes/manifests.ts';
import { PodLogs } from '../kubernetes/pod-logs.ts';
import { PodProcesses } from '../kubernetes/pod-processes.ts';
import { PodQuestions } from '../kubernetes/pod-questions.ts';
import {
  ALIVE_EVERY_MS,
  ALIVE_SCRIPT,
  HELPER_FILES,
  helper,
  SILENCE_LIMIT_S,
  startFiles,
} from '../kubernetes/pod-scripts.ts';
import { endOf, type PodEnd } from '../kubernetes/pod-state.ts';
import { emptyFolder, letGo, notCutWords, sendFiles, takeOutputs, untilCut } from '../kubernetes/pod-steps.ts';
import type { Cluster } from '../kubernetes/probe-cluster.ts';
import { TarWriter } from '../kubernetes/tar-write.ts';
import type { JobSpec } from '../wire.ts';
import { programOf } from './command.ts';
import type { Execution, ExecutionEnd, ExecutionInput, Executor } from './executor.ts';
import { imageEnvironment } from './image-environment.ts';

const STATE_POLL_MS = 500;
/** A pod that ended itself for want of a sign is given this much more before it is believed to have. */
const UNHEARD_SLACK_MS = 15_000;
/** The cluster ends the pod by itself this long after the job's own time was over. */
const DEADLINE_SLACK_MS = 10 * 60_000;
const MEBIBYTE = 1024 * 1024;
/** What a job gets that asks for nothing: the runner does not know the size of what it will run on. */
const MEMORY_DEFAULT_BYTES = 1024 * MEBIBYTE;
const CPU_DEFAULT_MILLI = 1_000;

export interface KubernetesOptions {
  cluster: Cluster;
  /** Registries that images may be fetched from. */
  registries: readonly string[];
  clock: Clock;
  /** How long a pod goes on without hearing from its runner, in seconds; for tests. */
  silenceS?: number;
}

/** Jobs as Jobs of a cluster, each in a pod whose network was seen to be cut before anything of it ran. */
export class Kubernetes implements Executor {
  constructor(private readonly options: KubernetesOptions) {}

  async start(input: ExecutionInput): Promise<Execution> {
    const { cluster, clock } = this.options;
    const client = new ClusterClient(clusterAccess(cluster.settings, process.env), clock);
    const pod = new JobPod(client, this.#plan(input), clock);
    // From its first moment on: inputs may take longer than it goes on without a sign of its runner.
    let stopPulse = (): void => undefined;
    const release = (): void => {
      stopPulse();
      client.close();
    };
    try {
      // Before the pod: a cluster puts its rules in place for pods that come.
      await needNetworkRule(client);
      await pod.up(input.signal);
      stopPulse = clock.every(ALIVE_EVERY_MS, () => void pod.run(helper(ALIVE_SCRIPT)).catch(() => undefined));
      const environment = imageEnvironment(input, HELPER_FILES);
      await unlessStopped(this.#fill(pod, input, environment), input.signal);
      const program = commandOf(input.payload.job);
      if (!(await letGo(pod))) throw new Error(`The program ${program.argv[0]} was not found on this source.`);
      const names = Object.keys({ ...environment, PATH: '' });
      return new RunningPod(pod, input, clock).execution(names, release);
    } catch (error) {
      await pod.remove();
      release();
      throw error;
    }
  }

  #plan({ payload, attempt }: ExecutionInput): PodPlan {
    const { cluster, registries, silenceS = SILENCE_LIMIT_S } = this.options;
    const { job, lease_id: leaseId, fence } = payload;
    const image = job.kubernetes?.image ?? '';
    return {
      name: podName(leaseId, fence),
      labels: {
        [LABEL.runner]: runnerLabel(payload.session_id),
        [LABEL.lease]: leaseId,
        [LABEL.fence]: String(fence),
        'connected-compute/attempt': String(attempt),
      },
      network: 'none',
      image,
      mayFetch: registries.includes(registryOf(image)),
      helperImage: cluster.settings.helperImage,
      limits: limitsOf(job),
      deadlineS: Math.ceil((payload.max_runtime_ms + DEADLINE_SLACK_MS) / 1000),
      silenceS,
    };
  }

  /** Puts in what the job starts with, and sees that its network is cut. */
  async #fill(pod: JobPod, input: ExecutionInput, environment: Record<string, string>): Promise<void> {
    const { clock, cluster } = this.options;
    const archive = new TarWriter();
    archive.addFolder(input.dir.work, HELPER_FILES.work.slice(1));
    archive.addFolder(input.dir.tmp, HELPER_FILES.tmp.slice(1));
    const words = programOf(commandOf(input.payload.job), 'linux').flat();
    for (const [name, text] of Object.entries(startFiles(words, environment))) archive.addText(`cc/${name}`, text);
    const [open] = await Promise.all([untilCut(pod, cluster.targets, clock), sendFiles(pod, archive)]);
    if (open.length > 0) throw new ClusterFault(`${notCutWords(open)}, so nothing was run.`);
  }
}

/** Rejects as soon as the job is stopped; what was under way then fails by itself when its pod is removed. */
async function unlessStopped(filling: Promise<void>, signal: AbortSignal): Promise<void> {
  filling.catch(() => undefined);
  const stopped = new AbortController();
  try {
    await Promise.race([filling, once(signal, 'abort', { signal: stopped.signal }).catch(() => undefined)]);
  } finally {
    stopped.abort();
  }
  if (signal.aborted) throw new Error('The job was stopped before it began.');
}

const limitsOf = ({ limits = {} }: Pick<JobSpec, 'limits'>): Limits => ({
  memoryBytes: limits.memory_bytes ?? MEMORY_DEFAULT_BYTES,
  cpuMilli: limits.cpu_milli ?? CPU_DEFAULT_MILLI,
  // A cluster holds no number of processes for a pod.
  processes: limits.processes ?? 0,
});

/** One pod from the moment its job began to its removal. */
class RunningPod {
  constructor(
    private readonly pod: JobPod,
    private readonly input: ExecutionInput,
    private readonly clock: Clock,
  ) {}

  /** @param release ends what keeps the pod alive and reached. */
  execution(environmentNames: readonly string[], release: () => void): Execution {
    const { pod, clock } = this;
    const logs = new PodLogs(pod, clock);
    logs.start();
    const questions = PodQuestions.start(pod, this.input.extra, clock);
    const end = this.#untilEnded();
    void end.then(() => questions?.stop());
    let tellRemoved: (isGone: boolean) => void = () => undefined;
    const removed = new Promise<boolean>((resolve) => {
      tellRemoved = resolve;
    });
    const processes = new PodProcesses(pod, clock, end, removed);
    const ended = this.#follow(end, logs, tellRemoved).finally(release);
    // A kill may be what is waited for, and not this.
    ended.catch(() => undefined);
    return {
      stdout: logs.stdout,
      stderr: logs.stderr,
      processes,
      environmentNames,
      exited: end.then(() => undefined),
      ended,
    };
  }

  /**
   * How the job ended, or a sentence where the cluster could not say. One that does not answer is asked again until its pod
   * has ended itself, which was not heard from its runner either.
   */
  async #untilEnded(): Promise<PodEnd | string> {
    const { clock, pod } = this;
    const silenceMs = pod.plan.silenceS * 1000 + UNHEARD_SLACK_MS;
    for (let heardAtMonoMs = clock.now().monoMs; ; ) {
      const state = await pod.state().catch(() => undefined);
      if (state === null) return 'Its pod was removed from the cluster while it ran.';
      if (state !== undefined) heardAtMonoMs = clock.now().monoMs;
      const end = state === undefined ? null : endOf(state);
      if (end !== null) return end;
      if (clock.now().monoMs - heardAtMonoMs > silenceMs)
        return `The cluster's API did not answer for ${Math.round(silenceMs / 1000)} s, in which its pod ended itself.`;
      await clock.sleep(STATE_POLL_MS);
    }
  }

  async #follow(
    ended: Promise<PodEnd | string>,
    logs: PodLogs,
    tellRemoved: (isGone: boolean) => void,
  ): Promise<ExecutionEnd> {
    const found = await ended;
    const end = typeof found === 'string' ? null : found;
    const isWhole = await logs.finish(end !== null);
    const trouble = await this.#takeOutputs(end !== null);
    const isGone = await this.pod.remove();
    tellRemoved(isGone);
    const details = [
      ...(typeof found === 'string' ? [found] : []),
      ...(end?.isOutOfMemory ? [this.#outOfMemory()] : []),
      ...(end?.evicted ? [`The cluster ended its pod (${end.evicted}).`] : []),
      ...(trouble === null ? [] : [`Its outputs could not be taken out of the pod: ${trouble}`]),
      ...(isWhole ? [] : ['The end of its output did not come out of the pod.']),
      ...(isGone ? [] : [`Its pod ${this.pod.plan.name} was not seen to be gone.`]),
    ];
    return {
      // A job whose outputs are lost has not done what it was for.
      exitCode: trouble === null ? (end?.exitCode ?? 128 + 9) : null,
      signal: null,
      cpuMs: null,
      leftovers: isGone ? [] : [1],
      ...(details.length === 0 ? {} : { detail: details.join(' ') }),
      enforced: this.#enforced(),
    };
  }

  /** Null, or why they are not here: then nothing is, because half of an output would pass for a whole one. */
  async #takeOutputs(isThere: boolean): Promise<string | null> {
    const { payload, dir } = this.input;
    try {
      await takeOutputs(this.pod, isThere ? payload.job.outputs : [], dir.work);
      return null;
    } catch (error) {
      emptyFolder(dir.work);
      return messageOf(error);
    }
  }

  #outOfMemory(): string {
    const { memoryBytes } = this.pod.plan.limits;
    return `It was killed because it needed more memory than its limit of ${Math.floor(memoryBytes / MEBIBYTE)} MiB.`;
  }

  #enforced(): ExecutionEnd['enforced'] {
    const { memoryBytes, cpuMilli } = this.pod.plan.limits;
    return {
      files: 'confined',
      network: 'none',
      pid: 'namespace',
      image: digestOf(this.pod.plan.image),
      engine: 'kubernetes',
      limits: { by: 'container', memory_bytes: memoryBytes, cpu_milli: cpuMilli },
    };
  }
}
