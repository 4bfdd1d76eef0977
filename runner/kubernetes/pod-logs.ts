import { PassThrough, type Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { drained } from '../kept-stream.ts';
import type { JobPod } from './job-pod.ts';
import type { PodExec } from './pod-exec.ts';
import { FOLLOW_SCRIPT, helper, REST_SCRIPT } from './pod-scripts.ts';

const AGAIN_MS = 1_000;
const REST_TRIES = 5;

/** What a job writes, in order and without a gap: each connection that is cut goes on from the byte where it was. */
export class PodLogs {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly #taken = { stdout: 0, stderr: 0 };
  #isOver = false;
  #exec: PodExec | null = null;
  #following: Promise<void> = Promise.resolve();

  constructor(
    private readonly pod: JobPod,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.#following = this.#follow();
  }

  /** The job can write no more: takes the rest, where its pod is there. Resolves with whether all of it came. */
  async finish(isThere: boolean): Promise<boolean> {
    this.#isOver = true;
    this.#exec?.close();
    await this.#following;
    let isWhole = false;
    for (let tries = 0; isThere && tries < REST_TRIES && !isWhole; tries += 1) {
      if (tries > 0) await this.clock.sleep(AGAIN_MS);
      isWhole = await this.#read(REST_SCRIPT).catch(() => false);
    }
    this.stdout.end();
    this.stderr.end();
    return isWhole;
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      // Whatever cut it, the next connection says whether the pod is still there.
      await this.#read(FOLLOW_SCRIPT).catch(() => undefined);
      if (!this.#isOver) await this.clock.sleep(AGAIN_MS);
    }
  }

  /** One connection, to its end. Resolves with whether its program came to its own end. */
  async #read(script: string): Promise<boolean> {
    const { stdout, stderr } = this.#taken;
    const exec = await this.pod.exec(helper(script, String(stdout + 1), String(stderr + 1)));
    this.#exec = exec;
    if (this.#isOver && script === FOLLOW_SCRIPT) exec.close();
    try {
      await Promise.all([this.#pump(exec.stdout, 'stdout'), this.#pump(exec.stderr, 'stderr')]);
      return (await exec.done) === 0;
    } finally {
      exec.close();
    }
  }

  async #pump(from: Readable, name: 'stdout' | 'stderr'): Promise<void> {
    const to = this[name];
    for await (const chunk of from as AsyncIterable<Buffer>) {
      this.#taken[name] += chunk.length;
      if (!to.destroyed && !to.write(chunk)) await drained(to);
    }
  }
}
