import { type ChildProcess, spawn } from 'node:child_process';
import { type EngineProgram, engineEnvironment, removeArgs } from './engine.ts';

/** Waits on its standard input: a line says that the container is gone, an end without one that the runner died. */
const SCRIPT = `
read -r word && exit 0
round=0
while [ $round -lt 5 ]; do
  "$@" >/dev/null 2>&1
  round=$((round + 1))
  sleep 1
done
`;

/** A small shell beside each container that removes it should this process be killed. POSIX only. */
export class ContainerWatchdog {
  readonly #process: ChildProcess | null;

  constructor({ name, options }: EngineProgram, container: string) {
    if (process.platform === 'win32') {
      this.#process = null;
      return;
    }
    const remove = [name, ...options, ...removeArgs({ name, options }, container)];
    this.#process = spawn('/bin/sh', ['-c', SCRIPT, 'connected-compute-watchdog', ...remove], {
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

  release(): void {
    this.#process?.stdin?.end('gone\n');
  }
}
