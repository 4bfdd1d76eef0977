import type { DirectivesAnswer } from '../src-server/contract/runtime.ts';
import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { PlaneProblem, PlaneUnreachable } from './errors.ts';
import type { HeldLeases } from './held-leases.ts';
import type { Chance } from './ids.ts';
import type { Session } from './session.ts';
import { answerOf } from './wire.ts';

const WAIT_MS = 30_000;
const TIMEOUT_MS = WAIT_MS + 10_000;
/** Directives are repeated until the lease ends, so an answer must not be followed by the next question at once. */
const PAUSE_MS = 250;
const BACKOFF = { baseMs: 500, capMs: 10_000 };

export interface DirectivePollDependencies {
  session: Session;
  leases: HeldLeases;
  clock: Clock;
  chance: Chance;
  onSource: (source: DirectivesAnswer['source']) => void;
}

/** One long poll for cancel, stop, drain and revoke, open while leases are held; heartbeats carry the same later. */
export class DirectivePoll {
  #after = 0;
  #poll: AbortController | null = null;
  #isStopped = false;
  #loop: Promise<void> | null = null;
  readonly #backoff: Backoff;
  readonly #unwatch: () => void;

  constructor(private readonly dependencies: DirectivePollDependencies) {
    this.#backoff = new Backoff(BACKOFF, dependencies.chance);
    this.#unwatch = dependencies.leases.onChange(() => this.#follow());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unwatch();
    this.#poll?.abort();
    await this.#loop;
  }

  #follow(): void {
    if (this.dependencies.leases.size === 0) this.#poll?.abort();
    else
      this.#loop ??= this.#run().finally(() => {
        this.#loop = null;
        if (!this.#isStopped && this.dependencies.leases.size > 0) this.#follow();
      });
  }

  async #run(): Promise<void> {
    const { leases, clock } = this.dependencies;
    while (!this.#isStopped && leases.size > 0) {
      this.#poll = new AbortController();
      const pauseMs = await this.#ask(this.#poll.signal);
      await clock.sleep(pauseMs, this.#poll.signal);
    }
  }

  /** One poll; returns the milliseconds to wait before the next. */
  async #ask(signal: AbortSignal): Promise<number> {
    const { session, leases, onSource } = this.dependencies;
    try {
      const path = `/api/v1/runtime/directives?after=${this.#after}&wait_ms=${WAIT_MS}`;
      const answer = await session.send({ method: 'GET', path, timeoutMs: TIMEOUT_MS, signal });
      this.#backoff.reset();
      if (answer.status === 204) return PAUSE_MS;
      const news = answerOf<DirectivesAnswer>(answer.json, 'directives', {
        n: 'number',
        leases: 'array',
        source: 'object',
      });
      this.#after = news.n;
      for (const { lease_id, directive, reason } of news.leases) leases.find(lease_id)?.directed(directive, reason);
      onSource(news.source);
      return PAUSE_MS;
    } catch (error) {
      // A session that is over is told by the heartbeat, which speaks for both; here it only slows the poll.
      if (!(error instanceof PlaneUnreachable || error instanceof PlaneProblem)) return BACKOFF.capMs;
      return this.#backoff.nextMs();
    }
  }
}
