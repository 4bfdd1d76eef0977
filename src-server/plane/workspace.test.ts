import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobSpec, jobSubmit } from '../contract/job.ts';
import { type VirtualPlane, virtualPlane } from '../demo/virtual-plane.ts';
import { VirtualRunner } from '../demo/virtual-runner.ts';
import { JOB } from '../state/schema.ts';
import { State } from '../state/state.ts';
import { cancelJob } from './commands/cancel-job.ts';
import { decideApproval } from './commands/decide-approval.ts';
import { enrollSource } from './commands/enroll-source.ts';
import { stopEverything } from './commands/govern.ts';
import { publishPolicy } from './commands/publish-policy.ts';
import { submitJob } from './commands/submit-job.ts';
import type { Hot } from './hot/hot.ts';
import { rebuildHot } from './hot/rebuild.ts';
import { Replay, replay } from './replay.ts';
import { decisionsView } from './views/decision-view.ts';
import { explainJob } from './views/explain-view.ts';
import { jobView } from './views/job-view.ts';

const ACTOR = { kind: 'operator' as const, id: 'ines' };
let plane: VirtualPlane;

const spec = (over: Record<string, unknown> = {}): JobSpec =>
  jobSubmit.parse({
    wu_id: 'WU-1',
    title: 'Unit tests',
    command: { argv: ['node', '--version'] },
    ...over,
  }) as unknown as JobSpec;
/** Lets a promise of the plane resolve on the virtual clock. */
async function done<T>(promise: Promise<T>): Promise<T> {
  const guarded = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await plane.clock.settle();
  const result = await guarded;
  if ('error' in result) throw result.error;
  return result.value;
}
const submit = (over: Record<string, unknown> = {}) =>
  done(plane.workspace.run((ctx) => submitJob(ctx, ACTOR, spec(over), null)));
async function runner(name: string, over: Record<string, unknown> = {}): Promise<VirtualRunner> {
  const credential = await done(
    plane.workspace.run((ctx) =>
      enrollSource(ctx, ACTOR, {
        name,
        kind: 'laptop',
        compute_class: null,
        labels: {},
        capacity: 1,
        ttl_ms: 900_000,
        ...over,
      }),
    ),
  );
  const made = new VirtualRunner(plane.workspace, name, plane.random);
  await done(made.connect(credential));
  return made;
}
const job = (jobId: string) => plane.workspace.engine.job(jobId);

beforeEach(async () => {
  plane = await virtualPlane({ seed: 7, startWallMs: Date.UTC(2026, 9, 14, 10) });
});
afterEach(() => plane.stop());

describe('a job from submit to settlement', () => {
  it('is granted with a reason, started, and settled once', async () => {
    const laptop = await runner('laptop-1');
    const { jobId } = await submit();
    const [lease] = await done(laptop.claim());
    expect(lease?.why).toBe(
      'Assigned to laptop-1, because it is the only BYOC source asking now with cpu-small. Network not enforced.',
    );
    await done(laptop.start(lease!));
    expect(job(jobId).state).toBe('running');
    const settled = await done(laptop.complete(lease!));
    expect(settled.jobState).toBe('succeeded');
    await expect(done(laptop.complete(lease!))).rejects.toMatchObject({ code: 'conflict.lease_superseded' });
    const view = jobView(plane.workspace.engine, job(jobId));
    expect(view.attempts).toHaveLength(1);
    expect(view.attempts[0]).toMatchObject({ attempt: 1, outcome: 'succeeded', exit_code: 0 });
  });

  it('wakes an open poll at once and picks the source with the larger share of free slots', async () => {
    const a = await runner('a-one');
    const b = await runner('b-two');
    const first = a.poll(30_000);
    const second = b.poll(30_000);
    await plane.clock.settle();
    const { jobId } = await submit();
    const [lease] = await done(Promise.race([first, second]));
    expect(lease?.job.jobId).toBe(jobId);
    expect(lease?.why).toContain('among 2');
    // Nobody starts it: after 10 s it lapses and goes to the other poll, with a higher fence and the same attempt.
    await plane.clock.advance(11_000);
    const grants = (await done(Promise.all([first, second]))).flat();
    expect(grants.map((g) => g.lease.attempt)).toEqual([1, 1]);
    expect(new Set(grants.map((g) => g.lease.fence)).size).toBe(2);
  });
});

