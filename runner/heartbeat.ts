import type { HeartbeatAnswer, HeartbeatRequest } from '../src-server/contract/runtime.ts';
import type { Posture } from '../src-server/contract/source.ts';
import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { signMessage } from './ed25519.ts';
import { messageOf, PlaneProblem, PlaneUnreachable } from './errors.ts';
import type { HeldLeases } from './held-leases.ts';
import type { Chance } from './ids.ts';
import { duration, type Printer } from './printer.ts';
import { sessionProofText } from './registration.ts';
import type { Session } from './session.ts';
import { answerOf, type LeaseNews } from './wire.ts';

/** A token dies 15 min after its last renewal; a third of that leaves room for lost answers. */
const RENEW_TOKEN_AFTER_MS = 300_000;
const TIMEOUT_MIN_MS = 1_000;
const TIMEOUT_MAX_MS = 5_000;
const BACKOFF_BASE_MS = 500;
/** While a lease is held its time runs: a plane that is back must not be found only when that time is over. */
const HELD_RETRY_LIMIT_MS = 2_000;
/** The most that one heartbeat may tell, by the contract. */
const EXPOSED_LIMIT = 32;
/** Heartbeats come up to this share early, so that many runners do not beat in step. */
const JITTER_SHARE = 0.15;

export interface HeartbeatDependencies {
  session: Session;
  leases: HeldLeases;
  clock: Clock;
  chance: Chance;
  printer: Printer;
  /** Source state and directive as the plane sees them, at each answer. */
  onSource: (source: HeartbeatAnswer['source']) => void;
  /** What this source can enforce now; told when it is no longer what was registered. */
  posture: () => Posture;
  /** The session is over; nothing more is sent. */
  onFatal: (error: unknown) => void;
}

/** The sign of life, also when idle: one loop that renews every lease and the token, apart from all work. */
export class Heartbeat {
  #nonce: string | null = null;
  /** The posture that the plane knows, as JSON. */
  #toldPosture: string;
  #intervalMs: number;
  #dueMonoMs = 0;
  #wake = new AbortController();
  #inFlight: AbortController | null = null;
  #isStopped = false;
  #silentSinceMonoMs: number | null = null;
  /** Told until the plane acknowledged it, by SHA-256. */
  readonly #exposed = new Map<string, { lease_id: string; sha256: string }>();
  #loop: Promise<void> | null = null;
  readonly #backoff: Backoff;

