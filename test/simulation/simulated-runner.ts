import { createHash } from 'node:crypto';
import type { ClaimRequest, CompleteRequest } from '../../src-server/contract/runtime.ts';
import type { RunnerOutcome } from '../../src-server/contract/terms.ts';
import { leaseTiming } from '../../src-server/domain/leases/timing.ts';
import { askApproval } from '../../src-server/plane/commands/ask-approval.ts';
import { diagnoseSource } from '../../src-server/plane/commands/change-source.ts';
import { claimant } from '../../src-server/plane/commands/claim-work.ts';
import type { CommandContext } from '../../src-server/plane/commands/context.ts';
import { endAttempt, releaseLease, repeatedEnd } from '../../src-server/plane/commands/end-attempt.ts';
import type { IssuedCredential } from '../../src-server/plane/commands/enroll-source.ts';
import { registerRunner } from '../../src-server/plane/commands/register-seat.ts';
import { returnByKey } from '../../src-server/plane/commands/register-session.ts';
import { beat, sign } from '../../src-server/plane/commands/sign-of-life.ts';
import { startAttempt } from '../../src-server/plane/commands/start-attempt.ts';
import { goOffline } from '../../src-server/plane/due.ts';
import type { GrantedLease } from '../../src-server/plane/grants.ts';
import { renewNamed } from '../../src-server/plane/leases.ts';
import type { Network } from './network.ts';
import type { Oracle } from './oracle.ts';
import { completeBody, type Hardware, NO_FILES, registerBody } from './runner-words.ts';
import type { SimulatedPlane } from './simulated-plane.ts';
import type { World } from './world.ts';

interface Held {
  leaseId: string;
  fence: number;
  state: 'granted' | 'running' | 'ending';
  workEndsMs: number;
  /** Last answer that renewed it, real time. */
  renewedMs: number;
  ttlMs: number;
  mustStop: boolean;
  /** The question that its work waits for. */
  question: 'open' | 'over' | null;
  end: { body: CompleteRequest; key: string; isRelease: boolean } | null;
}
interface PendingClaim {
  key: string;
  request: ClaimRequest;
  sentMs: number;
}

const ANSWER_WITHIN_MS = 45_000;

/** A runner as the plane sees it: asks, starts, renews and ends, and repeats whatever got no answer with the same key. */
export class SimulatedRunner {
  sessionId = '';
  sourceId = '';
  nextActMs = 0;
  isAlive = true;
  /** Frozen or without network until then, real time. */
  frozenUntilMs = -1;
  partitionedUntilMs = -1;
  /** Work time of a job in ms, low and high; the liveness phase shortens it. */
  workMs: [number, number] = [200, 40_000];
  isCareful = false;
  /** Of a pool: a registration token, asked for whenever it has no session. */
  poolToken: (() => string | null) | null = null;
  private readonly held = new Map<string, Held>();
  private pending: PendingClaim | null = null;
  private counter = 0;
  private nextBeatMs = 0;
  private incarnation = 0;

  constructor(
    private readonly world: World,
    private readonly plane: SimulatedPlane,
    private readonly network: Network,
    private readonly oracle: Oracle,
    readonly name: string,
    private readonly keyNumber: number,
    readonly hardware: Hardware,
  ) {}

  get isConnected(): boolean {
    return this.sessionId !== '';
  }

  /** Redeems a credential, or uses the token of a pool. Registration runs without network trouble: its own races are tested elsewhere. */
  async connect(credential: Pick<IssuedCredential, 'credential'>): Promise<void> {
    const { plane } = this;
    this.register(credential.credential);
    await plane.settle();
    await plane.settle();
  }

