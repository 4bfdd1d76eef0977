import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobSpec, jobSubmit } from '../contract/job.ts';
import { poolCreate } from '../contract/pool.ts';
import { type VirtualPlane, virtualPlane } from '../demo/virtual-plane.ts';
import { VirtualRunner } from '../demo/virtual-runner.ts';
import { loadSessions } from '../state/queries/load.ts';
import { ENDED_SEATS_KEPT } from '../state/schema.ts';
import { State } from '../state/state.ts';
import { diagnoseSource, drainSource, patchSource, resumeSource, revokeSource } from './commands/change-source.ts';
import type { CommandContext } from './commands/context.ts';
import { endPoolSession } from './commands/end-session.ts';
import {
  createPool,
  findPool,
  issuePoolToken,
  type PoolSource,
  patchPool,
  revokePoolToken,
} from './commands/manage-pool.ts';
import { publishPolicy } from './commands/publish-policy.ts';
import { submitJob } from './commands/submit-job.ts';
import { runnerKeyOf } from './evidence/runner-key.ts';
import { rebuildHot } from './hot/rebuild.ts';
import { checkAll } from './invariants.ts';
import { replay } from './replay.ts';
import { decisionsView } from './views/decision-view.ts';
import { explainJob } from './views/explain-view.ts';
import { poolDetailView } from './views/pool-view.ts';

const ACTOR = { kind: 'operator' as const, id: 'ines' };
const HOUR_MS = 3_600_000;
type Hardware = ConstructorParameters<typeof VirtualRunner>[3];
let plane: VirtualPlane;

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
const run = <T>(command: (ctx: CommandContext) => T): Promise<T> => done(plane.workspace.run(command));
const submit = (over: Record<string, unknown> = {}) =>
  run((ctx) =>
    submitJob(
      ctx,
      ACTOR,
      jobSubmit.parse({
        wu_id: 'WU-1',
        title: 'Unit tests',
        command: { argv: ['node', '--version'] },
        ...over,
      }) as unknown as JobSpec,
      null,
    ),
  );
const makePool = (over: Record<string, unknown> = {}): Promise<PoolSource> =>
  run((ctx) => createPool(ctx, ACTOR, poolCreate.parse({ name: 'lumenflow_managed', capacity: 20, ...over })));
const tokenOf = (pool: PoolSource, computeClass: 'cpu-small' | 'cpu-medium' | null = null) =>
  run((ctx) => issuePoolToken(ctx, ACTOR, pool.pool.poolId, computeClass));
async function runner(token: { token: string }, name: string, hardware?: Hardware): Promise<VirtualRunner> {
  const made = new VirtualRunner(plane.workspace, name, plane.random, hardware);
  await done(made.connect({ credential: token.token }));
  return made;
}
const detail = (pool: PoolSource) =>
  poolDetailView(plane.workspace.ctx, findPool(plane.workspace.ctx, pool.pool.poolId));
const job = (jobId: string) => plane.workspace.engine.job(jobId);
const managedOnly = () =>
  run((ctx) =>
    publishPolicy(ctx, ACTOR, {
      base_version: ctx.engine.hot.policy.version,
      mode: 'managed_only',
      fallback: { mode: 'never', after_ms: 0 },
      refuse_after_ms: null,
      overrides: [],
      fair_share: false,
      four_eyes: false,
    }),
  );

beforeEach(async () => {
  plane = await virtualPlane({ seed: 11, startWallMs: Date.UTC(2026, 9, 14, 10) });
  await managedOnly();
});
afterEach(async () => {
  // Whatever a test did, the log tells the same story once more.
  expect(checkAll(plane.workspace.engine)).toEqual([]);
  await plane.stop();
});

