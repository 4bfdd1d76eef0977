import type { Assignment } from '../src-server/contract/runtime.ts';
import { Backoff } from './backoff.ts';
import { type Claim, type ClaimResult, claimWork } from './claim.ts';
import type { Clock } from './clock.ts';
import { PlaneProblem, PlaneUnreachable } from './errors.ts';
import { type Chance, newIdempotencyKey } from './ids.ts';
import { type Printer, plain } from './printer.ts';
import type { Session } from './session.ts';

/** The longest wait the plane allows. */
const WAIT_MS = 30_000;
/** The most that one claim may be granted, by the contract. */
const GRANTS_LIMIT = 32;
/** An answer without work that came sooner than this is followed by a pause. */
const QUICK_ANSWER_MS = 1_000;
const BACKOFF = { baseMs: 500, capMs: 30_000 };
/** How often a pause is looked for. */
const PAUSE_LOOK_MS = 500;
/** An open claim gets this long to be answered after it was taken over, before its connection is cut. */
const TAKE_OVER_MS = 2_000;

export interface ClaimLoopDependencies {
  session: Session;
  clock: Clock;
  chance: Chance;
  printer: Printer;
  /** Slots without an attempt now. */
  freeSlots: () => number;
  /** Resolves when a slot becomes free. */
  slotFreed: () => Promise<void>;
  onGrant: (assignment: Assignment) => void;
  /** Looked at before each claim and while one is open: true keeps new work away. */
  isPaused: () => boolean;
  /** Called before each claim; rejects when nothing may be asked for any more. */
  beforeClaim: () => Promise<void>;
}

/** Asks for work while slots are free. */
export class ClaimLoop {
  readonly #end = new AbortController();
  readonly #backoff: Backoff;
  #isEnding = false;
  #isAsking = false;
  #lastReason = '';
  #isSilent = false;
  #wasPaused = false;
  /** `run --once` tells the reason in its one last line. */
  #isQuiet = false;

  constructor(private readonly dependencies: ClaimLoopDependencies) {
    this.#backoff = new Backoff(BACKOFF, dependencies.chance);
  }

