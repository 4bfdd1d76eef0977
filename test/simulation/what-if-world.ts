import { type JobSpec, jobSubmit } from '../../src-server/contract/job.ts';
import type { PolicyPut } from '../../src-server/contract/policy.ts';
import { type VirtualPlane, virtualPlane } from '../../src-server/demo/virtual-plane.ts';
import { VirtualRunner } from '../../src-server/demo/virtual-runner.ts';
import { cordonSource, resumeSource } from '../../src-server/plane/commands/change-source.ts';
import { enrollSource } from '../../src-server/plane/commands/enroll-source.ts';
import { publishPolicy } from '../../src-server/plane/commands/publish-policy.ts';
import { submitJob } from '../../src-server/plane/commands/submit-job.ts';
import type { GrantedLease } from '../../src-server/plane/grants.ts';
import { TICK_MS } from '../../src-server/plane/timers.ts';
import { simulationRandom } from './world.ts';

const ACTOR = { kind: 'operator' as const, id: 'ines' };
const FOREVER_MS = 1_000_000_000;
const BEAT_MS = 10_000;

interface SourcePlan {
  name: string;
  kind: 'laptop' | 'managed_pool';
  labels: Record<string, string>;
  capacity: number;
  cpuCount: number;
}
const SOURCES: readonly SourcePlan[] = [
  { name: 'laptop-1', kind: 'laptop', labels: { os: 'linux' }, capacity: 2, cpuCount: 2 },
  { name: 'laptop-2', kind: 'laptop', labels: {}, capacity: 1, cpuCount: 2 },
  { name: 'server-1', kind: 'laptop', labels: { os: 'linux', region: 'eu' }, capacity: 3, cpuCount: 16 },
  { name: 'pool-1', kind: 'managed_pool', labels: { os: 'linux' }, capacity: 3, cpuCount: 2 },
  { name: 'pool-2', kind: 'managed_pool', labels: { os: 'linux', region: 'eu' }, capacity: 2, cpuCount: 16 },
];

/** What comes from outside, the same for every rule. */
export interface Story {
  jobs: { atMs: number; spec: JobSpec; attempts: { runtimeMs: number; isFailed: boolean }[] }[];
  switches: { atMs: number; source: number; isCordoned: boolean }[];
}

export function makeStory(seed: number, count: number): Story {
  const random = simulationRandom(seed);
  const between = (low: number, high: number): number => low + random.integer(high - low + 1);
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)] as T;
  const story: Story = { jobs: [], switches: [] };
  let atMs = 5_000;
  for (let n = 0; n < count; n++) {
    atMs += between(20, 900);
    const needs = pick([
      {},
      {},
      { labels: { os: 'linux' } },
      { labels: { os: 'linux', region: 'eu' } },
      { compute_class: 'cpu-medium' },
    ]);
    const spec = jobSubmit.parse({
      wu_id: pick(['WU-1', 'WU-1', 'WU-2', 'WU-3']),
      title: `Job ${n}`,
      command: { argv: ['true'] },
      priority: pick([50, 50, 50, 90]),
      max_attempts: 2,
      max_runtime_ms: pick([60_000, 120_000]),
      ...needs,
    }) as unknown as JobSpec;
    const attempts = [0, 1].map((attempt) => ({
      runtimeMs: between(300, 5_500),
      isFailed: attempt === 0 && random.unit() < 0.08,
    }));
    story.jobs.push({ atMs, spec, attempts });
    if (random.unit() < 0.02) {
      const source = random.integer(SOURCES.length);
      story.switches.push({ atMs: atMs + 3, source, isCordoned: true });
      story.switches.push({ atMs: atMs + between(2_000, 20_000), source, isCordoned: false });
    }
  }
  story.switches.sort((a, b) => a.atMs - b.atMs);
  return story;
}

export interface Outcome {
  fate: string;
  source: string | null;
  crossing: string | null;
  grantedAfterMs: number | null;
}

/** The real plane, with its runners, living through a story under one policy; every runner asks as long as it has a slot. */
export class StoryWorld {
  plane!: VirtualPlane;
  /** By the place of the job in the story. */
  readonly outcomes: Outcome[] = [];
  /** Place in the story → sequence of the job. */
  readonly seqs: number[] = [];
  private readonly runners: {
    runner: VirtualRunner;
    active: number;
    isAsking: boolean;
    capacity: number;
    sourceId: string;
  }[] = [];
  private readonly ends: { atMs: number; end: () => void }[] = [];
  private readonly numbers = new Map<string, number>();
  private isOver = false;

  constructor(private readonly story: Story) {}

