import { ProblemError } from '../contract/problems.ts';
import type { DecisionReplay } from '../contract/replay.ts';
import type { ClaimRequest } from '../contract/runtime.ts';
import { LogError } from '../ledger/errors.ts';
import type { State } from '../state/state.ts';
import { ChangeFeed } from './change-feed.ts';
import type { Timers } from './clock.ts';
import { type Claimant, type ClaimOutcome, claimWork, emptyReason, repeatedClaim } from './commands/claim-work.ts';
import type { CommandContext, Idempotency } from './commands/context.ts';
import type { Engine } from './engine.ts';
import { rebuildHot } from './hot/rebuild.ts';
import type { LogSigner } from './keys.ts';
import { RejectedWrites } from './leases.ts';
import { Notary, type OnCheckpoint } from './notary.ts';
import { findDecision } from './past/find-decision.ts';
import { PastStates } from './past/past-states.ts';
import { RecentDecisions } from './recent-decisions.ts';
import type { RuntimeTokens } from './runtime-tokens.ts';
import { Samples } from './samples.ts';
import { startClocks } from './start.ts';
import { Wakeups } from './stopping.ts';
import { STORAGE_RETRY_MS, storageProblem } from './storage-problem.ts';
import { firstTick, type TickMemory, tick } from './tick.ts';
import { decisionReplayView } from './views/decision-replay-view.ts';

/** What a workspace needs of its storage beside the log. */
export interface WorkspaceStorage {
  /** The state from snapshot and log, from the disk as it is now. */
  reload(): Promise<State>;
  /** The newest snapshot that holds at most so many entries; none where the storage keeps none. */
  snapshotUpTo?(entries: number): Promise<State | null>;
  /** Keeps a state that time travel came by, so that the next time is shorter. */
  writePast?(seq: number, bytes: Uint8Array): Promise<unknown>;
  /** Writes a snapshot; called only when everything in it is on disk. */
  writeSnapshot(seq: number, bytes: Uint8Array): Promise<void>;
  /** Resolves when there is room to write again. */
  probe(): Promise<void>;
}

/** Entries between two snapshots: replaying them takes about a second. */
const SNAPSHOT_EVERY_ENTRIES = 20_000;
const PROBE_EVERY_MS = STORAGE_RETRY_MS;
/** `read_only`: opened so, and whole as far as can be told. */
export type WorkspaceStatus = 'open' | 'full' | 'failed' | 'damaged' | 'read_only' | 'stopping';

/**
 * One live workspace: commands in, answers out when they are on disk.
 */
export class Workspace {
  readonly ctx: CommandContext;
  readonly feed: ChangeFeed;
  readonly samples = new Samples();
  readonly recent: RecentDecisions;
  readonly notary: Notary;
  private readonly pastStates: PastStates;
  private ticking: TickMemory;
  private snapshotSeq: number;
  /** The snapshot that is being written; it never fails. */
  private snapshotting: Promise<void> | null = null;
  private current: WorkspaceStatus = 'open';
  /** Why nothing may be written, as a sentence; null while everything may. */
  readOnlyBecause: string | null = null;

  constructor(
    readonly engine: Engine,
    private readonly storage: WorkspaceStorage,
    private readonly timers: Timers,
    /** Shared by the workspaces of a plane, since a nonce is handed out before a workspace is known. */
    tokens: RuntimeTokens,
    /** Told when the disk failed for good: nothing can be acknowledged any more. */
    private readonly onFailed: (error: unknown) => void = () => undefined,
    signer: LogSigner | null = null,
    onCheckpoint: OnCheckpoint = () => undefined,
    /** Set when it was opened to be read only: why, as a sentence. */
    readOnly: { because: string; isDamaged: boolean } | null = null,
  ) {
    this.ctx = { engine, wakeups: new Wakeups(), rejected: new RejectedWrites(), tokens };
    this.feed = new ChangeFeed(engine);
    this.recent = new RecentDecisions(engine);
    this.notary = new Notary(engine, signer, onCheckpoint);
    this.pastStates = new PastStates({
      live: engine,
      snapshotUpTo: async (entries) => (await storage.snapshotUpTo?.(entries)) ?? null,
      keep: async (seq, bytes) => void (await storage.writePast?.(seq, bytes)),
      soon: (run) => timers.soon(run),
    });
    this.ticking = firstTick(engine);
    this.snapshotSeq = engine.nextSeq;
    engine.commit.onFailure((error) => this.onCommitFailure(error));
    if (readOnly === null) startClocks(this.ctx);
    else {
      this.current = readOnly.isDamaged ? 'damaged' : 'read_only';
      this.readOnlyBecause = readOnly.because;
    }
  }

