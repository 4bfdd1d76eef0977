import type { Demo, DemoChaos, DemoSteer } from '../contract/demo.ts';
import type { Clock, Timers } from '../plane/clock.ts';
import type { BlobStore, RunLogs } from '../plane/files-port.ts';
import type { HostedWorkspace } from '../plane/host.ts';
import { DemoRun } from './demo-run.ts';
import { planeOf } from './demo-view.ts';
import type { Scenario } from './scenario.ts';
import { StorySoFar } from './story-so-far.ts';

/** Virtual time moves this often while it plays. */
const TICK_MS = 100;
/** A line of the story stays the newest at least this long at any speed, so that it can be read. */
const READING_MS = 1_500;
/** Between two moments that are due, the plane's own timers may have something to tell: looked for in steps of this. */
const STEP_MS = 1_000;
/** One that nobody looks at pauses. */
const UNSEEN_MS = 10_000;
/** Jobs of a demo leave no files. */
const NO_BLOBS = { sizeOf: async () => null } as unknown as BlobStore;
const NO_LOGS = {
  read: async () => ({ bytes: Buffer.alloc(0), sizeBytes: 0, isTruncated: false }),
  onGrowth: () => () => undefined,
  end: () => undefined,
} as unknown as RunLogs;

interface Interference {
  atMs: number;
  runner: string;
  kind: DemoChaos;
  isOn: boolean;
}

export interface DemoSessionParts {
  clock: Clock;
  timers: Timers;
  storyOf(name: string): Scenario;
  /** A whole play of a story with nobody interfering: what is still to come. */
  foretell(story: Scenario): Promise<StorySoFar>;
}

/**
 * One demo that somebody watches. Going back plays the story again from its seed, with the interference that came
 * before: the same log, so also the same workspace at that moment.
 */
export class DemoSession {
  readonly hosted: HostedWorkspace;
  /** When it was looked at last, by the monotonic clock. */
  seenMs: number;
  private run!: DemoRun;
  private told!: StorySoFar;
  private foretold!: StorySoFar;
  private interference: Interference[] = [];
  private runs = 0;
  private speed: Demo['speed'] = 4;
  private isPlaying = false;
  private tickedMs = 0;
  private readUntilMs = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private isTicking = false;
  private readonly stopTicking: () => void;

  private constructor(
    readonly workspaceId: string,
    private story: Scenario,
    private readonly parts: DemoSessionParts,
  ) {
    this.seenMs = parts.clock.monoMs();
    const current = (): { story: Scenario; run: DemoRun } => ({ story: this.story, run: this.run });
    this.hosted = {
      workspaceId,
      name: 'demo',
      get createdAt() {
        return current().story.start;
      },
      get workspace() {
        return current().run.stage.plane.workspace;
      },
      blobs: NO_BLOBS,
      runLogs: NO_LOGS,
    };
    this.stopTicking = parts.timers.every(TICK_MS, () => this.tick());
  }

  static async start(workspaceId: string, story: Scenario, parts: DemoSessionParts): Promise<DemoSession> {
    const session = new DemoSession(workspaceId, story, parts);
    await session.inTurn(() => session.choose(story));
    return session;
  }

  view(): Promise<Demo> {
    this.seenMs = this.parts.clock.monoMs();
    return this.inTurn(async () => this.shown());
  }

  steer(wish: DemoSteer): Promise<Demo> {
    this.seenMs = this.parts.clock.monoMs();
    return this.inTurn(async () => {
      await this.obey(wish);
      return this.shown();
    });
  }

  async close(): Promise<void> {
    this.stopTicking();
    await this.inTurn(() => this.run.stage.plane.stop());
  }

