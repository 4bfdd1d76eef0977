import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_LIMIT_MS = 15_000;
const POLL_MS = 50;

/** Podman's socket that speaks Docker's API, for Docker's own program. Sets DOCKER_HOST of this process while it is open. */
export class DockerSocket {
  readonly #before = process.env.DOCKER_HOST;

  private constructor(
    private readonly folder: string,
    private readonly service: ChildProcess,
  ) {}

  static async open(): Promise<DockerSocket> {
    const folder = mkdtempSync(join(tmpdir(), 'cc-docker-'));
    const path = join(folder, 'docker.sock');
    const settings = { cwd: folder, stdio: 'ignore' } as const;
    const service = spawn('podman', ['system', 'service', '--time', '0', `unix://${path}`], settings);
    const socket = new DockerSocket(folder, service);
    for (let waitedMs = 0; !existsSync(path); waitedMs += POLL_MS) {
      if (waitedMs > START_LIMIT_MS || service.exitCode !== null) throw new Error('podman opened no socket');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    process.env.DOCKER_HOST = `unix://${path}`;
    return socket;
  }

  async close(): Promise<void> {
    if (this.#before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = this.#before;
    if (this.service.exitCode === null) {
      const ended = new Promise((resolve) => this.service.once('exit', resolve));
      this.service.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