  /** Claims until `end`. */
  async runForEver(): Promise<void> {
    while (!this.#isEnding) {
      if (this.dependencies.freeSlots() === 0) {
        await Promise.race([this.dependencies.slotFreed(), this.#ended()]);
        continue;
      }
      if (await this.#isKeptByPause()) continue;
      const stopLooking = this.#watchForPause();
      await this.#claimOnce(Math.min(this.dependencies.freeSlots(), GRANTS_LIMIT), WAIT_MS).finally(stopLooking);
    }
  }

  /** Waits a little while paused; says so once. */
  async #isKeptByPause(): Promise<boolean> {
    const { isPaused, clock, printer } = this.dependencies;
    const wasPaused = this.#wasPaused;
    this.#wasPaused = isPaused();
    if (this.#wasPaused !== wasPaused)
      printer.say(this.#wasPaused ? 'Paused: no new job is claimed, what runs goes on.' : 'No longer paused.');
    if (this.#wasPaused) await clock.sleep(PAUSE_LOOK_MS, this.#end.signal);
    return this.#wasPaused;
  }

  /** A pause that begins while a claim is open takes that claim back. */
  #watchForPause(): () => void {
    const stop = this.dependencies.clock.every(PAUSE_LOOK_MS, () => {
      if (!this.dependencies.isPaused()) return;
      stop();
      void this.#takeBack();
    });
    return stop;
  }

  /** Claims until one job is granted or `waitMs` is over; `silent` when the plane did not even answer at the end. */
  async runOnce(waitMs: number): Promise<{ end: 'granted' | 'nothing' | 'silent'; reason: string }> {
    const { clock } = this.dependencies;
    this.#isQuiet = true;
    const endAtMonoMs = clock.now().monoMs + waitMs;
    while (!this.#isEnding) {
      const leftMs = Math.ceil(endAtMonoMs - clock.now().monoMs);
      if (leftMs <= 0) break;
      if (await this.#claimOnce(1, Math.min(WAIT_MS, leftMs), leftMs)) return { end: 'granted', reason: '' };
    }
    return { end: this.#isSilent ? 'silent' : 'nothing', reason: this.#lastReason };
  }

  /**
   * Stops claiming. An open claim is taken over by an empty one, so that its grants come here and none is lost on the
   * way; what it still grants goes to `onGrant`.
   */
  async end(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const { clock } = this.dependencies;
    if (this.#isAsking) {
      await this.#takeBack();
      for (let waitedMs = 0; this.#isAsking && waitedMs < TAKE_OVER_MS; waitedMs += 50) await clock.sleep(50);
    }
    this.#end.abort();
  }

  async #takeBack(): Promise<void> {
    const { session, clock } = this.dependencies;
    const empty: Claim = { key: newIdempotencyKey(), capacity: session.capacity, max: 0, waitMs: 0 };
    const taken = claimWork(empty, session.send.bind(session)).catch(() => undefined);
    await Promise.race([taken, clock.sleep(TAKE_OVER_MS)]);
  }

  #ended(): Promise<void> {
    const { signal } = this.#end;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  /** One logical claim, over lost answers. Returns whether it granted something. */
  async #claimOnce(max: number, waitMs: number, patienceMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    const { session, clock, onGrant } = this.dependencies;
    const claim: Claim = { key: newIdempotencyKey(), capacity: session.capacity, max, waitMs };
    await this.dependencies.beforeClaim();
    if (this.#isEnding) return false;
    const startedMonoMs = clock.now().monoMs;
    this.#isAsking = true;
    try {
      while (!this.#isEnding && clock.now().monoMs - startedMonoMs < patienceMs) {
        const askedMonoMs = clock.now().monoMs;
        let result: ClaimResult;
        try {
          result = await claimWork(claim, session.send.bind(session), this.#end.signal);
        } catch (error) {
          if (await this.#isOver(error)) return false;
          continue;
        }
        this.#backoff.reset();
        this.#isSilent = false;
        if (result.kind === 'granted') {
          this.#lastReason = '';
          for (const assignment of result.assignments) onGrant(assignment);
          return true;
        }
        this.#tell(result.reason);
        const isQuick = clock.now().monoMs - askedMonoMs < Math.min(QUICK_ANSWER_MS, waitMs);
        const pauseMs = Math.min(isQuick ? Math.max(result.retryAfterMs, QUICK_ANSWER_MS) : 0, patienceMs);
        if (pauseMs > 0 && !this.#isEnding) await clock.sleep(pauseMs, this.#end.signal);
        return false;
      }
      return false;
    } finally {
      this.#isAsking = false;
    }
  }

  /** Waits as a failure demands. Returns whether the claim is over; a lost answer is asked for again with its key. */
  async #isOver(error: unknown): Promise<boolean> {
    if (!(error instanceof PlaneUnreachable || error instanceof PlaneProblem)) throw error;
    if (this.#isEnding) return true;
    this.#isSilent = error instanceof PlaneUnreachable;
    const isSame = error instanceof PlaneUnreachable || error.retryable;
    const askedMs = error instanceof PlaneProblem ? (error.retryAfterMs ?? 0) : 0;
    if (error instanceof PlaneProblem && !error.retryable && error.code !== 'conflict.lease_superseded')
      this.#tell(error.code);
    await this.dependencies.clock.sleep(Math.max(this.#backoff.nextMs(), askedMs), this.#end.signal);
    return !isSame;
  }

  #tell(reason: string): void {
    if (reason === this.#lastReason) return;
    this.#lastReason = reason;
    if (reason !== '' && !this.#isQuiet) this.dependencies.printer.say(`No work granted: ${plain(reason)}.`);
  }
}