  private register(credential: string): void {
    const { plane } = this;
    const hash = createHash('sha256').update(credential).digest('hex');
    const answer = plane.call((ctx) => {
      const nonce = ctx.tokens.nonce();
      const body = registerBody(
        this.keyNumber,
        this.hardware,
        nonce,
        `connected-compute/register/v1\n${nonce}\n${hash}`,
      );
      return registerRunner(ctx, credential, body, this.hardware.capacity);
    });
    // A slow disk answers later; the session is known by then.
    void answer.then((result) => {
      if (result === undefined || !('value' in result)) return;
      this.sessionId = result.value.session.sessionId;
      this.sourceId = result.value.source.sourceId;
    });
  }

  /** A runner of a pool comes with the token in its settings: for the first time, after its end, or once more for a lost answer. */
  private registerInPool(): void {
    const token = this.poolToken?.() ?? null;
    if (token === null) return;
    if (this.isConnected) this.world.fault('registered_again');
    this.register(token);
  }

  /** Comes back with its key, after a restart of either side. */
  comeBack(): void {
    if (this.poolToken !== null && this.world.chance(0.4)) {
      this.registerInPool();
      return;
    }
    const back = this.plane.call((ctx) => {
      const nonce = ctx.tokens.nonce();
      const body = registerBody(
        this.keyNumber,
        this.hardware,
        nonce,
        `connected-compute/session/v1\n${this.sessionId}\n${nonce}`,
      );
      return returnByKey(ctx, this.sessionId, body, this.hardware.capacity);
    });
    void back.then((result) => {
      if (result !== undefined && 'refusal' in result) this.obey(result.refusal);
    });
  }

  /** The process dies: what it held is forgotten, a new one starts later. */
  crash(): void {
    this.isAlive = false;
    this.incarnation++;
    this.held.clear();
    this.pending = null;
  }

  revive(): void {
    this.isAlive = true;
    this.comeBack();
  }

  /** One thing that a runner does when its moment has come. */
  act(): void {
    const { world } = this;
    this.nextActMs = world.nowMs + world.between(300, 2_500);
    if (!this.isAlive || world.nowMs < this.frozenUntilMs) return;
    if (!this.isConnected) {
      if (world.chance(0.1)) this.registerInPool();
      return;
    }
    this.stopUnrenewed();
    for (const held of this.held.values()) {
      if (held.state === 'granted') {
        this.start(held);
        return;
      }
      if (held.state === 'ending') {
        this.sendEnd(held);
        return;
      }
      if (!this.isCareful && held.question === null && world.chance(0.03)) {
        this.question(held);
        return;
      }
      // Work that waits for a person goes on only now and then without the answer.
      if (held.question === 'open' && !held.mustStop && !world.chance(0.05)) continue;
      if (held.mustStop || world.nowMs >= held.workEndsMs) {
        this.end(held);
        return;
      }
    }
    if (world.nowMs >= this.nextBeatMs) {
      this.heartbeat();
      return;
    }
    if (!this.isCareful && world.chance(0.01)) {
      this.doctor();
      return;
    }
    if (!this.isCareful && world.chance(0.004)) {
      this.goodbye();
      return;
    }
    if (this.held.size < this.hardware.capacity) this.claim();
  }

  /** Runs a command at the plane through the network; `answered` gets its value when an answer arrives. */
  private ask<T>(
    command: (ctx: CommandContext) => T,
    answered: (value: T | null, refusal: string | null) => void,
  ): void {
    const { world, plane, network, incarnation } = this;
    const isCut = (): boolean => world.nowMs < this.partitionedUntilMs;
    if (isCut()) return;
    network.request(() => {
      if (isCut() || !plane.isUp) return;
      void plane.call(command).then((result) => this.answer(result, incarnation, isCut, answered));
    });
  }

  /** It was revoked, or its session in a pool ended: it drops what it has. One of a pool may register anew, any other stops for good. */
  private obey(refusal: string | null): void {
    if (refusal !== 'runner.revoked') return;
    this.sessionId = '';
    this.incarnation++;
    this.held.clear();
    this.pending = null;
  }

