import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BrowserContext, Page } from '@playwright/test';

const CLI = join(import.meta.dirname, '../../../out/cli.mjs');

/** A real control plane in its own process and directory, and runners beside it. */
export class ServedPlane {
  private readonly children: ChildProcess[] = [];
  /** What a browser that signed in once holds: its cookie and its session key. */
  private signedIn: Awaited<ReturnType<BrowserContext['storageState']>> | null = null;

  private constructor(
    readonly dataDir: string,
    private plane: ChildProcess,
    readonly url: string,
    readonly signInUrl: string,
  ) {}

  /** @param dataDir one that was made before; it goes with the plane all the same. */
  static async start(flags: string[] = [], dataDir = mkdtempSync(join(tmpdir(), 'cc-e2e-'))): Promise<ServedPlane> {
    const { plane, ready } = await ServedPlane.launch(dataDir, flags);
    return new ServedPlane(dataDir, plane, ready.url, ready.sign_in_url);
  }

  /** Ends the plane as a crash does: it gets to do nothing more. Runners stay. */
  async crash(): Promise<void> {
    const ended = new Promise((resolve) => this.plane.once('exit', resolve));
    this.plane.kill('SIGKILL');
    await ended;
  }

  /** Starts it again on the same data and at the same address. @returns a sign-in link. */
  async comeBack(flags: string[] = []): Promise<string> {
    const { plane, ready } = await ServedPlane.launch(this.dataDir, ['--port', new URL(this.url).port, ...flags]);
    this.plane = plane;
    return ready.sign_in_url;
  }

  private static async launch(dataDir: string, flags: string[]) {
    const plane = spawn(
      process.execPath,
      [CLI, 'serve', '--data-dir', dataDir, '--anchor-dir', `${dataDir}/anchors`, ...flags],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const lines = createInterface({ input: plane.stdout as NodeJS.ReadableStream });
    const ready = await new Promise<{ url: string; sign_in_url: string }>((resolve, reject) => {
      lines.once('line', (line) => resolve(JSON.parse(line)));
      plane.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    });
    return { plane, ready };
  }

  /** Runs the command line against this plane and parses its JSON. */
  cli(...args: string[]): unknown {
    return JSON.parse(
      execFileSync(process.execPath, [CLI, ...args, '--data-dir', this.dataDir, '--json'], { encoding: 'utf8' }),
    );
  }

  async submit(job: object): Promise<{ job_id: string }> {
    return (await this.asAdmin('POST', `/api/v1/workspaces/${this.workspaceId()}/jobs`, job)) as { job_id: string };
  }

  /** Publishes a policy, as somebody else would meanwhile. */
  publish(policy: object): { version: number } {
    return this.feed(['policy', 'publish', '-'], policy) as { version: number };
  }

  /** Runs the command line with a document on standard input. */
  private feed(args: string[], document: object): unknown {
    const out = execFileSync(process.execPath, [CLI, ...args, '--data-dir', this.dataDir, '--json'], {
      encoding: 'utf8',
      input: JSON.stringify(document),
    });
    return JSON.parse(out);
  }

  /** Runs a printed command in bash, as a person would paste it. Resolves with its exit code and what it printed. */
  paste(command: string, input = ''): Promise<{ code: number | null; output: string }> {
    const child = spawn('bash', ['-c', command], {
      env: { ...process.env, XDG_STATE_HOME: `${this.dataDir}/runner-state` },
    });
    this.children.push(child);
    child.stdin.end(input);
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  }

  /** Enrolls and connects a runner by the command line, then lets it run until the plane is stopped. */
  async runner(name: string, flags: string[] = []): Promise<void> {
    const made = this.cli('source', 'enroll', name, ...flags) as {
      credential: string;
      commands: { bash: { connect: string; run: string } };
    };
    const { code, output } = await this.paste(made.commands.bash.connect, `${made.credential}\n`);
    if (code !== 0) throw new Error(`connect ended with ${code}: ${output}`);
    void this.paste(made.commands.bash.run.replace('run --once', 'run'));
  }

  /** The first workspace. */
  workspaceId(): string {
    return JSON.parse(readFileSync(join(this.dataDir, 'console.json'), 'utf8')).workspace_id as string;
  }

  /** A named operator; the token is theirs. */
  async operator(name: string, role: string): Promise<string> {
    return ((await this.asAdmin('POST', '/api/v1/operators', { name, role })) as { token: string }).token;
  }

  /** Sets limits and rates of the first workspace. */
  async budgets(body: object): Promise<void> {
    await this.asAdmin('PUT', `/api/v1/workspaces/${this.workspaceId()}/budgets`, body);
  }

  private async asAdmin(method: string, path: string, body: object): Promise<unknown> {
    const { operator_token: admin } = JSON.parse(readFileSync(join(this.dataDir, 'console.json'), 'utf8'));
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${admin}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} was refused: ${await response.text()}`);
    return response.json();
  }

  /**
   * Opens the console; the first time with a fresh link, later as a browser that comes back.
   * @param path the screen, below the workspace; the first one when it is left out
   */
  async signIn(page: Page, path?: string): Promise<void> {
    const state = this.signedIn;
    const screen = `${this.url}/dashboard/${this.workspaceId()}/${path ?? 'compute'}`;
    if (state === null) {
      const { code } = (await this.asAdmin('POST', '/api/v1/sign-in/codes', {})) as { code: string };
      await page.goto(`${this.url}/sign-in#${code}`);
      await page.waitForURL(/\/dashboard\//);
      this.signedIn = await page.context().storageState();
      if (path !== undefined) await page.goto(screen);
    } else {
      const items = state.origins.flatMap((origin) => origin.localStorage);
      await page.context().addCookies(state.cookies);
      await page.addInitScript((kept) => {
        for (const { name, value } of kept) if (localStorage.getItem(name) === null) localStorage.setItem(name, value);
      }, items);
      await page.goto(screen);
    }
    // The shell listens to keys only once it stands; a drawer that opens with it hides it from readers.
    await page.getByRole('navigation', { includeHidden: true }).first().waitFor();
  }

  async stop(): Promise<void> {
    for (const child of this.children) child.kill('SIGTERM');
    const ended = new Promise((resolve) => this.plane.once('exit', resolve));
    this.plane.kill('SIGTERM');
    await ended;
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
