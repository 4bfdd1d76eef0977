import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouteId } from '../../src-server/contract/routes.ts';
import type { Role } from '../../src-server/contract/terms.ts';
import { MemoryDemos } from '../../src-server/demo/memory-demos.ts';
import type { ConsoleCalls } from '../../src-server/http/console-calls.ts';
import { startServer } from '../../src-server/http/server.ts';
import { systemTimers } from '../../src-server/plane/clock.ts';
import { Host, type HostedWorkspace } from '../../src-server/plane/host.ts';
import { systemRandom } from '../../src-server/plane/random.ts';
import { type CallOptions, type CheckedAnswer, checkedCall, exchange } from './checked-call.ts';
import { MovableClock } from './movable-clock.ts';
import { RunnerUnderTest } from './runner-under-test.ts';

/** A small module in the place of the runner's bytes; tests of the real runner pass its file. */
const STAND_IN_BOOTSTRAP = 'console.log(JSON.stringify(process.argv.slice(1)));\n';

export interface PlaneOptions {
  dataDir?: string;
  anchorDir?: string;
  leaseTtlMs?: number;
  publicUrl?: string;
  bootstrapFile?: string;
  port?: number;
  /** Opens what can be read, and changes nothing; the admin is one of this launch. */
  isReadOnly?: boolean;
  /** Set apart before the start, as a past is made of it. */
  clock?: MovableClock;
  /** Remote workspaces and this machine, as `serve` offers them. */
  consoleHost?: ConsoleCalls;
  /** The built console; without it only the API is served. */
  rendererDir?: string;
}

/** A real control plane in this process: files in a folder of its own, a real socket on loopback, a clock that tests move. */
export class PlaneUnderTest {
  private keys = 0;

  private constructor(
    readonly dataDir: string,
    readonly clock: MovableClock,
    readonly host: Host,
    readonly port: number,
    readonly adminToken: string,
    private readonly closeServer: () => Promise<void>,
  ) {}