describe('runners of a pool', () => {
  it('register with one token, each with a session, and take jobs as one source', async () => {
    const pool = await makePool();
    const token = await tokenOf(pool);
    const [a, b] = [await runner(token, 'a'), await runner(token, 'b')];
    const jobs = [await submit(), await submit(), await submit()];
    const grants = [...(await done(a.claim(4))), ...(await done(b.claim(4)))];
    expect(grants).toHaveLength(2);
    expect(new Set(grants.map((g) => g.lease.sourceId))).toEqual(new Set([pool.sourceId]));
    expect(new Set(grants.map((g) => g.lease.sessionId))).toEqual(new Set([a.sessionId, b.sessionId]));
    expect(grants[0]?.why).toContain('Assigned to lumenflow_managed, because');
    const [decision] = decisionsView(plane.workspace.engine, job(jobs[0]!.jobId), { limit: 5 }).items;
    expect(decision?.candidates).toMatchObject([{ source_ids: [pool.sourceId], count: 1, verdict: 'chosen' }]);
    for (const [at, granted] of grants.entries()) {
      const own = at === 0 ? a : b;
      await done(own.start(granted));
      expect(await done(own.complete(granted))).toMatchObject({
        jobState: 'succeeded',
        settledMcu: expect.any(Number),
      });
    }
  });

  it('never hold more slots together than the pool has', async () => {
    const pool = await makePool({ capacity: 3 });
    const token = await tokenOf(pool);
    const hardware = { cpuCount: 2, memoryGib: 8, capacity: 2 };
    const runners = [await runner(token, 'a', hardware), await runner(token, 'b', hardware)];
    for (let i = 0; i < 5; i++) await submit();
    const first = await done(runners[0]!.claim(4));
    const second = await done(runners[1]!.claim(4));
    expect([first.length, second.length]).toEqual([2, 1]);
    expect(plane.workspace.engine.hot.fleet.source(pool.sourceId).availability).toBe('full');
    await done(runners[0]!.start(first[0]!));
    await done(runners[0]!.complete(first[0]!));
    expect(await done(runners[1]!.claim(4))).toHaveLength(1);
  });

  it('wakes the open poll of another runner when the pool has a slot again', async () => {
    const pool = await makePool({ capacity: 1 });
    const token = await tokenOf(pool);
    const [a, b] = [await runner(token, 'a'), await runner(token, 'b')];
    await submit();
    const { jobId } = await submit();
    const [held] = await done(a.claim());
    await done(a.start(held!));
    const waiting = b.poll(30_000);
    await plane.clock.settle();
    expect(job(jobId).state).toBe('queued');
    await done(a.complete(held!));
    await plane.clock.advance(1_200);
    expect((await done(waiting)).map((g) => g.job.jobId)).toEqual([jobId]);
  });

  it('are judged each with its own class, labels and posture', async () => {
    const pool = await makePool({ compute_classes: ['cpu-small', 'cpu-medium'], labels: { tier: 'paid' } });
    const token = await tokenOf(pool);
    const small = await runner(token, 'small', { cpuCount: 2, memoryGib: 4, capacity: 1, labels: { region: 'us' } });
    const medium = await runner(token, 'medium', {
      cpuCount: 8,
      memoryGib: 16,
      capacity: 1,
      posture: { files: 'confined', network: ['none'] },
      labels: { region: 'eu' },
    });
    const { jobId } = await submit({
      compute_class: 'cpu-medium',
      labels: { region: 'eu', tier: 'paid' },
      confinement: 'required',
    });
    expect(await done(small.claim())).toEqual([]);
    const [granted] = await done(medium.claim());
    expect(granted?.job.jobId).toBe(jobId);
    expect(granted?.lease.computeClass).toBe('cpu-medium');
    expect(
      detail(pool)
        .runner_list.map((r) => r.compute_class)
        .sort(),
    ).toEqual(['cpu-medium', 'cpu-small']);
  });

  it('stand in the table as one line, which is the runner nearest to the job', async () => {
    const pool = await makePool({ compute_classes: ['cpu-small', 'gpu-small'] });
    await runner(await tokenOf(pool), 'a');
    const { jobId } = await submit({ compute_class: 'gpu-small' });
    const answer = explainJob(plane.workspace.engine, job(jobId));
    expect(answer.total).toBe(1);
    expect(answer.sentence).toBe('gpu-small is managed_only and lumenflow_managed is offline.');
    const open = await submit();
    expect(explainJob(plane.workspace.engine, job(open.jobId)).candidates).toMatchObject([
      { source_id: pool.sourceId, verdict: 'chosen' },
    ]);
  });

  it('get their session again with the same key, never a second one', async () => {
    const pool = await makePool();
    const token = await tokenOf(pool);
    const a = await runner(token, 'a');
    const before = a.sessionId;
    await done(a.connect({ credential: token.token }));
    expect(a.sessionId).toBe(before);
    expect(detail(pool).runner_list).toHaveLength(1);
  });
});