  get workspaceId(): string {
    return this.engine.workspaceId;
  }

  get status(): WorkspaceStatus {
    return this.current;
  }

  /**
   * Runs a command and resolves with its result once everything it saw is on disk.
   * @throws ProblemError `storage.full`, `storage.failed`, `plane.stopping`, or the command's own.
   */
  async run<T>(command: (ctx: CommandContext) => T): Promise<T> {
    this.assertOpen();
    const { result, seq } = this.step(command);
    await this.durable(seq);
    if (result.problem !== null) throw result.problem;
    return result.value as T;
  }

  /** Reads what is there, released like an answer: only once the disk holds all that was seen. */
  async read<T>(query: (engine: Engine) => T): Promise<{ value: T; seq: number }> {
    if (this.current === 'full' || this.current === 'failed') this.assertOpen();
    const value = query(this.engine);
    const seq = this.engine.nextSeq - 1;
    await this.durable(seq);
    return { value, seq };
  }

  /** Reads the workspace as it was right after entry `at`, once the disk has that entry. See `PastStates`. */
  async past<T>(at: number, query: (past: Engine) => T): Promise<T> {
    if (at < this.engine.nextSeq) await this.read(() => null);
    return this.pastStates.read(at, query);
  }

  /**
   * Makes a recorded decision again from what was known then.
   * @param id `dec_…`, or `D-<seq>`. @throws ProblemError `not_found`.
   */
  async decision(id: string): Promise<DecisionReplay> {
    const pause = (): Promise<void> => new Promise((resolve) => this.timers.soon(resolve));
    const seq = await findDecision(this.engine, id, pause);
    const entry = this.engine.entry(seq);
    return this.past(seq - 1, (past) => decisionReplayView(past, entry));
  }

  /** Claims work now, or waits up to `wait_ms` for some; one poll per session. */
  async claim(who: Claimant, request: ClaimRequest, idempotency: Idempotency): Promise<ClaimOutcome> {
    const polls: Promise<ClaimOutcome['grants']>[] = [];
    const first = await this.run((ctx) => {
      // A claim takes over the open poll of its session, also one that wants nothing.
      this.abandonClaim(who.session.sessionId);
      const again = repeatedClaim(ctx, idempotency);
      if (again !== null) return { grants: again, reason: null };
      const now = claimWork(ctx, who, request, idempotency);
      // The poll opens in the same step that found nothing: work that comes while the disk is written finds it, and a
      // copy of this claim that was on its way cannot get work of its own.
      if (now.grants.length === 0 && request.wait_ms > 0 && request.max > 0)
        polls.push(this.waitForWork(who, request, idempotency));
      return now;
    });
    if (polls.length === 0) return first;
    const grants = (await Promise.all(polls)).flat();
    await this.durable(this.engine.nextSeq - 1);
    return { grants, reason: grants.length > 0 ? null : emptyReason(this.ctx, who.source) };
  }

  /** Ends the poll of a session whose connection is gone. */
  abandonClaim(sessionId: string): void {
    this.engine.hot.asks.take(sessionId)?.answer([]);
  }

  /** What time did since the last tick; the host calls this several times a second. */
  tick(): void {
    if (this.current !== 'open') return;
    this.step((ctx) => {
      tick(ctx, this.ticking);
      this.notary.tick();
    });
    this.samples.take(this.engine);
    this.maybeSnapshot();
  }

  /** Older log turned out to be damaged: what is there can be read, nothing is granted or written on top of it. */
  refuseDamage(damage: { seq: number; reason: string }): void {
    if (this.current !== 'open') return;
    this.current = 'damaged';
    this.readOnlyBecause = `Entry ${damage.seq} of its log is damaged (${damage.reason}).`;
    for (const ask of this.engine.hot.asks.all()) this.engine.hot.asks.take(ask.sessionId)?.answer([]);
  }

  /** No grants and no writes from here on; polls and streams are ended, so that their connections can close. */
  quiesce(): void {
    if (this.current !== 'open') return;
    this.current = 'stopping';
    for (const ask of this.engine.hot.asks.all()) this.engine.hot.asks.take(ask.sessionId)?.answer([]);
    this.ctx.wakeups.wakeAll();
    this.feed.close();
  }

