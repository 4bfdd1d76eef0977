import { ApprovalFiles, type AskedLine } from './approval-files.ts';
import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { PlaneProblem, PlaneUnreachable } from './errors.ts';
import type { Chance } from './ids.ts';
import type { PlaneAnswer, PlaneRequest } from './plane-client.ts';
import { answerOf } from './wire.ts';

const LOOK_EVERY_MS = 500;
const WAIT_MS = 20_000;
const TIMEOUT_MS = WAIT_MS + 10_000;
const BACKOFF = { baseMs: 500, capMs: 15_000 };
const REASON_LIMIT = 500;

export interface ApprovalAskerDependencies {
  send: (request: PlaneRequest) => Promise<PlaneAnswer>;
  clock: Clock;
  chance: Chance;
  /** Ends the tries. */
  signal: AbortSignal;
  /** Hides secrets in what the job wrote, before it leaves. */
  redact: (text: string) => string;
  /** Told in words what was asked and answered. */
  tell: (text: string) => void;
}
interface Answer {
  approval_id: string;
  status: string;
  reason: string | null;
}

/**
 * Carries the questions of one attempt to the plane and the answers back, one at a time and in order. The stop that a no
 * brings comes by the plane's directive, not from here: a job that ignores its answer is ended all the same.
 */
export class ApprovalAsker {
  readonly environment: Record<string, string>;
  readonly #files: ApprovalFiles;
  readonly #stopLooking: () => void;
  #asking: Promise<void> | null = null;
  #count = 0;
  #isStopped = false;

  constructor(
    private readonly lease: { leaseId: string; fence: number },
    directory: string,
    private readonly dependencies: ApprovalAskerDependencies,
  ) {
    this.#files = new ApprovalFiles(directory);
    this.environment = this.#files.environment;
    this.#stopLooking = dependencies.clock.every(LOOK_EVERY_MS, () => this.#look());
  }

  /** Asks at once, after what is being asked now. Rejects when `signal` ends it. */
  async ask(
    reason: string,
    kinds: string[],
    signal: AbortSignal,
  ): Promise<Pick<Answer, 'status'> & { approval_id: string | null }> {
    while (this.#asking !== null) await this.#asking;
    const asking = this.#put({ reason, kinds, expiresMs: null }, signal);
    this.#asking = asking.then(
      () => undefined,
      () => undefined,
    );
    void this.#asking.then(() => {
      this.#asking = null;
    });
    return asking;
  }

  /** No more questions: the command has ended. */
  stop(): void {
    this.#isStopped = true;
    this.#stopLooking();
    this.#files.close();
  }

  #look(): void {
    if (this.#asking !== null || this.#isStopped) return;
    const line = this.#files.next();
    if (line === null) return;
    this.#asking = this.#carry(line).finally(() => {
      this.#asking = null;
    });
  }

  async #carry(line: AskedLine): Promise<void> {
    const answer = await this.#put(line, this.dependencies.signal);
    if (this.#isStopped) return;
    this.#files.answer({ approval_id: answer.approval_id, status: answer.status, reason: answer.reason ?? null });
  }

  async #put(
    line: AskedLine,
    signal: AbortSignal,
  ): Promise<Omit<Answer, 'approval_id'> & { approval_id: string | null }> {
    const { redact, tell } = this.dependencies;
    const reason = redact(line.reason).slice(0, REASON_LIMIT);
    tell(`asks for approval: ${reason}`);
    const answer = await this.#answerTo({ ...line, reason }, signal).catch((error: unknown) => {
      if (signal.aborted && signal !== this.dependencies.signal) throw error;
      return {
        approval_id: null,
        status: 'refused',
        reason: error instanceof PlaneProblem ? error.detail : 'The plane could not be asked.',
      };
    });
    if (!this.#isStopped) tell(`approval ${answer.status}.`);
    return answer;
  }

  async #answerTo({ reason, kinds, expiresMs }: AskedLine, signal: AbortSignal): Promise<Answer> {
    const { leaseId, fence } = this.lease;
    const path = `/api/v1/runtime/leases/${leaseId}/approvals`;
    const json = { fence, reason, kinds, ...(expiresMs === null ? {} : { expires_ms: expiresMs }) };
    const headers = { 'idempotency-key': `${leaseId}.${fence}.approval.${this.#count++}` };
    let answer = await this.#insist({ method: 'POST', path, headers, json }, signal);
    const question = `${path}/${answer.approval_id}`;
    while (answer.status === 'pending') {
      const request = { method: 'GET' as const, path: `${question}?wait_ms=${WAIT_MS}`, timeoutMs: TIMEOUT_MS };
      answer = await this.#insist(request, signal).catch((error: unknown) => {
        // Nobody waits any more. A no ends the attempt and with it the wait, so that it is looked at once more.
        if (!signal.aborted || signal === this.dependencies.signal) throw error;
        return this.#insist({ method: 'GET', path: question, timeoutMs: TIMEOUT_MS }, this.dependencies.signal);
      });
      if (signal.aborted) break;
    }
    return answer;
  }

  /** Sends until the plane answers, over lost answers and restarts. Throws PlaneProblem when it will not have it. */
  async #insist(request: PlaneRequest, signal: AbortSignal): Promise<Answer> {
    const { send, clock, chance } = this.dependencies;
    const backoff = new Backoff(BACKOFF, chance);
    for (;;) {
      try {
        const { json } = await send({ ...request, signal });
        return answerOf<Answer>(json, 'an approval', { approval_id: 'string', status: 'string' });
      } catch (error) {
        const isPassing =
          error instanceof PlaneUnreachable ||
          (error instanceof PlaneProblem && (error.retryable || error.status === 401));
        if (!isPassing || signal.aborted) throw error;
        await clock.sleep(backoff.nextMs(), signal);
      }
    }
  }
}