describe('registration', () => {
  it('takes no revoked, unknown or mistyped token, and no runner that is too small for its class', async () => {
    const pool = await makePool({ compute_classes: ['cpu-small', 'cpu-medium'] });
    const medium = await tokenOf(pool, 'cpu-medium');
    await expect(runner(medium, 'small')).rejects.toMatchObject({ code: 'pool.class_mismatch' });
    const token = await tokenOf(pool);
    await run((ctx) => revokePoolToken(ctx, ACTOR, pool.pool.poolId, token.tokenId, null, false));
    await expect(runner(token, 'late')).rejects.toMatchObject({ code: 'credential.revoked' });
    await expect(runner({ token: `${token.token.slice(0, -1)}!` }, 'typo')).rejects.toMatchObject({
      code: 'credential.mistyped',
    });
    expect(detail(pool).runner_list).toEqual([]);
  });

  it('keeps the hash of a token only', async () => {
    const pool = await makePool();
    const { token, sha256 } = await tokenOf(pool);
    const lines = [...plane.log.read(0)].map(({ line }) => line.toString()).join('\n');
    expect(lines).toContain(sha256);
    expect(lines).not.toContain(token);
  });

  it('of a revoked token leaves its runners alone until they are to end as well', async () => {
    const pool = await makePool();
    const [one, two] = [await tokenOf(pool), await tokenOf(pool)];
    const [a, b] = [await runner(one, 'a'), await runner(two, 'b')];
    const { jobId } = await submit();
    const [held] = await done(a.claim());
    await done(a.start(held!));
    await run((ctx) => revokePoolToken(ctx, ACTOR, pool.pool.poolId, one.tokenId, 'leaked', false));
    await done(a.heartbeat([held!]));
    await run((ctx) => revokePoolToken(ctx, ACTOR, pool.pool.poolId, one.tokenId, 'leaked', true));
    await expect(done(a.heartbeat([held!]))).rejects.toMatchObject({ code: 'runner.revoked' });
    expect(job(jobId).state).toBe('queued');
    await plane.clock.advance(5_000);
    expect((await done(b.claim())).map((g) => g.job.jobId)).toEqual([jobId]);
  });
});

describe('the health of a pool', () => {
  it('stays online while one runner lives', async () => {
    const pool = await makePool();
    const token = await tokenOf(pool);
    const [a, b] = [await runner(token, 'a'), await runner(token, 'b')];
    for (let at = 0; at < 12; at++) {
      await done(a.heartbeat([]));
      await plane.clock.advance(29_000);
    }
    expect(detail(pool)).toMatchObject({ state: 'online', runners: { online: 1, late: 0, offline: 1 } });
    await plane.clock.advance(31_000);
    expect(detail(pool).state).toBe('late');
    await plane.clock.advance(300_000);
    expect(detail(pool).state).toBe('offline');
    await done(b.comeBack());
    expect(detail(pool)).toMatchObject({ state: 'online', runners: { online: 1, offline: 1 } });
  });

  it('quarantines one runner by its doctor and leaves the others at work', async () => {
    const pool = await makePool();
    const token = await tokenOf(pool);
    const [a, b] = [await runner(token, 'a'), await runner(token, 'b')];
    const diagnose = (who: VirtualRunner, passed: boolean) =>
      run((ctx) =>
        diagnoseSource(ctx, who.sessionId, pool.sourceId, [{ id: 'disk', required: true, passed, detail: '' }]),
      );
    await diagnose(a, false);
    await submit();
    expect(await done(a.claim())).toEqual([]);
    expect(detail(pool)).toMatchObject({ state: 'online', runners: { online: 1, quarantined: 1 } });
    expect(await done(b.claim())).toHaveLength(1);
    await diagnose(b, false);
    expect(detail(pool).state).toBe('quarantined');
    await run((ctx) => resumeSource(ctx, ACTOR, pool.sourceId, null));
    expect(detail(pool)).toMatchObject({ state: 'online', runners: { online: 2, quarantined: 0 } });
  });

  it('ends runners that were not heard of for 24 h, and forgets their slots', async () => {
    const pool = await makePool();
    const a = await runner(await tokenOf(pool), 'a');
    await plane.clock.advance(HOUR_MS);
    expect(detail(pool).runner_list).toMatchObject([{ state: 'lost', health: 'offline' }]);
    await plane.clock.advance(24 * HOUR_MS);
    expect(detail(pool)).toMatchObject({ runner_list: [], offered: 0, state: 'offline' });
    await expect(done(a.comeBack())).rejects.toMatchObject({ code: 'runner.revoked' });
  }, 120_000);
});