  /** Ends the workspace: what is staged is on disk when this resolves, and a snapshot makes the next start short. */
  async stop(): Promise<void> {
    this.quiesce();
    if (this.current === 'stopping') {
      this.notary.tick(true);
      await this.engine.durable();
      // Two writes at once would clear away each other's files.
      await this.snapshotting;
      const seq = this.engine.nextSeq;
      if (seq > this.snapshotSeq)
        await this.storage.writeSnapshot(seq, this.engine.state.snapshot(this.engine.tree.toBytes()));
    }
    await this.engine.log.close();
    this.engine.state.close();
  }

  private step<T>(command: (ctx: CommandContext) => T): {
    result: { value: T | null; problem: ProblemError | null };
    seq: number;
  } {
    try {
      const value = command(this.ctx);
      return { result: { value, problem: null }, seq: this.engine.nextSeq - 1 };
    } catch (error) {
      // A refusal may have been recorded (a late write): it is answered when that record is on disk.
      if (error instanceof ProblemError)
        return { result: { value: null, problem: error }, seq: this.engine.nextSeq - 1 };
      throw error;
    }
  }

  private async durable(seq: number): Promise<void> {
    try {
      await this.engine.durable(seq);
    } catch (error) {
      throw storageProblem(error);
    }
  }

  private assertOpen(): void {
    if (this.current === 'open') return;
    if (this.current === 'full')
      throw new ProblemError(
        'storage.full',
        'Free some space on the disk of the data directory; nothing was recorded.',
        { retry_after_ms: PROBE_EVERY_MS },
      );
    if (this.current === 'failed')
      throw new ProblemError(
        'storage.failed',
        'The disk of the data directory failed. Check it, then start the control plane again.',
      );
    if (this.readOnlyBecause !== null) {
      throw new ProblemError(
        'plane.read_only',
        `${this.readOnlyBecause} Nothing is recorded or granted. Export what can be read (evidence export --read-only), then restore a backup.`,
      );
    }
    throw new ProblemError('plane.stopping', 'The control plane is stopping; try again when it is back.', {
      retry_after_ms: 2_000,
    });
  }

  private waitForWork(who: Claimant, request: ClaimRequest, idempotency: Idempotency): Promise<ClaimOutcome['grants']> {
    const { source, session } = who;
    return new Promise((resolve) => {
      const cancelTimer = this.timers.after(request.wait_ms, () => {
        if (this.engine.hot.asks.get(session.sessionId) === ask) this.engine.hot.asks.take(session.sessionId);
        resolve([]);
      });
      const ask = {
        sessionId: session.sessionId,
        sourceId: source.sourceId,
        profileId: source.profileId,
        max: request.max,
        classes: request.classes ?? null,
        idempotency,
        answer: (grants: ClaimOutcome['grants']): void => {
          cancelTimer();
          resolve([...grants]);
        },
      };
      this.engine.hot.asks.open(ask);
    });
  }

  private maybeSnapshot(): void {
    if (this.snapshotting !== null || this.engine.nextSeq - this.snapshotSeq < SNAPSHOT_EVERY_ENTRIES) return;
    // Two short pauses instead of a long one: whoever asks is served between them.
    this.engine.state.settle();
    this.snapshotting = new Promise<void>((resolve) => this.timers.soon(resolve))
      .then(() => this.takeSnapshot())
      .catch(() => undefined)
      .finally(() => {
        this.snapshotting = null;
      });
  }

  private async takeSnapshot(): Promise<void> {
    const seq = this.engine.nextSeq;
    const bytes = this.engine.state.snapshot(this.engine.tree.toBytes());
    // The bytes may hold entries that are still staged: the file is written only once they are on disk.
    await this.engine.durable(seq - 1);
    await this.storage.writeSnapshot(seq, bytes);
    this.snapshotSeq = seq;
  }

  private onCommitFailure(error: unknown): void {
    if (error instanceof LogError && error.code === 'storage.full') {
      this.current = 'full';
      void this.recoverSpace();
      return;
    }
    this.current = 'failed';
    this.onFailed(error);
  }

  /** The memory is ahead of the disk: it is dropped and read again, as soon as there is room to write. */
  private async recoverSpace(): Promise<void> {
    for (const ask of this.engine.hot.asks.all()) this.engine.hot.asks.take(ask.sessionId)?.answer([]);
    try {
      await this.storage.probe();
      const state = await this.storage.reload();
      this.engine.reopen(state, rebuildHot(state));
      this.ticking = firstTick(this.engine);
      this.current = 'open';
      startClocks(this.ctx);
      this.feed.reset();
      this.recent.reset();
    } catch (error) {
      if (error instanceof LogError && error.code === 'storage.failed') {
        this.current = 'failed';
        this.onFailed(error);
        return;
      }
      this.timers.after(PROBE_EVERY_MS, () => void this.recoverSpace());
    }
  }
}