describe('a lease that is lost', () => {
  it('moves the job with a higher fence and refuses the late writes of the sleeper', async () => {
    const sleeper = await runner('sleeper');
    const { jobId } = await submit();
    const [lost] = await done(sleeper.claim());
    await done(sleeper.start(lost!));
    await plane.clock.advance(76_000);
    expect(job(jobId).state).toBe('queued');
    const other = await runner('other');
    await plane.clock.advance(2_000);
    const [lease] = await done(other.claim());
    expect(lease!.lease.fence).toBeGreaterThan(lost!.lease.fence);
    expect(lease!.lease.attempt).toBe(2);
    await expect(done(sleeper.complete(lost!))).rejects.toMatchObject({
      code: 'conflict.lease_superseded',
      more: { current_attempt: 2 },
    });
    await done(other.start(lease!));
    expect((await done(other.complete(lease!))).jobState).toBe('succeeded');
    expect(jobView(plane.workspace.engine, job(jobId)).attempts[0]?.rejected_writes).toHaveLength(1);
  });

  it('lives as long as it is renewed', async () => {
    const laptop = await runner('laptop-1');
    const { jobId } = await submit();
    const [lease] = await done(laptop.claim());
    await done(laptop.start(lease!));
    for (let i = 0; i < 7; i++) {
      await plane.clock.advance(15_000);
      await done(laptop.heartbeat([lease!]));
    }
    expect(job(jobId).state).toBe('running');
  });

  it('ends in the dead letter when the attempts are used up', async () => {
    const laptop = await runner('laptop-1');
    const { jobId } = await submit({ max_attempts: 2 });
    for (let i = 0; i < 2; i++) {
      await plane.clock.advance(5_000);
      await done(laptop.heartbeat([]));
      const [lease] = await done(laptop.claim());
      await done(laptop.start(lease!));
      await done(laptop.complete(lease!, 'failed'));
    }
    expect(job(jobId).state).toBe('dead_letter');
  });
});

describe('waiting', () => {
  it('answers in a sentence and says what changed', async () => {
    const { jobId } = await submit();
    const { engine } = plane.workspace;
    expect(jobView(engine, job(jobId)).why).toBe('No source is registered yet.');
    await runner('laptop-1');
    await plane.clock.advance(1_500);
    expect(jobView(engine, job(jobId)).why).toBe('laptop-1 has a free slot but is not asking for work now.');
    expect(decisionsView(engine, job(jobId), { limit: 10 }).items.map((d) => d.outcome)).toEqual([
      'waiting',
      'waiting',
    ]);
    expect(explainJob(engine, job(jobId)).outcome).toBe('assigned');
  });

  it('holds for an operator before the second side takes it, and obeys the answer', async () => {
    const managed = await runner('lumenflow', { kind: 'managed_pool' });
    const { jobId } = await submit();
    await plane.clock.advance(1_500);
    expect(job(jobId)).toMatchObject({ state: 'held', hold: 'fallback_ask' });
    expect(job(jobId).why).toBe(
      'No BYOC source is registered. Managed could take it now for at most 10 CU. Waits for your word.',
    );
    const approvalId = jobView(plane.workspace.engine, job(jobId)).approval_id;
    await done(plane.workspace.run((ctx) => decideApproval(ctx, ACTOR, approvalId!, { decision: 'approved' })));
    const [lease] = await done(managed.claim());
    expect(lease?.why).toBe('Assigned to lumenflow, because an operator let it leave BYOC. Network not enforced.');
  });

  it('never crosses sides under an only-mode', async () => {
    const managed = await runner('lumenflow', { kind: 'managed_pool' });
    await done(
      plane.workspace.run((ctx) =>
        publishPolicy(ctx, ACTOR, {
          base_version: 1,
          mode: 'byoc_only',
          fallback: { mode: 'auto', after_ms: 0 },
          refuse_after_ms: null,
          overrides: [],
          fair_share: false,
          four_eyes: false,
        }),
      ),
    );
    const { jobId } = await submit();
    await plane.clock.advance(100_000);
    expect(await done(managed.claim())).toEqual([]);
    expect(job(jobId).state).toBe('queued');
  });
});