describe('a pool of runners that come and go', () => {
  it('forgets those that ended, with what only they had, and still knows the key that signed for a job', async () => {
    const pool = await makePool();
    const token = await tokenOf(pool);
    const { engine } = plane.workspace;
    const { fleet } = engine.hot;
    const first = await runner(token, 'first');
    const { publicKey, registeredSeq } = fleet.sessions.get(first.sessionId)!;
    const ended = [first.sessionId];
    await run((ctx) => endPoolSession(ctx, ACTOR, first.sessionId, null));
    for (let n = 0; n < ENDED_SEATS_KEPT + 3; n++) {
      const labels = { host: `runner-${n}` };
      const next = await runner(token, `runner-${n}`, { cpuCount: 2, memoryGib: 8, capacity: 1, labels });
      ended.push(next.sessionId);
      await run((ctx) => endPoolSession(ctx, ACTOR, next.sessionId, null));
    }
    const rows = () => loadSessions(engine.state.db).map((row) => row.sessionId);
    expect([fleet.sessions.size, fleet.seats.size, rows().length]).toEqual([ENDED_SEATS_KEPT, 0, ENDED_SEATS_KEPT]);
    expect(rows()).toEqual(ended.slice(-ENDED_SEATS_KEPT));
    expect(fleet.profiles.length).toBeLessThan(5);
    expect(runnerKeyOf(engine, first.sessionId)).toEqual({ publicKey, registeredSeq });
    expect(runnerKeyOf(engine, 'ses_00000000000000000000000000')).toBeUndefined();
    await expect(done(first.comeBack())).rejects.toMatchObject({ code: 'auth.invalid' });
    expect(checkAll(engine)).toEqual([]);

    const again = rebuildHot(engine.state).fleet;
    expect(again.endedSeats).toEqual(fleet.endedSeats);
    expect([...again.sessions.keys()].sort()).toEqual([...fleet.sessions.keys()].sort());
  }, 120_000);

  it('gives the number of a profile that nobody has any more to another, which is judged for itself', async () => {
    const pool = await makePool();
    const token = await tokenOf(pool);
    const hardware = { cpuCount: 2, memoryGib: 8, capacity: 1 };
    const us = await runner(token, 'us', { ...hardware, labels: { region: 'us' } });
    const { jobId } = await submit({ labels: { region: 'us' } });
    await run((ctx) => endPoolSession(ctx, ACTOR, us.sessionId, null));
    // A profile of the job's own kind was judged before; now its number is that of another.
    const eu = await runner(token, 'eu', { ...hardware, labels: { region: 'eu' } });
    expect(await done(eu.claim())).toEqual([]);
    const other = await runner(token, 'other', { ...hardware, labels: { region: 'us' } });
    expect((await done(other.claim())).map((g) => g.job.jobId)).toEqual([jobId]);
  });
});