  private async obey(wish: DemoSteer): Promise<void> {
    switch (wish.do) {
      case 'play':
        if (this.run.isOver) await this.replayTo(0, []);
        this.speed = wish.speed ?? this.speed;
        this.tickedMs = this.parts.clock.monoMs();
        this.isPlaying = true;
        return;
      case 'pause':
        this.isPlaying = false;
        return;
      case 'step':
        this.isPlaying = false;
        return wish.to === 'next' ? this.stepOn() : this.goTo(this.told.before(this.run.nowMs));
      case 'seek':
        return this.goTo(wish.at_ms);
      case 'chaos':
        await this.run.chaos(wish.runner, wish.kind, wish.on);
        this.interference.push({ atMs: this.run.nowMs, runner: wish.runner, kind: wish.kind, isOn: wish.on });
        return;
      case 'choose':
        return this.choose(this.parts.storyOf(wish.scenario));
    }
  }

  private async choose(story: Scenario): Promise<void> {
    this.story = story;
    this.isPlaying = false;
    this.foretold = await this.parts.foretell(story);
    await this.replayTo(0, []);
  }

  private async goTo(atMs: number): Promise<void> {
    if (atMs >= this.run.nowMs) await this.run.advanceTo(atMs);
    else
      await this.replayTo(
        atMs,
        this.interference.filter((each) => each.atMs <= atMs),
      );
  }

  private async stepOn(): Promise<void> {
    const fromMs = this.run.nowMs;
    while (this.told.newestMs <= fromMs && !this.run.isOver)
      await this.run.advanceTo(Math.min(this.run.nextDueMs, this.run.nowMs + STEP_MS));
  }

  private async replayTo(atMs: number, interference: readonly Interference[]): Promise<void> {
    const old = this.run as DemoRun | undefined;
    const told = new StorySoFar(Date.parse(this.story.start));
    const run = await DemoRun.start(this.story, told.tell, this.workspaceId);
    for (const each of interference) {
      await run.advanceTo(each.atMs);
      await run.chaos(each.runner, each.kind, each.isOn);
    }
    await run.advanceTo(atMs);
    this.run = run;
    this.told = told;
    this.interference = [...interference];
    this.runs++;
    await old?.stage.plane.stop();
  }

  /** Moves virtual time on by what passed in reality, as far as the next line that has to be read. */
  private tick(): void {
    const nowMs = this.parts.clock.monoMs();
    if (!this.isPlaying || this.isTicking) return;
    if (nowMs - this.seenMs > UNSEEN_MS) this.isPlaying = false;
    const passedMs = nowMs - Math.max(this.tickedMs, this.readUntilMs);
    this.tickedMs = nowMs;
    if (passedMs <= 0) return;
    this.isTicking = true;
    void this.inTurn(() => this.playOn(passedMs * this.speed)).finally(() => {
      this.isTicking = false;
    });
  }

  private async playOn(ms: number): Promise<void> {
    const untilMs = this.run.nowMs + ms;
    const lines = this.told.lines.length;
    while (this.isPlaying && this.run.nowMs < untilMs) {
      await this.run.advanceTo(Math.min(untilMs, this.run.nextDueMs));
      if (this.told.lines.length > lines) {
        this.readUntilMs = this.parts.clock.monoMs() + READING_MS;
        break;
      }
      if (this.run.isOver) break;
    }
    if (this.run.isOver) this.isPlaying = false;
  }

  private shown(): Demo {
    const { run, told, foretold } = this;
    const ahead = <T extends { at_ms: number }>(all: readonly T[]): T[] =>
      run.isFree ? [] : all.filter(({ at_ms: atMs }) => atMs > run.nowMs);
    return {
      scenario: this.story.name,
      state: run.isOver ? 'over' : this.isPlaying ? 'playing' : 'paused',
      speed: this.speed,
      at_ms: Math.round(run.nowMs),
      ends_at_ms: run.endsAtMs,
      begins: this.story.start,
      run: this.runs,
      is_free: run.isFree,
      story: told.lines.map((line) => ({ ...line, notes: [...line.notes] })),
      ahead: ahead(foretold.lines).map(({ at_ms, text }) => ({ at_ms, text })),
      marks: [...told.marks, ...ahead(foretold.marks)],
      ...planeOf(run),
    };
  }

  /** One thing at a time: virtual time never moves under an answer. */
  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.turn.then(act);
    this.turn = done.catch(() => undefined);
    return done;
  }
}