  static async start(options: PlaneOptions = {}): Promise<PlaneUnderTest> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'cc-plane-'));
    const clock = options.clock ?? new MovableClock();
    const host = await Host.open({
      dataDir,
      anchorDir: options.anchorDir ?? `${dataDir}-anchor`,
      version: '0.0.0-test',
      hostedBy: 'serve',
      clock,
      timers: systemTimers,
      random: systemRandom,
      ...(options.isReadOnly === true ? { isReadOnly: true } : {}),
      ...(options.leaseTtlMs === undefined ? {} : { leaseTtlMs: options.leaseTtlMs }),
    });
    const standIn = join(dataDir, 'bootstrap.mjs');
    writeFileSync(standIn, STAND_IN_BOOTSTRAP);
    const server = await startServer({
      host,
      demos: new MemoryDemos({ clock, timers: systemTimers, random: systemRandom }),
      ...(options.consoleHost === undefined ? {} : { consoleHost: options.consoleHost }),
      listenHost: '127.0.0.1',
      port: options.port ?? 0,
      publicUrl: options.publicUrl ?? null,
      rendererDir: options.rendererDir ?? join(dataDir, 'renderer'),
      bootstrapFile: options.bootstrapFile ?? standIn,
    });
    const admin =
      options.isReadOnly === true ? host.operators.admit('ada', 'admin') : await host.operators.renewAdmin('ada');
    return new PlaneUnderTest(dataDir, clock, host, server.port, admin.token, () => server.close());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get hosted(): HostedWorkspace {
    return this.host.workspaces()[0] as HostedWorkspace;
  }
  get workspaceId(): string {
    return this.hosted.workspaceId;
  }

  /** Calls a route as the admin, in the first workspace, unless told otherwise; the answer was judged by the contract. */
  call(id: RouteId, options: CallOptions = {}): Promise<CheckedAnswer> {
    return checkedCall(this.port, id, {
      ...options,
      bearer: options.bearer === undefined ? this.adminToken : options.bearer,
      params: { workspace_id: this.workspaceId, ...options.params },
    });
  }

  /** Sends what it is told, byte for byte, and judges nothing. */
  raw(
    method: string,
    path: string,
    headers: Record<string, string | string[]> = {},
    body?: Buffer | string,
  ): Promise<CheckedAnswer> {
    return exchange(this.port, method, path, headers, body);
  }

  /** A key that no other call of this test uses. */
  key(): string {
    return `test-key-${++this.keys}`;
  }

  async operator(name: string, role: Role): Promise<string> {
    return (await this.host.operators.create('ada', name, role)).token;
  }

  /** Submits a job and returns it; `spec` fills in what the test cares about. */
  async submit(spec: Record<string, unknown> = {}, key = this.key()): Promise<CheckedAnswer['json']> {
    const answer = await this.call('jobSubmit', { body: { ...PLAIN_JOB, ...spec }, key });
    if (answer.status !== 201) throw new Error(`the submit was refused: ${answer.text}`);
    return answer.json;
  }

  async job(jobId: string): Promise<CheckedAnswer['json']> {
    return (await this.call('job', { params: { job_id: jobId } })).json;
  }

  async enroll(name: string, more: Record<string, unknown> = {}): Promise<CheckedAnswer['json']> {
    const answer = await this.call('enrollmentCreate', { body: { name, kind: 'laptop', capacity: 4, ...more } });
    if (answer.status !== 201) throw new Error(`the enrollment was refused: ${answer.text}`);
    return answer.json;
  }

  /** A runner that is enrolled and connected. */
  async runner(name: string, more: Record<string, unknown> = {}): Promise<RunnerUnderTest> {
    const { credential, source_id: sourceId } = await this.enroll(name, more);
    const runner = new RunnerUnderTest(this, sourceId);
    const answer = await runner.redeem(credential);
    if (answer.status !== 200) throw new Error(`the runner was refused: ${answer.text}`);
    return runner;
  }

  /** Entries of the log that hold an event of this type. */
  entriesOf(type: string): { seq: number; events: { type: string; body: Record<string, unknown> }[] }[] {
    const { engine } = this.hosted.workspace;
    return Array.from({ length: engine.nextSeq }, (_, seq) => engine.entry(seq)).filter((entry) =>
      entry.events.some((event) => event.type === type),
    ) as unknown as ReturnType<PlaneUnderTest['entriesOf']>;
  }

  /** How many entries somebody caused. What the plane does at its own times, as checkpoints and sweeps, is left out. */
  get causedEntries(): number {
    const { engine } = this.hosted.workspace;
    return Array.from({ length: engine.nextSeq }, (_, seq) => engine.entry(seq)).filter((e) => e.actor.kind !== 'plane')
      .length;
  }

  /** Files of the data directory that hold a text. */
  filesWith(text: string): string[] {
    return readdirSync(this.dataDir, { recursive: true, withFileTypes: true })
      .filter((found) => found.isFile())
      .map((found) => join(found.parentPath, found.name))
      .filter((path) => readFileSync(path).includes(text));
  }

  /** Stops; the folder stays, for a start on it. */
  async stop(): Promise<void> {
    await this.closeServer();
    await this.host.close();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
    rmSync(`${this.dataDir}-anchor`, { recursive: true, force: true });
  }
}

export const PLAIN_JOB = {
  wu_id: 'WU-101',
  title: 'Unit tests',
  command: { argv: ['node', '--version'] },
  max_runtime_ms: 60_000,
} as const;

/** One that is refused with `feature.not_built`. */
export const UNBUILT_JOB = {
  wu_id: 'WU-101',
  title: 'A ceiling that no cluster holds',
  kind: 'kubernetes',
  kubernetes: { image: `registry.example/x@sha256:${'a'.repeat(64)}`, argv: ['true'] },
  limits: { processes: 5 },
} as const;