  constructor(private readonly dependencies: HeartbeatDependencies) {
    const { session, chance, posture } = dependencies;
    this.#toldPosture = JSON.stringify(posture());
    this.#intervalMs = session.grant?.heartbeat_interval_ms ?? session.identity.heartbeatIntervalMs;
    this.#backoff = new Backoff(
      { baseMs: BACKOFF_BASE_MS, capMs: Math.max(this.#intervalMs, BACKOFF_BASE_MS) },
      chance,
    );
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#inFlight?.abort();
    this.#wake.abort();
    await this.#loop;
  }

  /** Beats at once. One in flight is given up: after a sleep its connection may be dead without knowing. */
  now(): void {
    this.#inFlight?.abort();
    this.within(0);
  }

  /** Beats no later than `ms` from now, for a lease that is shorter than the present interval. */
  within(ms: number): void {
    const atMonoMs = this.dependencies.clock.now().monoMs + ms;
    if (atMonoMs >= this.#dueMonoMs && ms > 0) return;
    this.#dueMonoMs = atMonoMs;
    this.#wake.abort();
  }

  /** Tells the plane at once that something which looks like a credential was seen in the output of a job. */
  expose(leaseId: string, sha256: string): void {
    this.#exposed.set(sha256, { lease_id: leaseId, sha256 });
    this.within(0);
  }

  async #run(): Promise<void> {
    const { clock } = this.dependencies;
    while (!this.#isStopped) {
      this.#dueMonoMs = Number.POSITIVE_INFINITY;
      const waitMs = await this.#beat();
      // `within` may have asked for an earlier beat while this one was on its way.
      this.#dueMonoMs = Math.min(this.#dueMonoMs, clock.now().monoMs + waitMs);
      for (;;) {
        const leftMs = this.#dueMonoMs - clock.now().monoMs;
        if (leftMs <= 0 || this.#isStopped) break;
        this.#wake = new AbortController();
        await clock.sleep(leftMs, this.#wake.signal);
      }
    }
  }

  /** One heartbeat; returns the milliseconds until the next. */
  async #beat(): Promise<number> {
    const { session, clock, chance, onFatal } = this.dependencies;
    const sent = clock.now();
    const exposed = [...this.#exposed.values()].slice(0, EXPOSED_LIMIT);
    const body = this.#body(exposed);
    this.#inFlight = new AbortController();
    try {
      const answer = await session.send({
        method: 'POST',
        path: '/api/v1/runtime/heartbeat',
        json: body,
        timeoutMs: Math.min(TIMEOUT_MAX_MS, Math.max(TIMEOUT_MIN_MS, this.#intervalMs)),
        signal: this.#inFlight.signal,
      });
      const members = { next_heartbeat_ms: 'number', nonce: 'string', leases: 'array', source: 'object' } as const;
      for (const { sha256 } of exposed) this.#exposed.delete(sha256);
      this.#take(answerOf<HeartbeatAnswer>(answer.json, 'heartbeat', members), sent);
      if (body.posture !== undefined) this.#toldPosture = JSON.stringify(body.posture);
      return this.#intervalMs * (1 - JITTER_SHARE * chance.fraction());
    } catch (error) {
      if (this.#isStopped) return 0;
      if (!(error instanceof PlaneUnreachable || error instanceof PlaneProblem)) {
        this.#isStopped = true;
        onFatal(error);
        return 0;
      }
      this.#noteSilence(error);
      const waitMs = this.#backoff.nextMs();
      return this.dependencies.leases.size === 0 ? waitMs : Math.min(waitMs, HELD_RETRY_LIMIT_MS);
    } finally {
      this.#inFlight = null;
    }
  }

  #body(exposed: HeartbeatRequest['exposed']): HeartbeatRequest {
    const { session, leases, posture } = this.dependencies;
    const body: HeartbeatRequest = {
      leases: leases.living().map(({ leaseId, fence }) => ({ lease_id: leaseId, fence })),
      health: {},
      stats: { slots: session.capacity, held: leases.size },
      ...(exposed?.length ? { exposed } : {}),
    };
    const now = posture();
    if (JSON.stringify(now) !== this.#toldPosture) body.posture = now;
    // A nonce serves once: after a lost answer the next heartbeat goes without renewal and takes a new one.
    if (this.#nonce !== null && session.tokenAgeMs() >= RENEW_TOKEN_AFTER_MS) {
      const text = sessionProofText(session.identity.sessionId, this.#nonce);
      body.renew = { nonce: this.#nonce, proof: signMessage(session.identity.privateKey, text) };
    }
    this.#nonce = null;
    return body;
  }

  #take(answer: HeartbeatAnswer, sent: ReturnType<Clock['now']>): void {
    const { session, leases, printer, clock, onSource } = this.dependencies;
    if (this.#silentSinceMonoMs !== null) {
      printer.say(`The plane answers again after ${duration(clock.now().monoMs - this.#silentSinceMonoMs)}.`);
      this.#silentSinceMonoMs = null;
    }
    this.#backoff.reset();
    this.#nonce = answer.nonce;
    this.#intervalMs = answer.next_heartbeat_ms;
    if (answer.session_token !== undefined) session.adoptToken(answer.session_token);
    for (const news of answer.leases) this.#tellLease(leases, news, sent);
    onSource(answer.source);
  }

  #tellLease(leases: HeldLeases, news: LeaseNews, sent: ReturnType<Clock['now']>): void {
    const lease = leases.find(news.lease_id);
    if (lease === undefined) return;
    if (news.state === 'active') lease.renewed(sent, news.ttl_ms);
    else {
      const holder = news.current_attempt === undefined ? '' : ` Attempt ${news.current_attempt} holds the job now.`;
      lease.superseded(`The plane says ${news.state}.${holder}`);
    }
    if (news.directive !== undefined) lease.directed(news.directive, news.reason ?? '');
  }

  #noteSilence(error: unknown): void {
    if (this.#silentSinceMonoMs !== null) return;
    const { clock, printer } = this.dependencies;
    this.#silentSinceMonoMs = clock.now().monoMs;
    printer.warn(`${messageOf(error)} Trying again until it answers; leases stop by themselves when not renewed.`);
  }
}