  private answer<T>(
    result: { value: T } | { refusal: string } | undefined,
    incarnation: number,
    isCut: () => boolean,
    answered: (value: T | null, refusal: string | null) => void,
  ): void {
    if (result === undefined || isCut()) return;
    this.network.reply(() => {
      if (incarnation !== this.incarnation || isCut() || this.world.nowMs < this.frozenUntilMs) return;
      if ('value' in result) return answered(result.value, null);
      this.obey(result.refusal);
      answered(null, result.refusal);
    });
  }

  private claim(): void {
    const { world, plane, network, oracle, incarnation } = this;
    if (this.pending !== null && world.nowMs - this.pending.sentMs < ANSWER_WITHIN_MS && !world.chance(0.1)) return;
    if (this.pending === null) {
      const waitMs = world.chance(0.5) ? world.between(1_000, 30_000) : 0;
      const capacity = this.hardware.capacity;
      const request = { capacity, wait_ms: waitMs, max: world.between(1, Math.min(2, capacity - this.held.size)) };
      this.pending = { key: `${this.sessionId}/claim/${this.counter++}`, request, sentMs: world.nowMs };
    } else world.fault('repeated_call');
    const { key, request } = this.pending;
    this.pending.sentMs = world.nowMs;
    const isCut = (): boolean => world.nowMs < this.partitionedUntilMs;
    if (isCut()) return;
    network.request(() => {
      const { workspace, clock } = plane;
      if (isCut() || workspace === null) return;
      const claiming = Promise.resolve().then(() =>
        workspace.claim(claimant(workspace.ctx, this.sessionId), request, { key, request: JSON.stringify(request) }),
      );
      void claiming
        .then(
          ({ grants }) => {
            if (clock.isDead) return undefined;
            plane.ackedSeq = Math.max(plane.ackedSeq, ...grants.map((g) => g.seq));
            oracle.claimed(key, request.max, grants);
            return { value: grants };
          },
          (error: unknown) => plane.refused(error, clock, -1),
        )
        .then((result) =>
          this.answer(result, incarnation, isCut, (grants) => {
            if (this.pending?.key === key) this.pending = null;
            for (const grant of grants ?? []) this.take(grant);
          }),
        );
    });
  }

  private take({ lease }: GrantedLease): void {
    if (this.held.has(lease.leaseId)) return;
    const { world } = this;
    // Now and then a runner takes work and never starts it.
    if (!this.isCareful && world.chance(0.02)) return;
    this.held.set(lease.leaseId, {
      leaseId: lease.leaseId,
      fence: lease.fence,
      state: 'granted',
      workEndsMs: Number.POSITIVE_INFINITY,
      renewedMs: world.nowMs,
      ttlMs: lease.ttlMs,
      mustStop: false,
      question: null,
      end: null,
    });
    this.nextActMs = Math.min(this.nextActMs, world.nowMs + 100);
  }

  private start(held: Held): void {
    const { world } = this;
    if (!this.isCareful && world.chance(0.03)) {
      held.end = this.endOf(held, 'canceled', true);
      held.state = 'ending';
      this.sendEnd(held);
      return;
    }
    this.ask(
      (ctx) => startAttempt(ctx, this.sessionId, held.leaseId, held.fence),
      (answer, refusal) => {
        if (refusal !== null) this.held.delete(held.leaseId);
        if (answer === null || held.state !== 'granted') return;
        held.state = 'running';
        held.renewedMs = world.nowMs;
        held.workEndsMs = world.nowMs + world.between(...this.workMs);
      },
    );
  }

