import { type ChildProcess, spawn } from 'node:child_process';
import { type EngineProgram, engineEnvironment, removeArgs } from './engine.ts';

/**
 * Waits on its standard input: a line with a number names the program that starts the container, the line `gone` says that
 * the container is gone, an end without it that the runner died. A start that was under way goes on without its runner, so
 * the container is removed until the program that starts it has ended too.
 */
const SCRIPT = `
starter=
while read -r line; do
  [ "$line" = gone ] && exit 0
  starter=$line
done
round=0
while [ $round -lt 5 ] || { [ $round -lt 120 ] && [ -n "$starter" ] && kill -0 "$starter" 2>/dev/null; }; do
  "$@" >/dev/null 2>&1
  round=$((round + 1))
  sleep 1
done
`;

/** Program and arguments of a watchdog. @param remove program and arguments that remove the container. */
export const containerWatchdogCommand = (remove: readonly string[]): [string, string[]] => [
  '/bin/sh',
  ['-c', SCRIPT, 'connected-compute-watchdog', ...remove],
];

/** A small shell beside each container that removes it should this process be killed. POSIX only. */
export class ContainerWatchdog {
  readonly #process: ChildProcess | null;

  constructor({ name, options }: EngineProgram, container: string) {
    if (process.platform === 'win32') {
      this.#process = null;
      return;
    }
    const remove = [name, ...options, ...removeArgs({ name, options }, container)];
    const [program, args] = containerWatchdogCommand(remove);
    this.#process = spawn(program, args, {
      cwd: '/',
      detached: true,
      env: engineEnvironment(process.env),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Without a shell there is no watchdog; what is left is found at the next start.
    this.#process.on('error', () => undefined);
    this.#process.stdin?.on('error', () => undefined);
    this.#process.unref();
  }

  /** The program that starts the container, and ends after it. */
  watch(starter: number): void {
    this.#process?.stdin?.write(`${starter}\n`);
  }

  release(): void {
    this.#process?.stdin?.end('gone\n');
  }
}
