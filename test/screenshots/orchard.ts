import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openConsole, type PlaneDoor } from '../../src-server/public.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { MovableClock } from '../helpers/movable-clock.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { OrchardRunner, type Plan } from './orchard-runner.ts';

/** Runners speak this often, and nothing of a story falls between two steps. */
const STEP_MS = 5_000;
/** The same in real time: often enough that every countdown is near its full. */
const LIVE_STEP_MS = 2_000;
const BEAT_EVERY_STEPS = 2;
/** Answers of a step are in by then: each waits for the disk once. */
const SETTLE_MS = 6;

/**
 * A real control plane with a past: its clock is set back before the start and moved on step by step, while runners that
 * execute nothing ask, renew and report as real ones do. Afterwards its clock is the system's again.
 */
export class Orchard {
  readonly runners = new Map<string, OrchardRunner>();
  private readonly plans = new Map<string, Plan>();
  private steps = 0;

  private constructor(
    readonly plane: PlaneUnderTest,
    private leftMs: number,
  ) {}

  static async plant(pastMs: number, rendererDir: string): Promise<Orchard> {
    const clock = new MovableClock();
    clock.setWall(-pastMs);
    const dataDir = mkdtempSync(join(tmpdir(), 'cc-orchard-'));
    let door: PlaneDoor | null = null;
    const own = openConsole({
      dir: join(dataDir, 'console'),
      runner: { bootstrapFile: join(rendererDir, '../runner/bootstrap.mjs') },
      ownPlane: async () => {
        if (door === null) throw new Error('the plane does not stand yet');
        return door;
      },
      onFault: (error) => process.stderr.write(`${error}\n`),
    });
    const plane = await PlaneUnderTest.start({ clock, rendererDir, dataDir, consoleHost: own.host });
    door = { url: plane.url, token: plane.adminToken };
    return new Orchard(plane, pastMs);
  }

  /** A runner that is enrolled and connected; `about` is what it says of itself. */
  async runner(
    name: string,
    kind: string,
    slots: number,
    labels: Record<string, string>,
    about: Record<string, unknown> = {},
  ): Promise<OrchardRunner> {
    const made = await this.plane.enroll(name, { kind, capacity: slots, labels });
    return this.connect(name, made.source_id, made.credential, slots, about);
  }

  async connect(name: string, sourceId: string, credential: string, slots: number, about: Record<string, unknown>) {
    const runner = new OrchardRunner(
      this.plane,
      name,
      sourceId,
      slots,
      about,
      (job) => this.plans.get(job.wu_id) ?? { runMs: 60_000 },
    );
    const answer = await runner.redeem(credential, { body: { capacity: slots } });
    if (answer.status !== 200) throw new Error(`${name} was refused: ${answer.text}`);
    this.runners.set(name, runner);
    return runner;
  }

  /** Submits a job, as `by` where a bearer is given, and says how long its program takes. */
  async submit(
    wu: string,
    title: string,
    plan: Plan,
    spec: Record<string, unknown> = {},
    by?: string,
  ): Promise<Parsed> {
    this.plans.set(wu, plan);
    const answer = await this.plane.call('jobSubmit', {
      body: { wu_id: wu, title, command: { argv: ['npm', 'test'] }, ...spec },
      key: this.plane.key(),
      ...(by === undefined ? {} : { bearer: by }),
    });
    if (answer.status !== 201) throw new Error(`${wu} was refused: ${answer.text}`);
    await this.settle();
    return answer.json;
  }

  /** Lets `ms` pass in steps: runners ask, renew, work. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.plane.clock.advance(STEP_MS);
      this.leftMs -= STEP_MS;
      this.plane.hosted.workspace.tick();
      this.steps += 1;
      for (const runner of this.runners.values()) {
        if (this.steps % BEAT_EVERY_STEPS === 0) await runner.beat();
        await runner.work();
        runner.ask();
      }
      await this.settle();
    }
  }

  /** How much of the past is still to come, ms; 0 when the story is as long as it was said to be. */
  get leftOfPastMs(): number {
    return this.leftMs;
  }

  /** Goes on in real time, until the returned function is called and has resolved. */
  goOn(): () => Promise<void> {
    const stop = new AbortController();
    const life = (async () => {
      while (!stop.signal.aborted) {
        await setTimeout(LIVE_STEP_MS, undefined, { signal: stop.signal }).catch(() => undefined);
        for (const runner of this.runners.values()) {
          await runner.beat();
          await runner.work();
          runner.ask();
        }
      }
    })();
    return async () => {
      stop.abort();
      await life;
      for (const runner of this.runners.values()) await runner.fallSilent();
    };
  }

  /** Lets answers that are on their way come in. */
  async settle(): Promise<void> {
    await setTimeout(SETTLE_MS);
  }
}
