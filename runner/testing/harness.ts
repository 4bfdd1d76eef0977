import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectArgs, RunArgs } from '../args.ts';
import { systemClock } from '../clock.ts';
import { type Capabilities, NO_CAPABILITIES } from '../confinement/capabilities.ts';
import { connect } from '../connect.ts';
import type { ExitCode } from '../exit-codes.ts';
import { systemChance } from '../ids.ts';
import type { Printer } from '../printer.ts';
import { run } from '../run.ts';
import type { FakePlane } from './fake-plane.ts';

/** A printer that keeps its lines. */
export class LinePrinter implements Printer {
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  say(line: string): void {
    this.lines.push(line);
  }
  warn(line: string): void {
    this.warnings.push(line);
  }
  get all(): string {
    return [...this.lines, ...this.warnings].join('\n');
  }
}

/** A runner of one test: its own folders, real clock, lines kept, stop signals called by hand. */
export class TestRunner {
  readonly folder = mkdtempSync(join(tmpdir(), 'cc-runner-'));
  readonly printer = new LinePrinter();
  readonly stateDir = join(this.folder, 'state');
  readonly workDir = join(this.folder, 'work');
  /** What the machine is said to enforce; a test of confinement probes for real. */
  capabilities: Capabilities = NO_CAPABILITIES;
  readonly surroundings = { platform: process.platform, env: { PATH: process.env.PATH }, home: this.folder };
  /** What `--secret-env` takes from. */
  readonly env: Record<string, string | undefined> = {};
  #stop: (() => void) | null = null;

  constructor(readonly plane: FakePlane) {}

  connect(over: Partial<ConnectArgs> = {}, credential = this.plane.credential): Promise<ExitCode> {
    const args: ConnectArgs = {
      command: 'connect',
      url: this.plane.url,
      enrollment: 'enr_1',
      planeKey: this.plane.fingerprint,
      stateDir: this.stateDir,
      credentialFile: null,
      ...over,
    };
    return connect(args, {
      clock: systemClock,
      chance: systemChance,
      printer: this.printer,
      surroundings: this.surroundings,
      probe: async () => this.capabilities,
      readCredential: async () => credential,
      program: () => Buffer.from('the program'),
    });
  }

  run(over: Partial<RunArgs> = {}): Promise<ExitCode> {
    const args: RunArgs = {
      command: 'run',
      enrollment: 'enr_1',
      planeKey: this.plane.fingerprint,
      stateDir: this.stateDir,
      once: true,
      capacity: null,
      workDir: this.workDir,
      keep: false,
      confinedOnly: false,
      drainMs: 30_000,
      secretEnv: [],
      pauseFile: null,
      kinds: null,
      cluster: null,
      url: null,
      imageRegistries: [],
      checkoutHosts: [],
      ...over,
    };
    return run(args, {
      clock: systemClock,
      chance: systemChance,
      printer: this.printer,
      surroundings: this.surroundings,
      env: this.env,
      probe: async () => this.capabilities,
      onStopSignal: (stop) => {
        this.#stop = stop;
        return () => undefined;
      },
    });
  }

  /** What a stop signal does. */
  signal(): void {
    this.#stop?.();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
