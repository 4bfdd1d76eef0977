import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { systemCodeOf } from '../errors.ts';
import { firstWord } from '../first-word.ts';
import { keptStream, whenRead } from '../kept-stream.ts';
import type { AttemptGroup } from '../limits/attempt-group.ts';
import { cpuMsOf } from '../proc-table.ts';
import { ProcessTree, type TreeMark } from '../process-tree.ts';
import { Watchdog } from '../watchdog.ts';

const CPU_SAMPLE_MS = 500;
/** Once the tree is gone nothing can write; what keeps a pipe open longer than this is not read to its end. */
const PIPE_CLOSE_MS = 2_000;
/** Processes that the job left behind get this long between SIGTERM and SIGKILL. */
const LEFT_BEHIND_GRACE_MS = 2_000;

export interface CommandInput {
  argv: readonly string[];
  /** Reads argv as one line for the shell; only when the job says so. */
  shell: boolean;
  cwd: string;
  environment: Record<string, string>;
  mark: TreeMark;
  /** Holds all its processes under its ceilings, and finds each one at the end. */
  group?: AttemptGroup | null;
}

export interface CommandEnd {
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: string | null;
  /** Sampled, so a lower bound; null where the platform does not tell. */
  cpuMs: number | null;
  /** Processes that could not be ended. */
  leftovers: number[];
}

/** A job's command as it runs. */
export interface RunningCommand {
  stdout: Readable;
  stderr: Readable;
  tree: ProcessTree;
  /** Resolves when the command itself ended; what it left behind is being ended then. */
  exited: Promise<void>;
  /** Resolves when the command and everything it started is gone and its output was read. */
  ended: Promise<CommandEnd>;
}

/** Program and arguments of a command; with `shell`, the shell that reads its one line. */
export function programOf(
  { argv, shell }: Pick<CommandInput, 'argv' | 'shell'>,
  platform: NodeJS.Platform,
): [string, string[]] {
  if (!shell) return [argv[0] as string, argv.slice(1)];
  const line = argv.join(' ');
  return platform === 'win32' ? ['cmd.exe', ['/d', '/s', '/c', line]] : ['/bin/sh', ['-c', line]];
}

function waitForSpawn(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', (error) => {
      const isMissing = systemCodeOf(error) === 'ENOENT';
      reject(isMissing ? new Error(`The program ${program} was not found on this source.`) : error);
    });
  });
}

/** Takes itself into the groups before it becomes the program: nothing that it starts is ever outside. */
const JOIN = `
set -f
for file in $1; do
  echo $$ >"$file" || { printf L >&3; exit 126; }
done 2>/dev/null
shift
command -v -- "$1" >/dev/null 2>&1 || { printf N >&3; exit 127; }
unset PWD OLDPWD SHLVL
exec "$@" 3>&-
`;
const joinedProgram = (group: AttemptGroup, [program, args]: [string, string[]]): [string, string[]] => [
  '/bin/sh',
  ['-c', JOIN, 'job', group.files.join(' '), program, ...args],
];

/** Resolves when the program runs inside its groups; throws in words when it does not. */
async function waitForJoin(child: ChildProcess, program: string): Promise<void> {
  const word = await firstWord((child.stdio as unknown as Readable[])[3] as Readable);
  if (word === 'N') throw new Error(`The program ${program} was not found on this source.`);
  if (word !== '')
    throw new Error('The ceilings on memory and processes could not be set, so the job was not started.');
}

/**
 * Starts a command in a process group of its own, with nothing on standard input. Throws an Error in words when the
 * program cannot be started.
 */
export async function startCommand(input: CommandInput, clock: Clock): Promise<RunningCommand> {
  const asked = programOf(input, process.platform);
  const group = input.group ?? null;
  const [program, args] = group === null ? asked : joinedProgram(group, asked);
  const watchdog = new Watchdog(input.mark, group?.files);
  let child: ChildProcess;
  let exit: Promise<[number | null, string | null]>;
  let stdout: Readable;
  let stderr: Readable;
  try {
    child = spawn(program, args, {
      cwd: input.cwd,
      env: input.environment,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe', ...(group === null ? [] : ['pipe' as const])],
      windowsHide: true,
      windowsVerbatimArguments: input.shell,
    });
    // Heard from its first moment on: a short program ends before its groups have answered.
    exit = new Promise((resolve) => child.once('exit', (code, name) => resolve([code, name])));
    stdout = keptStream(child.stdout as Readable);
    stderr = keptStream(child.stderr as Readable);
    await waitForSpawn(child, program);
    if (group !== null) await waitForJoin(child, asked[0]);
  } catch (error) {
    await group?.end(clock);
    watchdog.release();
    throw error;
  }
  const pid = child.pid as number;
  watchdog.watch(pid);
  const tree = new ProcessTree(pid, input.mark, clock);
  const ended = follow(child, exit, [stdout, stderr], tree, group, clock).finally(() => watchdog.release());
  return { stdout, stderr, tree, exited: exit.then(() => undefined), ended };
}

async function follow(
  child: ChildProcess,
  exit: Promise<[number | null, string | null]>,
  output: readonly Readable[],
  tree: ProcessTree,
  group: AttemptGroup | null,
  clock: Clock,
): Promise<CommandEnd> {
  let cpuMs: number | null = null;
  const stopSampling = clock.every(CPU_SAMPLE_MS, () => {
    cpuMs = cpuMsOf(tree.root) ?? cpuMs;
  });
  const [exitCode, signal] = await exit;
  stopSampling();
  // The attempt ends with its command: what it left behind would run without a lease.
  const found = await tree.kill(LEFT_BEHIND_GRACE_MS);
  // What hid from every mark is in the group all the same.
  const hidden = (await group?.end(clock)) ?? [];
  const leftovers = [...new Set([...found, ...hidden])];
  await Promise.race([whenRead(...output), clock.sleep(PIPE_CLOSE_MS)]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  for (const stream of output) stream.destroy();
  return { exitCode, signal, cpuMs, leftovers };
}