describe('stopping', () => {
  it('asks the runner and revokes what it does not confirm', async () => {
    const laptop = await runner('laptop-1');
    const { jobId } = await submit();
    const [lease] = await done(laptop.claim());
    await done(laptop.start(lease!));
    await done(plane.workspace.run((ctx) => cancelJob(ctx, ACTOR, jobId, null)));
    expect(job(jobId)).toMatchObject({ state: 'running', isStopping: true });
    const [answer] = await done(laptop.heartbeat([lease!]));
    expect(answer).toMatchObject({ directive: 'cancel' });
    await plane.clock.advance(16_000);
    expect(job(jobId).state).toBe('canceled');
  });

  it('stops everything', async () => {
    await submit();
    await submit();
    expect(await done(plane.workspace.run((ctx) => stopEverything(ctx, ACTOR, null)))).toBe(2);
    expect(plane.workspace.engine.state.head.config.paused).toBe(true);
  });
});

describe('replay', () => {
  it('makes the same state and the same memory as living through it', async () => {
    const laptop = await runner('laptop-1');
    for (let i = 0; i < 5; i++) await submit({ labels: i % 2 === 0 ? {} : { os: 'linux' } });
    const [lease] = await done(laptop.claim());
    await done(laptop.start(lease!));
    await done(laptop.complete(lease!, 'failed'));
    const { engine } = plane.workspace;
    const again = replay(plane.log, await State.empty());
    const dump = (state: State) =>
      ['job', 'lease', 'ended_lease', 'source', 'session', 'enrollment', 'bucket', 'policy'].map((t) =>
        state.db.all(`SELECT * FROM ${t}`),
      );
    expect(dump(again)).toEqual(dump(engine.state));
    expect(again.head).toEqual(engine.state.head);
    const hot = rebuildHot(again);
    expect([...hot.fleet.sources.values()].map((s) => [s.name, s.state, s.availability])).toEqual(
      [...engine.hot.fleet.sources.values()].map((s) => [s.name, s.state, s.availability]),
    );
    expect([...hot.jobCounts].filter(([, n]) => n > 0).sort()).toEqual(
      [...engine.hot.jobCounts].filter(([, n]) => n > 0).sort(),
    );
  });

  it('makes the same memory while the rows of what is over still wait', async () => {
    const laptop = await runner('laptop-1');
    for (let i = 0; i < 4; i++) await submit();
    for (const outcome of ['succeeded', 'failed'] as const) {
      const [lease] = await done(laptop.claim());
      await done(laptop.start(lease!));
      await done(laptop.complete(lease!, outcome));
    }
    const state = await State.empty();
    const run = new Replay(state);
    for (const { seq, line } of plane.log.read(0)) run.take(seq, line);
    run.finish(plane.log.headHash);
    const memory = rebuildHot(state);
    const waiting = [...state.db.rows(JOB).over()].map((row) => row.state);
    expect(waiting).toContain('succeeded');
    expect(state.settleSome()).toBe(true);
    const written = rebuildHot(replay(plane.log, await State.empty()));
    expect(memory.jobCounts).toEqual(written.jobCounts);
    expect([...memory.fleet.sources.values()].map((source) => source.lastGrantFence)).toEqual([2]);
    const queued = (hot: Hot) => [...hot.queue.buckets.values()].map((bucket) => bucket.queued);
    expect(queued(memory)).toEqual(queued(written));
  });
});
