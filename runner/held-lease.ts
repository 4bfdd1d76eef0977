import type { Clock, Reading } from './clock.ts';
import {
  type GuardAction,
  type GuardEvent,
  type GuardState,
  selfStopMs,
  startGuard,
  stepGuard,
} from './lease-guard.ts';

/** SIGTERM to SIGKILL when nothing presses (5.2 of the specification). */
export const KILL_GRACE_MS = 10_000;
/** The same once another attempt may be running the job already. */
const SUPERSEDED_GRACE_MS = 2_000;

export interface Loss {
  /** A sentence for people and for the record. */
  detail: string;
  /** How long the job may take to end by itself. */
  graceMs: number;
}

/** What runs under a lease and obeys it. */
export interface LeaseHolder {
  freeze(): void;
  thaw(): void;
  lost(loss: Loss): void;
  directed(directive: 'cancel' | 'stop', reason: string): void;
}

/** A started lease: its guard state, and the attempt that obeys it. */
export class HeldLease {
  #state: GuardState;
  #directive: string | null = null;
  #isArmed = true;

  constructor(
    readonly leaseId: string,
    readonly fence: number,
    sent: Reading,
    ttlMs: number,
    private readonly clock: Clock,
    private readonly holder: LeaseHolder,
    /** Asks the plane at once. */
    private readonly ask: () => void,
  ) {
    this.#state = startGuard(sent, ttlMs);
  }

  get isLost(): boolean {
    return this.#state.phase === 'lost';
  }

  /** Nothing runs under the lease any more: it is renewed until its settlement is recorded, and no clock ends it. */
  disarm(): void {
    this.#isArmed = false;
  }

  tick(): void {
    if (!this.#isArmed) return;
    this.#step(
      { kind: 'tick', now: this.clock.now() },
      `Not renewed for ${Math.round(selfStopMs(this.#state.ttlMs) / 1000)} s.`,
    );
  }

  /** The plane acknowledged the renewal that was sent at `sent`. */
  renewed(sent: Reading, ttlMs: number): void {
    // Time first: an answer that lay unread while this process was stopped must not revive a lease.
    this.tick();
    this.#step({ kind: 'renewed', sent, ttlMs }, '');
  }

  /** The plane said that the lease is over. */
  superseded(detail: string): void {
    this.#step({ kind: 'superseded' }, detail);
  }

  directed(directive: 'cancel' | 'stop', reason: string): void {
    // The plane repeats a directive until the lease ends; once is enough, but a cancel may follow a stop.
    if (this.#directive === directive || this.isLost) return;
    this.#directive = directive;
    this.holder.directed(directive, reason);
  }

  #step(event: GuardEvent, detail: string): void {
    const { state, action } = stepGuard(this.#state, event);
    this.#state = state;
    this.#act(action, event, detail);
  }

  #act(action: GuardAction, event: GuardEvent, detail: string): void {
    if (action === 'freeze') {
      this.holder.freeze();
      this.ask();
    } else if (action === 'thaw') {
      this.holder.thaw();
    } else if (action === 'kill') {
      // Not renewed: the job may use what is left of the TTL, after which the plane gives it to another.
      const leftMs = this.#state.renewed.monoMs + this.#state.ttlMs - this.clock.now().monoMs;
      const graceMs = event.kind === 'superseded' ? SUPERSEDED_GRACE_MS : Math.min(KILL_GRACE_MS, Math.max(0, leftMs));
      this.holder.lost({ detail, graceMs });
    }
  }
}
