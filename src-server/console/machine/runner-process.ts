import { type ChildProcess, spawn } from 'node:child_process';

/** One run of the runner's program, without a word of how it is hosted. */
export interface RunnerProcess {
  readonly pid: number | null;
  /** Asks it to end: once drains, twice gives back what runs. */
  ask(): void;
  /** Ends it at once. */
  kill(): void;
}
export interface RunnerEvents {
  line(text: string): void;
  /** Comes last and exactly once. @param exitCode null where a signal ended it or it never started */
  exited(exitCode: number | null): void;
}
/** Starts the program with its arguments; it must not call back before it returns. Nothing secret stands in them. */
export type StartRunner = (args: readonly string[], events: RunnerEvents) => RunnerProcess;

/** Never handed on to the runner: they would change how it runs, or lead it elsewhere. */
const NOT_INHERITED = /^(NODE_OPTIONS|ELECTRON_.*|LD_.*|DYLD_.*|CONNECTED_COMPUTE_.*)$/;

/** The environment of the runner's process. */
export const runnerEnvironment = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !NOT_INHERITED.test(entry[0]),
    ),
  );

/** Splits what a stream brings into lines. */
export function linesOf(hear: (line: string) => void): (chunk: Buffer | string) => void {
  let rest = '';
  return (chunk) => {
    const parts = `${rest}${chunk.toString()}`.split('\n');
    rest = (parts.pop() ?? '').slice(-8_192);
    for (const part of parts) if (part.trim() !== '') hear(part);
  };
}

/** Runs the program in a Node process of its own. @param bootstrapFile `out/runner/bootstrap.mjs` */
export const runnerInNode =
  (bootstrapFile: string): StartRunner =>
  (args, events) => {
    // A group of its own: Ctrl-C reaches the console alone, which then lets its runner drain.
    const child: ChildProcess = spawn(process.execPath, [bootstrapFile, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: runnerEnvironment(process.env),
    });
    const hear = linesOf((line) => events.line(line));
    child.stdout?.on('data', hear);
    child.stderr?.on(
      'data',
      linesOf((line) => events.line(line)),
    );
    let isOver = false;
    const end = (code: number | null): void => {
      if (isOver) return;
      isOver = true;
      events.exited(code);
    };
    child.once('error', () => end(null));
    child.once('close', (code) => end(code));
    return {
      pid: child.pid ?? null,
      ask: () => void child.kill('SIGTERM'),
      kill: () => void child.kill('SIGKILL'),
    };
  };