  private heartbeat(): void {
    const { world } = this;
    const named = [...this.held.values()].map((h) => ({
      lease_id: h.leaseId,
      fence: h.fence,
      progress: { percent: 10 },
      // Most runners say nothing of cost; one that does may have reached its hold.
      ...(world.chance(0.01) ? { cost_mcu: world.between(0, 12_000) } : {}),
    }));
    const ttlMs = this.plane.workspace?.engine.state.head.config.leaseTtlMs ?? 60_000;
    this.nextBeatMs = world.nowMs + Math.min(...[...this.held.values()].map((h) => h.ttlMs), ttlMs) / 4;
    this.ask(
      (ctx) => {
        const { source } = claimant(ctx, this.sessionId);
        sign(ctx.engine, source);
        beat(ctx.engine, source);
        return renewNamed(ctx.engine, this.sessionId, named, ctx.wakeups);
      },
      (answer) => {
        for (const part of answer ?? []) {
          const held = this.held.get(part.lease_id);
          if (held === undefined) continue;
          if (part.state !== 'active') this.held.delete(part.lease_id);
          else held.renewedMs = world.nowMs;
          if (part.directive !== undefined) held.mustStop = true;
          if (part.approval !== undefined) held.question = 'over';
        }
      },
    );
  }

  private question(held: Held): void {
    const expires = this.world.chance(0.5) ? { expires_ms: this.world.between(1_000, 40_000) } : {};
    const ask = { fence: held.fence, reason: 'Go on?', kinds: [], ...expires };
    const idempotency = { key: `${this.sessionId}/ask/${held.leaseId}`, request: JSON.stringify(ask) };
    held.question = 'open';
    this.ask(
      (ctx) => askApproval(ctx, this.sessionId, held.leaseId, ask, idempotency),
      (answer, refusal) => {
        if (refusal !== null || answer?.status !== 'pending') held.question = 'over';
      },
    );
  }

  private end(held: Held): void {
    const { world } = this;
    const outcome: RunnerOutcome = held.mustStop
      ? 'canceled'
      : this.isCareful || world.chance(0.75)
        ? 'succeeded'
        : world.chance(0.85)
          ? 'failed'
          : 'timed_out';
    held.end = this.endOf(held, outcome, false);
    held.state = 'ending';
    this.sendEnd(held);
  }

  private endOf(held: Held, outcome: RunnerOutcome, isRelease: boolean): NonNullable<Held['end']> {
    const body = completeBody(this.world, held.fence, outcome);
    return { body, key: `${this.sessionId}/end/${held.leaseId}`, isRelease };
  }

  private sendEnd(held: Held): void {
    const { end, leaseId, fence } = held;
    if (end === null) return;
    const idempotency = { key: end.key, request: JSON.stringify(end.body) };
    this.ask(
      (ctx) => {
        const again = repeatedEnd(ctx, idempotency);
        if (again !== null) this.world.fault('repeated_call');
        const settled =
          again ??
          (end.isRelease
            ? releaseLease(ctx, this.sessionId, leaseId, fence, undefined, idempotency)
            : endAttempt(ctx, this.sessionId, leaseId, end.body, 'complete', NO_FILES, idempotency));
        this.oracle.ended(end.key, settled);
        return settled;
      },
      () => this.held.delete(leaseId),
    );
  }

  private doctor(): void {
    const passed = this.world.chance(0.7);
    const checks = [{ id: 'disk', required: true, passed, detail: passed ? 'fine' : 'full' }];
    this.ask(
      (ctx) => {
        const { source } = claimant(ctx, this.sessionId);
        sign(ctx.engine, source);
        diagnoseSource(ctx, this.sessionId, source.sourceId, checks);
      },
      () => undefined,
    );
  }

  private goodbye(): void {
    this.ask(
      (ctx) => {
        const { source, session } = claimant(ctx, this.sessionId);
        ctx.engine.hot.asks.take(session.sessionId)?.answer([]);
        goOffline(ctx.engine, source, 'The runner said goodbye.', { kind: 'runner', id: session.sessionId });
      },
      () => undefined,
    );
  }

  /** A runner kills what it could not renew in time; a late one that forgets to is what the fence is for. */
  private stopUnrenewed(): void {
    for (const held of this.held.values()) {
      if (held.state !== 'running') continue;
      const silentMs = this.world.nowMs - held.renewedMs;
      if (silentMs > leaseTiming(held.ttlMs).selfStopMs && this.world.chance(0.5)) this.held.delete(held.leaseId);
    }
  }
}
