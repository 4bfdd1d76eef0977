import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { RouteId } from '../../src-server/contract/routes.ts';
import { type CallOptions, type CheckedAnswer, checkedCall, type Parsed } from './checked-call.ts';
import { type Ended, Program } from './program.ts';

const OUT = join(import.meta.dirname, '../../out');
export const CLI = join(OUT, 'cli.mjs');
export const BOOTSTRAP = join(OUT, 'runner/bootstrap.mjs');

const made: string[] = [];
afterAll(() => {
  for (const dataDir of made) rmSync(dataDir, { recursive: true, force: true });
});

/** Runs the built command line to its end. */
export const cli = (args: readonly string[], input?: string): Promise<Ended> =>
  Program.start(process.execPath, [CLI, ...args], input === undefined ? {} : { input }).ended;

/** The built control plane in a process of its own, with its command line and its runners beside it. */
export class PlaneProcess {
  private readonly others: Program[] = [];
  private keys = 0;

  private constructor(
    readonly dataDir: string,
    readonly program: Program,
    readonly ready: Parsed,
    readonly file: Parsed,
  ) {}

  /**
   * @param where the folder and the port of an earlier process; new ones when they are left out. `env`: more variables.
   */
  static async start(
    flags: readonly string[] = [],
    where: { dataDir?: string; port?: number; env?: Record<string, string> } = {},
  ) {
    for (const file of [CLI, BOOTSTRAP])
      if (!existsSync(file)) throw new Error(`${file} is missing. Run: npm run build`);
    const dataDir = where.dataDir ?? mkdtempSync(join(tmpdir(), 'cc-process-'));
    made.push(dataDir);
    // Beside the folder, as a copy of the folder must not take it along.
    const anchorDir = `${dataDir}-anchor`;
    made.push(anchorDir);
    const args = [
      CLI,
      'serve',
      '--data-dir',
      dataDir,
      '--anchor-dir',
      anchorDir,
      '--port',
      String(where.port ?? 0),
      ...flags,
    ];
    const program = Program.start(process.execPath, args, { env: { ...process.env, ...where.env } });
    const [line] = await program.prints(/^\{.*"event":"ready".*\}\n/);
    const file = JSON.parse(readFileSync(join(dataDir, 'console.json'), 'utf8'));
    return new PlaneProcess(dataDir, program, JSON.parse(line), file);
  }

  get url(): string {
    return this.ready.url as string;
  }
  get port(): number {
    return Number(new URL(this.url).port);
  }

  call(id: RouteId, options: CallOptions = {}): Promise<CheckedAnswer> {
    return checkedCall(this.port, id, {
      bearer: this.file.operator_token,
      ...options,
      params: { workspace_id: this.file.workspace_id, ...options.params },
    });
  }

  /** Runs a command against this plane and parses what it prints as JSON. */
  async json(args: readonly string[], input?: string): Promise<Parsed> {
    const { code, stdout, stderr } = await this.cli([...args, '--json'], input);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  cli(args: readonly string[], input?: string): Promise<Ended> {
    return cli([...args, '--data-dir', this.dataDir], input);
  }

  async submit(job: object): Promise<Parsed> {
    const answer = await this.call('jobSubmit', { body: job, key: `key-${++this.keys}` });
    if (answer.status !== 201) throw new Error(`the submit was refused: ${answer.text}`);
    return answer.json;
  }

  async job(jobId: string): Promise<Parsed> {
    return (await this.call('job', { params: { job_id: jobId } })).json;
  }

  /** Looks again at each change that the plane tells of, until there is something to see. */
  async until<T>(look: () => Promise<T | null>): Promise<T> {
    const hangUp = new AbortController();
    const response = await fetch(`${this.url}/api/v1/workspaces/${this.file.workspace_id}/stream`, {
      headers: { authorization: `Bearer ${this.file.operator_token}` },
      signal: hangUp.signal,
    });
    try {
      for await (const _ of response.body as unknown as AsyncIterable<Uint8Array>) {
        const found = await look();
        if (found !== null) return found;
      }
    } finally {
      hangUp.abort();
    }
    throw new Error('the stream ended first');
  }

  untilJob(jobId: string, state: string): Promise<Parsed> {
    return this.until(async () => {
      const job = await this.job(jobId);
      return job.state === state ? job : null;
    });
  }

  /** Bodies of every event of a type, in the order of the log. */
  async events(type: string): Promise<Parsed[]> {
    const found: Parsed[] = [];
    for (let from = 0; ; ) {
      const { items, next_cursor: next } = (
        await this.call('evidence', { query: { from: String(from), limit: '200' } })
      ).json as { items: { seq: number; line: string }[]; next_cursor: string | null };
      for (const { line } of items)
        for (const event of JSON.parse(line).events) if (event.type === type) found.push(event.body);
      if (next === null || items.length === 0) return found;
      from = (items.at(-1)?.seq ?? from) + 1;
    }
  }

  /** Enrolls a source; the answer holds its credential and its commands. */
  async enroll(name: string, more: object = {}): Promise<Parsed> {
    const answer = await this.call('enrollmentCreate', { body: { name, kind: 'laptop', ...more } });
    if (answer.status !== 201) throw new Error(`the enrollment was refused: ${answer.text}`);
    return answer.json;
  }

  /** Runs a printed command in bash, as a person would paste it; the runner's files stay below the data directory. */
  paste(command: string, input = ''): Program {
    const env = { ...process.env, XDG_STATE_HOME: join(this.dataDir, 'runner-state') };
    // `exec`, so that a signal reaches the runner and not a shell around it.
    const pasted = Program.start('bash', ['-c', `exec ${command}`], { env, input });
    this.others.push(pasted);
    return pasted;
  }

  /** A source that is enrolled and connected by its printed commands. */
  async connected(name: string, more: object = {}): Promise<Parsed> {
    const made = await this.enroll(name, more);
    const { code, stderr, stdout } = await this.paste(made.commands.bash.connect, `${made.credential}\n`).ended;
    if (code !== 0) throw new Error(`connect ended with ${code}: ${stdout}${stderr}`);
    return made;
  }

  /** A connected source whose runner claims until it is stopped. */
  async running(name: string, more: object = {}): Promise<{ made: Parsed; runner: Program }> {
    const made = await this.connected(name, more);
    return { made, runner: this.paste(made.commands.bash.run.replace('run --once', 'run')) };
  }

  /** Ends every process; the folder stays, for a start on it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    return this.program.end(signal);
  }

  async close(): Promise<void> {
    for (const other of this.others) other.child.kill('SIGKILL');
    await Promise.all([...this.others.map((other) => other.ended), this.stop()]);
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
