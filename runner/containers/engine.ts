import { type ChildProcess, execFile, spawn } from 'node:child_process';

/** A step of an engine that takes longer hangs: a daemon that is gone, a storage that is locked. */
const STEP_LIMIT_MS = 60_000;
const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;
const REASON_LIMIT = 300;

/** What of the runner's environment an engine's program reads: where it finds its daemon, its storage and its settings. */
const ENVIRONMENT =
  /^(PATH|HOME|USER|LOGNAME|LANG|TMPDIR|DBUS_SESSION_BUS_ADDRESS|SSL_CERT_(FILE|DIR)|(XDG|DOCKER|CONTAINERS?|PODMAN)_.*)$/;

/** An engine that speaks the command line of Docker, and how it was seen to work here. */
export interface ContainerEngine {
  name: 'podman' | 'docker';
  version: string;
  /** Before the command: which runtime starts the container. */
  options: readonly string[];
  /** How files of the work directory belong to the runner's user afterwards. */
  userOptions: readonly string[];
  /** Ceilings on memory, processes and CPU hold. */
  hasLimits: boolean;
  /** Hosts can be granted through the runner's filter. */
  hasAllowList: boolean;
}

export type EngineProgram = Pick<ContainerEngine, 'name' | 'options'>;

export interface StepResult {
  /** 0 when it did what it was told. */
  code: number;
  stdout: string;
  /** The end of what it said, in one line. */
  reason: string;
}

/** The environment in which an engine's program runs; nothing that a job declares. */
export function engineEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(own).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    return value !== undefined && ENVIRONMENT.test(name);
  });
  return Object.fromEntries(kept);
}

const lastWords = (text: string): string =>
  text
    .trim()
    .split('\n')
    .slice(-2)
    .join(' ')
    .replace(/^(Error: )+/i, '')
    .slice(-REASON_LIMIT);

/** Runs one command of an engine to its end. Never rejects: what went wrong is in the result. */
export function engineStep(
  { name, options }: EngineProgram,
  args: readonly string[],
  more: { signal?: AbortSignal; limitMs?: number; stdin?: Buffer; environment?: Readonly<Record<string, string>> } = {},
): Promise<StepResult> {
  return new Promise((resolve) => {
    const settings = {
      cwd: '/',
      env: { ...more.environment, ...engineEnvironment(process.env) },
      timeout: more.limitMs ?? STEP_LIMIT_MS,
      killSignal: 'SIGKILL' as const,
      maxBuffer: OUTPUT_LIMIT_BYTES,
      windowsHide: true,
      ...(more.signal === undefined ? {} : { signal: more.signal }),
    };
    const child = execFile(name, [...options, ...args], settings, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 255;
      const isMissing = (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
      const said = isMissing ? `${name} is not installed` : lastWords(stderr) || (error?.message.split('\n')[0] ?? '');
      resolve({ code, stdout: stdout.trim(), reason: error?.killed === true ? `${name} did not answer` : said });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(more.stdin);
  });
}

/** Kills and removes a container at once; one that is not there is no error. */
export const removeArgs = ({ name }: EngineProgram, container: string): string[] =>
  // Podman asks politely for ten seconds before it kills, Docker does not.
  ['rm', '--force', '--volumes', ...(name === 'podman' ? ['--ignore', '--time', '0'] : []), container];

/** Starts a container and stays with its output; a signal to the one that reads it is none to the job. */
export const startArgs = ({ name }: EngineProgram, container: string): string[] => [
  'start',
  '--attach',
  ...(name === 'podman' ? ['--sig-proxy=false'] : []),
  container,
];

/**
 * Starts a command of an engine whose output is read as it comes.
 * @param cwd what watches a container's memory leaves a file there; it goes with the attempt.
 */
export const engineSpawn = ({ name, options }: EngineProgram, args: readonly string[], cwd: string): ChildProcess =>
  spawn(name, [...options, ...args], {
    cwd,
    env: engineEnvironment(process.env),
    // A signal to the runner's group must not end what reads the job's output.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
