import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { descendants } from './descendants.ts';

const MEMORY_SAMPLE_MS = 40;

/** What a container of a pod is run with, as far as this stand-in keeps to it. */
export interface ContainerSetup {
  rootfs: string;
  argv: readonly string[];
  workingDir: string;
  environment: Readonly<Record<string, string>>;
  mounts: readonly { from: string; to: string; isReadOnly: boolean }[];
  isRootReadOnly: boolean;
  user: number;
  hasNetwork: boolean;
  memoryBytes: number | null;
}

/** Programs and namespaces by bubblewrap: what a container runtime does, without images and without control groups. */
function sandboxArgs(setup: ContainerSetup): string[] {
  const user = String(setup.user);
  return [
    ...['--die-with-parent', '--unshare-user', '--uid', user, '--gid', user, '--unshare-pid', '--as-pid-1'],
    ...['--unshare-ipc', '--unshare-uts', '--hostname', 'pod', '--cap-drop', 'ALL', '--json-status-fd', '3'],
    ...(setup.hasNetwork ? [] : ['--unshare-net']),
    ...[setup.isRootReadOnly ? '--ro-bind' : '--bind', setup.rootfs, '/', '--proc', '/proc', '--dev', '/dev'],
    ...setup.mounts.flatMap(({ from, to, isReadOnly }) => [isReadOnly ? '--ro-bind' : '--bind', from, to]),
    ...['--chdir', setup.workingDir, '--clearenv'],
    ...Object.entries(setup.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    '--',
    ...setup.argv,
  ];
}

const ownBytes = (pid: number): number => {
  try {
    return Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
};

/** One program in namespaces of its own, with the files of its container. */
export class StandInContainer {
  readonly child: ChildProcess;
  /** Its exit code; 128 + its number for a signal. */
  readonly ended: Promise<number>;
  isOutOfMemory = false;
  #innerPid = 0;

  constructor(setup: ContainerSetup) {
    this.child = spawn('bwrap', sandboxArgs(setup), { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], env: {} });
    this.child.stdin?.on('error', () => undefined);
    void this.#learnPid(this.child.stdio[3] as Readable);
    const timer =
      setup.memoryBytes === null ? null : setInterval(() => this.#weigh(setup.memoryBytes), MEMORY_SAMPLE_MS);
    this.ended = once(this.child, 'exit').then(([code, signal]) => {
      if (timer !== null) clearInterval(timer);
      return this.isOutOfMemory ? 137 : (code ?? 128 + constants.signals[signal as NodeJS.Signals]);
    });
  }

  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    try {
      if (this.#innerPid > 0) process.kill(this.#innerPid, name);
    } catch {
      // Gone meanwhile.
    }
    if (name === 'SIGKILL') this.child.kill('SIGKILL');
  }

  async #learnPid(said: Readable): Promise<void> {
    let text = '';
    for await (const bytes of said) {
      text += bytes;
      const pid = /"child-pid": *(\d+)/.exec(text)?.[1];
      if (pid !== undefined && this.#innerPid === 0) this.#innerPid = Number(pid);
    }
  }

  /** Its memory as sampled; a real cluster has the kernel do it. */
  #weigh(limitBytes: number | null): void {
    if (this.#innerPid === 0 || limitBytes === null) return;
    const bytes = descendants(this.#innerPid).reduce((total, pid) => total + ownBytes(pid), 0);
    if (bytes <= limitBytes) return;
    this.isOutOfMemory = true;
    this.signal('SIGKILL');
  }
}
