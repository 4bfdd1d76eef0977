import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { afterAll } from 'vitest';

/** A test that failed half-way leaves none of its processes behind. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A real process: what it printed so far, what it prints next, and how it ends. */
export class Program {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  private readonly looks = new Set<() => void>();

  constructor(
    readonly child: ChildProcess,
    private readonly name: string,
  ) {
    child.stdout?.on('data', (chunk: Buffer) => this.heard('stdout', chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.heard('stderr', chunk));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
        for (const look of [...this.looks]) look();
      });
    });
  }

  static start(file: string, args: readonly string[], options: SpawnOptions & { input?: string } = {}): Program {
    const { input, ...rest } = options;
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], ...rest });
    running.add(child);
    child.once('close', () => running.delete(child));
    // A program that does not read its input is free to end first.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
    return new Program(child, `${file} ${args.slice(0, 3).join(' ')}`);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves with the first match of what it prints, on either stream; fails when the process ends without it. */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
        const isOver = this.child.exitCode !== null || this.child.signalCode !== null;
        if (found === null && !isOver) return;
        this.looks.delete(look);
        if (found !== null) resolve(found);
        else reject(new Error(`${this.name} never printed ${pattern}:\n${this.stdout}\n${this.stderr}`));
      };
      this.looks.add(look);
      look();
    });
  }

  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  private heard(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this[stream] += chunk.toString('utf8');
    for (const look of [...this.looks]) look();
  }
}
