import { createHash } from 'node:crypto';
import { ProblemError } from '../../src-server/contract/problems.ts';
import { decodeEntry } from '../../src-server/ledger/entry.ts';
import { EvidenceCheck } from '../../src-server/plane/check/evidence.ts';
import type { Violation } from '../../src-server/plane/check/folded-rows.ts';
import { LogFold } from '../../src-server/plane/check/log-fold.ts';
import type { CommandContext } from '../../src-server/plane/commands/context.ts';
import { Ids } from '../../src-server/plane/ids.ts';
import { checkAll, checkTouched } from '../../src-server/plane/invariants.ts';
import { startWorkspace } from '../../src-server/plane/open-workspace.ts';
import { replay } from '../../src-server/plane/replay.ts';
import { RuntimeTokens } from '../../src-server/plane/runtime-tokens.ts';
import type { Workspace } from '../../src-server/plane/workspace.ts';
import type { AppliedEntry } from '../../src-server/state/entry-view.ts';
import { State } from '../../src-server/state/state.ts';
import { Disk } from './disk.ts';
import { PlaneClock, simulationRandom, type World } from './world.ts';

/** Something that must never happen did. */
export class SimulationFailure extends Error {
  constructor(readonly violations: Violation[]) {
    super(violations.map((v) => `${v.invariant} at ${v.seq}: ${v.detail}`).join('\n'));
  }
}
const fail = (invariant: string, detail: string, seq = -1): never => {
  throw new SimulationFailure([{ invariant, detail, seq }]);
};

/** Promises that one released answer runs through, at most. */
const HOPS = 10;

/** Stands for a key: signatures are judged elsewhere, here only what is signed, and a run makes many thousands. */
const LOG_SIGNER = {
  publicKey: Buffer.alloc(32, 7),
  sign: (bytes: Uint8Array): Buffer => createHash('sha512').update(bytes).digest(),
};
const WORKSPACE_ID = 'ws_01KSIMU1AT10N0000000000000';

/** The real workspace on a simulated machine, with everything that was ever acknowledged kept in mind. */
export class SimulatedPlane {
  readonly disk: Disk;
  workspace: Workspace | null = null;
  clock: PlaneClock;
  fold = new LogFold();
  restarts = 0;
  /** Entries and their bytes as they were written, by sequence. */
  readonly entries: AppliedEntry[] = [];
  private readonly lines: Buffer[] = [];
  private evidence = this.newEvidence();
  /** Everything up to here was seen by somebody outside. */
  ackedSeq = -1;
  private snapshot: { seq: number; bytes: Uint8Array } | null = null;
  /** Told how many entries are left after a crash. */
  onForget: (nextSeq: number) => void = () => undefined;
  private failure: unknown = null;
  private isBroken = false;
  private readonly planeRandom;

  constructor(
    private readonly world: World,
    seed: number,
    private readonly ttlMs: number,
  ) {
    this.disk = new Disk(world);
    this.clock = new PlaneClock(world);
    this.planeRandom = simulationRandom(seed ^ 0x5bd1e995);
  }

  get ctx(): CommandContext | null {
    return this.workspace?.ctx ?? null;
  }
  get isUp(): boolean {
    return this.workspace !== null;
  }

  /** Starts on what the disk holds. Everything acknowledged before must be there, and everything must hold. */
  async start(cut: { cut_bytes: number; cut_lines: number } | null = null): Promise<void> {
    const { world, disk } = this;
    disk.isCalm = true;
    disk.heal();
    this.isBroken = false;
    this.forgetLost();
    const clock = new PlaneClock(world);
    this.clock = clock;
    const random = this.planeRandom;
    const ids = new Ids(clock, random);
    const storage = {
      reload: async () => {
        this.forgetLost();
        return this.load();
      },
      writeSnapshot: async () => undefined,
      probe: () => this.disk.probe(),
    };
    const boot = `boot-${this.restarts++}`;
    const parts = {
      clock,
      ids,
      random,
      timers: clock,
      tokens: new RuntimeTokens(clock, random),
      boot,
      signer: LOG_SIGNER,
      onFailed: () => {
        if (!clock.isDead) this.isBroken = true;
      },
    };
    const id = WORKSPACE_ID;
    const ttlMs = disk.log.nextSeq === 0 ? this.ttlMs : undefined;
    const cutOrNull = cut !== null && cut.cut_bytes > 0 ? cut : null;
    try {
      const starting = startWorkspace(disk.log, await this.load(), storage, id, 'simulation', ttlMs, parts, cutOrNull);
      await this.settle();
      this.workspace = await starting;
    } catch (error) {
      fail('I31', `the plane does not open: ${(error as Error).stack}`);
    }
    disk.isCalm = false;
    const { engine } = this.workspace as Workspace;
    for (let seq = this.lines.length; seq < engine.nextSeq; seq++) {
      const line = engine.line(seq);
      this.note(decodeEntry(line) as unknown as AppliedEntry, line);
      this.fold.apply(this.entries[seq] as AppliedEntry);
    }
    this.raise(this.fold.violations);
    engine.observers.push((entry, line) => {
      this.note(entry, line);
      const violations = checkTouched(engine, this.fold, entry);
      if (violations.length > 0) this.failure ??= new SimulationFailure(violations);
    });
  }

