import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContainerSetup, StandInContainer } from './stand-in-container.ts';

export interface ContainerSpec {
  name: string;
  image: string;
  imagePullPolicy: string;
  command: string[];
  workingDir?: string;
  resources?: { limits?: { memory?: string } };
  securityContext?: { readOnlyRootFilesystem?: boolean };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}
export interface PodSpec {
  initContainers?: ContainerSpec[];
  containers: ContainerSpec[];
  volumes: { name: string }[];
  securityContext?: { runAsUser?: number };
  terminationGracePeriodSeconds?: number;
}
interface Status {
  name: string;
  state: object;
}

/** What a pod depends on of its cluster. */
export interface PodSurroundings {
  /** The folder of an image; undefined when the cluster has none of that name. */
  rootfsOf: (image: string) => string | undefined;
  /** At this moment, for the pod. */
  hasNetwork: () => boolean;
  environment: Readonly<Record<string, string>>;
  onGone: () => void;
}

const MEBIBYTES = /^(\d+)Mi$/;
const bytesOf = (memory: string | undefined): number | null => {
  if (memory === undefined) return null;
  const mebibytes = MEBIBYTES.exec(memory)?.[1];
  return mebibytes === undefined ? Number(memory) : Number(mebibytes) * 1024 ** 2;
};

/** One pod: its containers run as processes of this machine, with folders in the place of its volumes. */
export class StandInPod {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cc-pod-'));
  readonly #running = new Map<string, StandInContainer>();
  readonly #execs = new Set<StandInContainer>();
  readonly #init: Status[] = [];
  readonly #statuses: Status[] = [];
  #phase = 'Pending';
  #deletedAt: string | null = null;
  #killTimer: NodeJS.Timeout | null = null;
  #killAtMs = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(
    readonly name: string,
    readonly labels: Readonly<Record<string, string>>,
    private readonly spec: PodSpec,
    private readonly around: PodSurroundings,
  ) {
    for (const { name } of spec.volumes) {
      mkdirSync(join(this.#folder, name));
      chmodSync(join(this.#folder, name), 0o777);
    }
    void this.#run();
  }

  json(): object {
    const deletion = this.#deletedAt === null ? {} : { deletionTimestamp: this.#deletedAt };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: this.name, labels: this.labels, ...deletion },
      spec: this.spec,
      status: { phase: this.#phase, initContainerStatuses: this.#init, containerStatuses: this.#statuses },
    };
  }

  /** Starts a program beside what runs in a container; null when that container does not run. */
  exec(container: string, argv: readonly string[]): StandInContainer | null {
    const spec = this.spec.containers.find(({ name }) => name === container);
    if (spec === undefined || !this.#running.has(container)) return null;
    const started = new StandInContainer({ ...this.#setup(spec, null), argv });
    this.#execs.add(started);
    void started.ended.then(() => this.#execs.delete(started));
    return started;
  }

  /** SIGTERM to every container, SIGKILL after the grace; asked again, the shorter grace counts. */
  delete(graceSeconds = this.spec.terminationGracePeriodSeconds ?? 30): void {
    if (this.#deletedAt === null) for (const container of this.#running.values()) container.signal('SIGTERM');
    this.#deletedAt ??= new Date().toISOString();
    const killAtMs = performance.now() + graceSeconds * 1000;
    if (killAtMs < this.#killAtMs) {
      this.#killAtMs = killAtMs;
      if (this.#killTimer !== null) clearTimeout(this.#killTimer);
      this.#killTimer = setTimeout(() => this.kill(), graceSeconds * 1000);
    }
    this.#goIfOver();
  }

  kill(): void {
    for (const container of [...this.#running.values(), ...this.#execs]) container.signal('SIGKILL');
    this.#goIfOver();
  }

  async #run(): Promise<void> {
    for (const spec of this.spec.initContainers ?? []) {
      const code = await this.#start(spec, this.#init);
      if (code === 0) continue;
      return this.#finish('Failed');
    }
    this.#phase = 'Running';
    const codes = await Promise.all(this.spec.containers.map((spec) => this.#start(spec, this.#statuses)));
    this.#finish(codes.every((code) => code === 0) ? 'Succeeded' : 'Failed');
  }

  /** Resolves with its exit code when it ended; never where its image is missing. */
  async #start(spec: ContainerSpec, statuses: Status[]): Promise<number> {
    const status: Status = { name: spec.name, state: { waiting: { reason: 'ContainerCreating' } } };
    statuses.push(status);
    if (this.#deletedAt !== null) return 137;
    if (this.around.rootfsOf(spec.image) === undefined) {
      const reason = spec.imagePullPolicy === 'Never' ? 'ErrImageNeverPull' : 'ImagePullBackOff';
      status.state = { waiting: { reason, message: `Back-off pulling image "${spec.image}"` } };
      return new Promise(() => undefined);
    }
    const started = new StandInContainer(this.#setup(spec, bytesOf(spec.resources?.limits?.memory)));
    started.child.stdin?.end();
    // A cluster keeps this on its disk and hands it on to whoever gathers logs.
    started.child.stdout?.on('data', (bytes) => (this.kept += bytes));
    started.child.stderr?.on('data', (bytes) => (this.kept += bytes));
    this.#running.set(spec.name, started);
    status.state = { running: { startedAt: new Date().toISOString() } };
    const exitCode = await started.ended;
    this.#running.delete(spec.name);
    status.state = {
      terminated: { exitCode, reason: started.isOutOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error' },
    };
    return exitCode;
  }

  /** What the cluster itself would keep of the containers' output. */
  kept = '';

  #setup(spec: ContainerSpec, memoryBytes: number | null): ContainerSetup {
    return {
      rootfs: this.around.rootfsOf(spec.image) as string,
      argv: spec.command,
      workingDir: spec.workingDir ?? '/',
      environment: { PATH: '/usr/bin:/bin', HOSTNAME: this.name, ...this.around.environment },
      mounts: (spec.volumeMounts ?? []).map(({ name, mountPath, readOnly = false }) => ({
        from: join(this.#folder, name),
        to: mountPath,
        isReadOnly: readOnly,
      })),
      isRootReadOnly: spec.securityContext?.readOnlyRootFilesystem === true,
      user: this.spec.securityContext?.runAsUser ?? 0,
      hasNetwork: this.around.hasNetwork(),
      memoryBytes,
    };
  }

  #finish(phase: string): void {
    this.#phase = phase;
    this.#isOver = true;
    for (const exec of this.#execs) exec.signal('SIGKILL');
    this.#goIfOver();
  }

  #goIfOver(): void {
    if (this.#deletedAt === null || (!this.#isOver && this.#running.size > 0)) return;
    if (this.#killTimer !== null) clearTimeout(this.#killTimer);
    rmSync(this.#folder, { recursive: true, force: true });
    this.around.onGone();
  }
}
