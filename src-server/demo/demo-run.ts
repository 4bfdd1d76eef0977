import type { DemoChaos } from '../contract/demo.ts';
import { ProblemError } from '../contract/problems.ts';
import { leaseTiming } from '../domain/leases/timing.ts';
import { FreeRunner } from './free-runner.ts';
import type { Scenario, Step } from './scenario.ts';
import { type Moment, scheduleOf } from './schedule.ts';
import { type Played, Stage, type Told } from './stage.ts';
import { virtualPlane } from './virtual-plane.ts';

/** What people do in a story: it goes on when somebody interferes; what runners do, is told of them and expected ends. */
const BY_PEOPLE: ReadonlySet<Step['do']> = new Set([
  'enroll',
  'policy',
  'budgets',
  'submit',
  'decide',
  'edit',
  'request_admission',
  'decide_admission',
  'revoke_admission',
  'drain',
  'resume',
]);
/** How long runners go on by themselves after the story's last moment. */
const FREE_TIME_MS = 15 * 60_000;

/**
 * One run of a story, from its first moment on: the same seed, the same chaos at the same moments and the same log, in
 * however many pieces time is told to pass.
 */
export class DemoRun {
  /** Ms of virtual time since the story began. */
  nowMs = 0;
  private next = 0;
  private nextBeatMs = 0;
  private readonly free = new Map<string, FreeRunner>();

  private constructor(
    readonly stage: Stage,
    private readonly moments: readonly Moment[],
    private readonly storyEndsAtMs: number,
    private readonly heartbeatMs: number,
  ) {}

  /** @param workspaceId of its plane; one from the seed when it is left out. */
  static async start(story: Scenario, tell: (line: Told) => void, workspaceId?: string): Promise<DemoRun> {
    const plane = await virtualPlane({
      seed: story.seed,
      startWallMs: Date.parse(story.start),
      name: 'demo',
      isReadFromOutside: true,
      ...(workspaceId === undefined ? {} : { workspaceId }),
    });
    const { heartbeatMs } = leaseTiming(plane.workspace.engine.state.head.config.leaseTtlMs);
    const { moments, endsAtMs } = scheduleOf(story, heartbeatMs);
    return new DemoRun(new Stage(plane, tell), moments, endsAtMs, heartbeatMs);
  }

  /** The next moment at which something is due, or the end. */
  get nextDueMs(): number {
    return Math.min(this.nextStepMs, this.nextFreeBeatMs, this.endsAtMs);
  }

  private get nextStepMs(): number {
    return this.moments[this.next]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  private get nextFreeBeatMs(): number {
    return this.isFree ? this.nextBeatMs : Number.POSITIVE_INFINITY;
  }

  /** Each moment of the story at which something is due, ascending. */
  get momentsMs(): number[] {
    return [...new Set(this.moments.map(({ atMs }) => atMs))];
  }

  /** Somebody interfered: the runners work by themselves from there on. */
  get isFree(): boolean {
    return this.free.size > 0;
  }

  /** When it ends by itself, ms of virtual time. */
  get endsAtMs(): number {
    return this.isFree ? this.storyEndsAtMs + FREE_TIME_MS : this.storyEndsAtMs;
  }

  get isOver(): boolean {
    return this.nowMs >= this.endsAtMs && this.next >= this.moments.length;
  }

  /** Lets time pass up to a moment, with all that is due until then, that moment included. */
  async advanceTo(atMs: number): Promise<void> {
    const untilMs = Math.min(atMs, this.endsAtMs);
    while (Math.min(this.nextStepMs, this.nextFreeBeatMs) <= untilMs) {
      await this.pass(this.nextDueMs);
      if (this.nextStepMs <= this.nextFreeBeatMs) await this.take(this.moments[this.next++] as Moment);
      else {
        this.nextBeatMs += this.heartbeatMs;
        await this.liveOn();
      }
    }
    await this.pass(untilMs);
  }

  /** Interferes with a runner, now. @throws ProblemError `not_found`. */
  async chaos(runner: string, kind: DemoChaos, isOn: boolean): Promise<void> {
    if (!this.stage.cast.has(runner))
      throw new ProblemError('not_found', `No runner ${runner} is enrolled yet. Let the story go on, then try again.`);
    if (this.chaosOn(runner).includes(kind) === isOn) return;
    if (!this.isFree) {
      this.stage.say('story', 'From here nobody follows the script: each runner asks, works and reports by itself.');
      this.nextBeatMs = this.nowMs + this.heartbeatMs;
    }
    await this.freeRunner(runner).set(kind, isOn);
  }

  /** What somebody did to a runner, and what still holds. */
  chaosOn(runner: string): readonly DemoChaos[] {
    return this.free.get(runner)?.kinds ?? [];
  }

  end(): Promise<Played> {
    return this.stage.end();
  }

  private async pass(toMs: number): Promise<void> {
    if (toMs > this.nowMs) await this.stage.plane.clock.advance(toMs - this.nowMs);
    this.nowMs = Math.max(this.nowMs, toMs);
  }

  private async take({ step }: Moment): Promise<void> {
    if (!this.isFree) {
      if (step === null) await this.stage.heartbeats();
      else await this.stage.do(step);
      return;
    }
    // Free runners have heartbeats of their own.
    if (step === null || !BY_PEOPLE.has(step.do)) return;
    try {
      await this.stage.do(step);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.stage.say('story', `Refused: ${error.detail}`);
    }
  }

  private async liveOn(): Promise<void> {
    for (const name of this.stage.cast.keys()) await this.freeRunner(name).live();
  }

  private freeRunner(name: string): FreeRunner {
    const member = this.stage.cast.get(name);
    if (member === undefined) throw new Error(`the story enrolls no ${name}`);
    const known = this.free.get(name) ?? new FreeRunner(this.stage, name, member);
    this.free.set(name, known);
    return known;
  }
}