  /** Power goes. */
  crash(): { cut_bytes: number; cut_lines: number } {
    this.world.fault('plane_crash');
    this.clock.isDead = true;
    this.workspace?.engine.state.close();
    this.workspace = null;
    return this.disk.crash();
  }

  /** The disk failed and the plane stopped; somebody has to start it again. */
  get hasStopped(): boolean {
    return this.isBroken;
  }

  /**
   * Runs a command as the HTTP rim does.
   * @returns its result, or a refusal; undefined when no answer came: the storage failed or the plane died.
   */
  call<T>(command: (ctx: CommandContext) => T): Promise<{ value: T } | { refusal: string } | undefined> {
    const { workspace, clock } = this;
    if (workspace === null) return Promise.resolve(undefined);
    let seen = -1;
    const running = workspace.run((ctx) => {
      try {
        return command(ctx);
      } finally {
        seen = ctx.engine.nextSeq - 1;
      }
    });
    return running.then(
      (value) => {
        if (!clock.isDead) this.ackedSeq = Math.max(this.ackedSeq, seen);
        return { value };
      },
      (error: unknown) => this.refused(error, clock, seen),
    );
  }

  /** What a refusal says to the caller; anything else that is thrown is a bug. */
  refused(error: unknown, clock: PlaneClock, seen: number): { refusal: string } | undefined {
    if (clock.isDead) return undefined;
    if (!(error instanceof ProblemError)) {
      this.failure ??= error;
      return undefined;
    }
    if (error.code.startsWith('storage.') || error.code === 'plane.stopping') return undefined;
    this.ackedSeq = Math.max(this.ackedSeq, seen);
    return { refusal: error.code };
  }

  /** Lets everything happen that can happen at this moment. */
  async settle(): Promise<void> {
    do {
      for (let hop = 0; hop < HOPS; hop++) await undefined;
    } while (this.clock.runTurn());
    if (this.failure !== null) throw this.failure;
  }

  /** Keeps a snapshot of the state, as the plane does between batches. */
  takeSnapshot(): void {
    const { workspace, disk } = this;
    if (workspace === null || workspace.status !== 'open' || workspace.engine.nextSeq !== disk.log.nextSeq) return;
    this.snapshot = { seq: disk.log.nextSeq, bytes: workspace.engine.state.snapshot(workspace.engine.tree.toBytes()) };
  }

  /** Everything, recomputed. */
  checkAll(): void {
    const { workspace } = this;
    if (workspace === null || workspace.status !== 'open') return;
    this.raise(checkAll(workspace.engine, this.entries));
    this.checkEvidence(workspace);
  }

  /** I26, I27: the tree that the plane keeps is that of its bytes, and every head that it signed lies on it. */
  private checkEvidence({ engine }: Workspace): void {
    const { evidence, lines } = this;
    for (let seq = evidence.size; seq < lines.length; seq++) evidence.take({ seq, line: lines[seq] as Buffer });
    this.raise(evidence.violations);
    if (evidence.size !== engine.tree.size || !evidence.root().equals(engine.tree.root()))
      fail('I26', `the tree of ${engine.tree.size} entries is not that of the log`);
  }

  private newEvidence(): EvidenceCheck {
    return new EvidenceCheck(WORKSPACE_ID, null, {
      read: (from, to) => this.lines.slice(from, to).map((line, n) => ({ seq: from + n, line })),
    });
  }

  raise(violations: Violation[]): void {
    if (violations.length > 0) throw new SimulationFailure(violations.slice(0, 10));
  }

  /** Frees the state's memory, which the garbage collector does not see. */
  close(): void {
    this.clock.isDead = true;
    this.workspace?.engine.state.close();
    this.workspace = null;
  }

  private note(entry: AppliedEntry, line: Buffer): void {
    this.entries[entry.seq] = entry;
    this.lines[entry.seq] = line;
  }

  private async load(): Promise<State> {
    const { snapshot, disk } = this;
    // Now and then from the log alone, as after a damaged snapshot.
    const usable = snapshot !== null && snapshot.seq <= disk.log.nextSeq && !this.world.chance(0.1);
    const state = usable ? await State.fromSnapshot(snapshot.bytes) : null;
    return replay(disk.log, state ?? (await State.empty()));
  }

  /** After a crash: all that was acknowledged is there, byte for byte; the rest is forgotten here as well. */
  private forgetLost(): void {
    const { log } = this.disk;
    if (log.nextSeq <= this.ackedSeq)
      fail('I9', `entry ${this.ackedSeq} was acknowledged, the log ends at ${log.nextSeq}`);
    this.onForget(log.nextSeq);
    for (let seq = 0; seq < log.nextSeq; seq++) {
      const line = this.lines[seq];
      if (line !== undefined && !line.equals(log.get(seq))) fail('I26', `entry ${seq} is not what was written`, seq);
    }
    this.lines.length = Math.min(this.lines.length, log.nextSeq);
    this.entries.length = this.lines.length;
    this.evidence = this.newEvidence();
    this.fold = new LogFold();
    for (const entry of this.entries) this.fold.apply(entry);
    this.raise(this.fold.violations);
  }
}