describe('the classes of a pool', () => {
  it('change for runners that come after, and those that are there keep theirs', async () => {
    const pool = await makePool({ compute_classes: ['cpu-small'] });
    const token = await tokenOf(pool, 'cpu-small');
    const hardware = { cpuCount: 8, memoryGib: 16, capacity: 1 };
    const small = await runner(token, 'small', hardware);
    const { jobId } = await submit({ compute_class: 'cpu-medium' });
    const sentence = () => explainJob(plane.workspace.engine, job(jobId));
    expect(sentence().candidates[0]?.rules.find((r) => !r.pass)?.rule).toBe('class.mismatch');
    await run((ctx) => patchPool(ctx, ACTOR, pool.pool.poolId, { compute_classes: ['cpu-medium'], capacity: 7 }));
    expect(detail(pool)).toMatchObject({ compute_classes: ['cpu-medium'], capacity: 7, runners: { online: 1 } });
    expect(await done(small.claim())).toEqual([]);
    await expect(runner(token, 'late', hardware)).rejects.toMatchObject({ code: 'pool.class_mismatch' });
    const medium = await runner(await tokenOf(pool, 'cpu-medium'), 'medium', hardware);
    expect((await done(medium.claim())).map((g) => g.job.jobId)).toEqual([jobId]);
    await submit();
    expect(await done(small.claim())).toHaveLength(1);
    expect(rebuildHot(plane.workspace.engine.state).fleet.source(pool.sourceId).pool?.classes).toEqual(['cpu-medium']);
  });
});

describe('switches of a pool', () => {
  it('drain and revoke reach every runner', async () => {
    const pool = await makePool();
    const token = await tokenOf(pool);
    const [a, b] = [await runner(token, 'a'), await runner(token, 'b')];
    await submit();
    const [held] = await done(a.claim());
    await done(a.start(held!));
    await run((ctx) => drainSource(ctx, ACTOR, pool.sourceId, null, null));
    await submit();
    expect(await done(b.claim())).toEqual([]);
    expect(detail(pool).runner_list.map((r) => r.state)).toEqual(['draining', 'draining']);
    await run((ctx) => resumeSource(ctx, ACTOR, pool.sourceId, null));
    expect(detail(pool).runner_list.map((r) => r.state)).toEqual(['active', 'active']);
    await run((ctx) => revokeSource(ctx, ACTOR, pool.sourceId, null));
    await expect(done(b.claim())).rejects.toMatchObject({ code: 'runner.revoked' });
    await expect(runner(token, 'c')).rejects.toMatchObject({ code: 'credential.revoked' });
    expect(plane.workspace.engine.hot.leases.size).toBe(0);
  });

  it('a lowered capacity lets what runs go on and grants no more', async () => {
    const pool = await makePool({ capacity: 2 });
    const a = await runner(await tokenOf(pool), 'a', { cpuCount: 2, memoryGib: 8, capacity: 2 });
    for (let i = 0; i < 4; i++) await submit();
    const grants = await done(a.claim(2));
    await run((ctx) => patchSource(ctx, ACTOR, pool.sourceId, { capacity: 1 }));
    for (const g of grants) await done(a.start(g));
    await done(a.complete(grants[0]!));
    expect(await done(a.claim())).toEqual([]);
    await done(a.complete(grants[1]!));
    expect(await done(a.claim(2))).toHaveLength(1);
  });

  it('a runner that is ended alone gives its slots back', async () => {
    const pool = await makePool();
    const token = await tokenOf(pool);
    const [a, b] = [await runner(token, 'a'), await runner(token, 'b')];
    await submit();
    await done(a.claim());
    await run((ctx) => endPoolSession(ctx, ACTOR, a.sessionId, null));
    expect(detail(pool)).toMatchObject({ in_use: 0, offered: 1, runners: { online: 1 } });
    await plane.clock.advance(3_000);
    expect(await done(b.claim())).toHaveLength(1);
  });
});

describe('a restart', () => {
  it('brings pools, tokens and runners back from the log', async () => {
    const pool = await makePool({ capacity: 5 });
    const token = await tokenOf(pool);
    const a = await runner(token, 'a', { cpuCount: 2, memoryGib: 8, capacity: 3 });
    await submit();
    await done(a.claim());
    const { hot } = plane.workspace.engine;
    const again = rebuildHot(replay(plane.log, await State.empty()));
    const source = again.fleet.source(pool.sourceId);
    const before = hot.fleet.source(pool.sourceId);
    expect(source.pool).toMatchObject({ poolId: pool.pool.poolId, offered: 3, free: before.pool?.free });
    expect(source.activeLeases).toEqual(before.activeLeases);
    expect([...again.fleet.seats.keys()]).toEqual([a.sessionId]);
    expect(again.fleet.seats.get(a.sessionId)?.lastGrantFence).toBe(1);
    expect([...again.poolTokens.keys()]).toEqual([token.tokenId]);
  });
});
