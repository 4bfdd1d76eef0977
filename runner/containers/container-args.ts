import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AttemptDir } from '../work-dir.ts';
import type { ContainerEngine } from './engine.ts';

/** Where a job finds its files inside. */
export const INSIDE = { work: '/job', tmp: '/tmp' } as const;
/** By this the containers of one work root are found again, whatever became of the runner that made them. */
export const ROOT_LABEL = 'connected-compute.root';
/** Open files of one process; engines that hand on a limit of millions fail where the runner itself has less. */
const OPEN_FILES = 1_024;
const SHARED_MEMORY = '64m';
/** The longest line of an env file that every engine reads. */
const ENV_LINE_LIMIT = 32_768;
/** Names that the engine's own program reads; a value of the job under such a name must not reach it. */
const READ_BY_ENGINE =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LANG|LC_.*|NOTIFY_SOCKET|LISTEN_.*|GO.*|LD_.*|DBUS_.*|SSL_.*|.*_PROXY|_?(XDG|DOCKER|CONTAINERS?|PODMAN|BUILDAH|BUILDKIT|STORAGE|REGISTRY|REGISTRIES|NETAVARK|CNI|CRIU)_.*)$/i;

/** Ceilings that hold for all processes of one attempt together. */
export interface Limits {
  memoryBytes: number;
  processes: number;
  /** 1000 is one core. */
  cpuMilli: number;
}

export interface ContainerPlan {
  name: string;
  dir: AttemptDir;
  image: string;
  /** Program and arguments; empty starts what the image names. */
  argv: readonly string[];
  environment: Readonly<Record<string, string>>;
  limits: Limits;
  /** Further mounts, for what stands between the job and the runner's filter. */
  mounts?: readonly Mount[];
  /** Further options of `create`. */
  more?: readonly string[];
}

export interface Mount {
  source: string;
  target: string;
  isReadOnly: boolean;
}

/** The label's value for a folder of attempts: a digest, because a path may be long and say much. */
export const rootLabel = (workRoot: string): string =>
  `${ROOT_LABEL}=${createHash('sha256').update(workRoot).digest('hex').slice(0, 32)}`;

const quoted = (field: string): string => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

const mountArgs = ({ source, target, isReadOnly }: Mount): string[] => [
  '--mount',
  ['type=bind', quoted(`source=${source}`), quoted(`target=${target}`), ...(isReadOnly ? ['readonly'] : [])].join(','),
];

/**
 * How values travel: in a file that only this user reads, never on a command line. A value with several lines fits in no
 * such file and goes through the environment of the engine's program.
 */
export interface PassedEnvironment {
  args: string[];
  /** For the engine's program. */
  environment: Record<string, string>;
}

/** Throws in words for a value that cannot be passed without reaching the engine itself. */
export function passEnvironment(values: Readonly<Record<string, string>>, folder: string): PassedEnvironment {
  const file = join(folder, 'environment');
  const lines: string[] = [];
  const passed: PassedEnvironment = { args: ['--env-file', file], environment: {} };
  for (const [name, value] of Object.entries(values)) {
    if (!/[\r\n]/.test(value) && value.length < ENV_LINE_LIMIT) {
      lines.push(`${name}=${value}\n`);
      continue;
    }
    if (READ_BY_ENGINE.test(name))
      throw new Error(`The value of ${name} has several lines and cannot be passed into a container under this name.`);
    passed.environment[name] = value;
    passed.args.push('--env', name);
  }
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return passed;
}

const limitArgs = ({ memoryBytes, processes, cpuMilli }: Limits): string[] => [
  ...['--memory', String(memoryBytes), '--memory-swap', String(memoryBytes)],
  ...['--pids-limit', String(processes), '--cpus', (cpuMilli / 1000).toFixed(2)],
];

/** What every container of a job is held by, before its image. */
export function createArgs(engine: ContainerEngine, plan: ContainerPlan): string[] {
  const { dir } = plan;
  const [program, ...args] = plan.argv;
  const nproc = Math.max(plan.limits.processes, 64);
  return [
    ...['create', '--name', plan.name, '--pull', 'never', '--label', rootLabel(dirname(dir.path))],
    ...['--network', 'none', '--ipc', 'private', '--hostname', 'job'],
    ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--shm-size', SHARED_MEMORY],
    // Podman's own defaults give writable folders and this machine's proxies.
    ...(engine.name === 'podman' ? ['--read-only-tmpfs=false', '--http-proxy=false'] : []),
    ...[
      '--ulimit',
      `nofile=${OPEN_FILES}:${OPEN_FILES}`,
      '--ulimit',
      `nproc=${nproc}:${nproc}`,
      '--ulimit',
      'core=0:0',
    ],
    ...(engine.hasLimits ? limitArgs(plan.limits) : []),
    ...engine.userOptions,
    // What a job writes is sent on redacted; the engine keeps no copy of its own.
    ...['--log-driver', 'none', '--restart', 'no', '--workdir', INSIDE.work],
    ...mountArgs({ source: dir.work, target: INSIDE.work, isReadOnly: false }),
    ...mountArgs({ source: dir.tmp, target: INSIDE.tmp, isReadOnly: false }),
    ...(plan.mounts ?? []).flatMap(mountArgs),
    ...(plan.more ?? []),
    ...(program === undefined ? [] : ['--entrypoint', program]),
    plan.image,
    ...args,
  ];
}
