import { appendFileSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { APPROVAL_ANSWERS, APPROVAL_REQUESTS } from '../approval-files.ts';
import type { Clock } from '../clock.ts';
import type { JobPod } from './job-pod.ts';
import type { PodExec } from './pod-exec.ts';
import { helper, QUESTIONS_SCRIPT, ROOM_SCRIPT } from './pod-scripts.ts';

const AGAIN_MS = 1_000;
const LOOK_EVERY_MS = 500;
/** More than the runner reads of questions. */
const QUESTIONS_LIMIT_BYTES = 128 * 1024;

/**
 * Carries the files by which a job asks a person between its pod and this source: what the job adds to its questions comes
 * here, what the runner answers goes there.
 */
export class PodQuestions {
  #taken = 0;
  #sent = '';
  #isOver = false;
  #isSending = false;
  #exec: PodExec | null = null;
  readonly #stopLooking: () => void;

  private constructor(
    private readonly pod: JobPod,
    private readonly clock: Clock,
    private readonly requests: string,
    private readonly answers: string,
  ) {
    this.#stopLooking = clock.every(LOOK_EVERY_MS, () => void this.#send().catch(() => undefined));
    void this.#follow();
  }

  /** Null for a job that does not ask. */
  static start(pod: JobPod, extra: Readonly<Record<string, string>>, clock: Clock): PodQuestions | null {
    const { [APPROVAL_REQUESTS]: requests, [APPROVAL_ANSWERS]: answers } = extra;
    return requests === undefined || answers === undefined ? null : new PodQuestions(pod, clock, requests, answers);
  }

  stop(): void {
    this.#isOver = true;
    this.#stopLooking();
    this.#exec?.close();
  }

  async #follow(): Promise<void> {
    while (!this.#isOver && this.#taken < QUESTIONS_LIMIT_BYTES) {
      // Whatever cut it, the next connection goes on from where this one was.
      await this.#read().catch(() => undefined);
      if (!this.#isOver) await this.clock.sleep(AGAIN_MS);
    }
  }

  async #read(): Promise<void> {
    const exec = await this.pod.exec(helper(QUESTIONS_SCRIPT, basename(this.requests), String(this.#taken + 1)));
    this.#exec = exec;
    if (this.#isOver) exec.close();
    exec.stderr.resume();
    try {
      for await (const bytes of exec.stdout as AsyncIterable<Buffer>) {
        if (this.#isOver || this.#taken >= QUESTIONS_LIMIT_BYTES) return;
        this.#taken += bytes.length;
        appendFileSync(this.requests, bytes);
      }
    } finally {
      exec.close();
    }
  }

  /** All answers, whenever there is a new one. */
  async #send(): Promise<void> {
    if (this.#isSending || this.#isOver) return;
    const text = readFileSync(this.answers, 'utf8');
    if (text === this.#sent) return;
    this.#isSending = true;
    try {
      const bytes = Buffer.from(text);
      const { code } = await this.pod.run(helper(ROOM_SCRIPT, basename(this.answers), String(bytes.length)), [bytes]);
      if (code === 0) this.#sent = text;
    } finally {
      this.#isSending = false;
    }
  }
}