  async live(policy: Partial<PolicyPut>, restMs = 120_000): Promise<void> {
    this.plane = await virtualPlane({ seed: 3, startWallMs: Date.UTC(2026, 9, 14, 10) });
    await this.publish(policy);
    for (const plan of SOURCES) await this.connect(plan);
    const { clock } = this.plane;
    const { jobs, switches } = this.story;
    const lastMs = (jobs.at(-1)?.atMs ?? 0) + restMs;
    let [nextJob, nextSwitch, beatMs] = [0, 0, BEAT_MS];
    while (clock.monoMs() < lastMs) {
      const end = this.ends[0]?.atMs ?? Number.POSITIVE_INFINITY;
      const job = jobs[nextJob]?.atMs ?? Number.POSITIVE_INFINITY;
      const turn = switches[nextSwitch]?.atMs ?? Number.POSITIVE_INFINITY;
      // Never past a tick: what it grants may end before whatever comes next.
      const tickMs = (Math.floor(clock.monoMs() / TICK_MS) + 1) * TICK_MS;
      const atMs = Math.min(end, job, turn, beatMs, lastMs, tickMs);
      await clock.advance(atMs - clock.monoMs());
      if (atMs === end) this.ends.shift()?.end();
      else if (atMs === beatMs) {
        beatMs += BEAT_MS;
        for (const { runner } of this.runners) void runner.heartbeat([]);
      } else if (atMs === turn) this.turn(nextSwitch++);
      else if (atMs === job) this.submit(nextJob++);
      await clock.settle();
    }
    this.isOver = true;
    for (const [n, seq] of this.seqs.entries()) {
      const outcome = this.outcomes[n] as Outcome;
      if (outcome.fate !== 'placed') {
        const { state } = this.plane.workspace.engine.jobAt(seq);
        outcome.fate = state === 'queued' ? 'waiting' : state;
      }
    }
  }

  private async done<T>(promise: Promise<T>): Promise<T> {
    await this.plane.clock.settle();
    return promise;
  }

  private publish(over: Partial<PolicyPut>): Promise<void> {
    return this.done(
      this.plane.workspace.run((ctx) =>
        publishPolicy(ctx, ACTOR, {
          base_version: 1,
          mode: 'byoc_first',
          fallback: { mode: 'auto', after_ms: 4_000 },
          refuse_after_ms: null,
          overrides: [],
          fair_share: false,
          four_eyes: false,
          ...over,
        }),
      ),
    );
  }

  private async connect(plan: SourcePlan): Promise<void> {
    const { workspace, random, clock } = this.plane;
    const { name, kind, labels, capacity, cpuCount } = plan;
    const request = { name, kind, compute_class: null, labels, capacity, ttl_ms: 900_000 };
    const issued = await this.done(workspace.run((ctx) => enrollSource(ctx, ACTOR, request)));
    const runner = new VirtualRunner(workspace, name, random, { cpuCount, memoryGib: cpuCount * 4, capacity });
    await this.done(runner.connect(issued));
    this.runners.push({ runner, active: 0, isAsking: false, capacity, sourceId: issued.sourceId });
    this.ask(this.runners.length - 1);
    await clock.settle();
  }

  private ask(n: number): void {
    const state = this.runners[n]!;
    if (state.isAsking || state.active >= state.capacity) return;
    state.isAsking = true;
    void state.runner.poll(FOREVER_MS).then((grants) => {
      state.isAsking = false;
      if (this.isOver) return;
      for (const lease of grants) this.begin(n, lease);
      this.ask(n);
    });
  }

  private begin(n: number, lease: GrantedLease): void {
    const state = this.runners[n]!;
    state.active++;
    const number = this.numbers.get(lease.job.jobId) as number;
    const { atMs, attempts } = this.story.jobs[number]!;
    const { clock, workspace } = this.plane;
    const nowMs = clock.monoMs();
    void state.runner.start(lease);
    const outcome = this.outcomes[number]!;
    if (outcome.fate !== 'placed') {
      const decided = workspace.engine.entry(lease.seq).events.find((e) => e.type === 'policy.decided');
      const crossing = decided?.type === 'policy.decided' ? (decided.body.crossing ?? null) : null;
      Object.assign(outcome, { fate: 'placed', source: state.runner.name, crossing, grantedAfterMs: nowMs - atMs });
    }
    const { runtimeMs, isFailed } = attempts[lease.lease.attempt - 1]!;
    const end = {
      atMs: nowMs + runtimeMs,
      end: () => {
        state.active--;
        void state.runner.complete(lease, isFailed ? 'failed' : 'succeeded');
        this.ask(n);
      },
    };
    let at = this.ends.length;
    while (at > 0 && this.ends[at - 1]!.atMs > end.atMs) at--;
    this.ends.splice(at, 0, end);
  }

  private submit(n: number): void {
    this.outcomes.push({ fate: 'waiting', source: null, crossing: null, grantedAfterMs: null });
    const { workspace } = this.plane;
    const { spec } = this.story.jobs[n]!;
    void workspace.run((ctx) => {
      const expected = ctx.engine.nextSeq;
      const known = this.numbers;
      // The grant may come with the very submit: its runner has to know the job by then.
      ctx.engine.observers.push(function once(entry) {
        const submitted = entry.events.find((e) => e.type === 'job.submitted');
        if (entry.seq === expected && submitted?.type === 'job.submitted') known.set(submitted.body.job_id, n);
        ctx.engine.observers.splice(ctx.engine.observers.indexOf(once), 1);
      });
      this.seqs.push(submitJob(ctx, ACTOR, spec, null).seq);
    });
  }

  private turn(n: number): void {
    const { source, isCordoned } = this.story.switches[n]!;
    const { sourceId } = this.runners[source]!;
    void this.plane.workspace.run((ctx) =>
      isCordoned ? cordonSource(ctx, ACTOR, sourceId, null) : resumeSource(ctx, ACTOR, sourceId, null),
    );
  }
}
