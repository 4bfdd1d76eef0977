import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobSpec, jobSubmit } from '../../src-server/contract/job.ts';
import type { PolicyPut } from '../../src-server/contract/policy.ts';
import { type VirtualPlane, virtualPlane } from '../../src-server/demo/virtual-plane.ts';
import { VirtualRunner } from '../../src-server/demo/virtual-runner.ts';
import { changeBudgets } from '../../src-server/plane/commands/change-budgets.ts';
import { diagnoseSource, drainSource } from '../../src-server/plane/commands/change-source.ts';
import { claimant } from '../../src-server/plane/commands/claim-work.ts';
import { decideApproval } from '../../src-server/plane/commands/decide-approval.ts';
import { enrollSource } from '../../src-server/plane/commands/enroll-source.ts';
import { publishPolicy } from '../../src-server/plane/commands/publish-policy.ts';
import { submitJob } from '../../src-server/plane/commands/submit-job.ts';
import { rebuildHot } from '../../src-server/plane/hot/rebuild.ts';
import { jobView } from '../../src-server/plane/views/job-view.ts';

/** Bugs that seeds of the simulation found, each as the shortest story that shows it. */
const ACTOR = { kind: 'operator' as const, id: 'ines' };
let plane: VirtualPlane;

const spec = (over: Record<string, unknown> = {}): JobSpec =>
  jobSubmit.parse({ wu_id: 'WU-1', title: 'Work', command: { argv: ['true'] }, ...over }) as unknown as JobSpec;
async function done<T>(promise: Promise<T>): Promise<T> {
  await plane.clock.settle();
  return promise;
}
const submit = (over: Record<string, unknown> = {}) =>
  done(plane.workspace.run((ctx) => submitJob(ctx, ACTOR, spec(over), null)));
const job = (jobId: string) => plane.workspace.engine.job(jobId);
const sourceOf = (runner: VirtualRunner) => claimant(plane.workspace.ctx, runner.sessionId);
const publish = (over: Partial<PolicyPut>) =>
  done(
    plane.workspace.run((ctx) =>
      publishPolicy(ctx, ACTOR, {
        base_version: ctx.engine.hot.policy.version,
        mode: 'byoc_first',
        fallback: { mode: 'ask', after_ms: 60_000 },
        refuse_after_ms: null,
        overrides: [],
        fair_share: false,
        four_eyes: false,
        ...over,
      }),
    ),
  );
async function connect(
  name: string,
  kind: 'laptop' | 'managed_pool' = 'laptop',
  hardware = { cpuCount: 2, memoryGib: 8, capacity: 2 },
): Promise<VirtualRunner> {
  const request = { name, kind, compute_class: null, labels: {}, capacity: 2, ttl_ms: 900_000 };
  const credential = await done(plane.workspace.run((ctx) => enrollSource(ctx, ACTOR, request)));
  const runner = new VirtualRunner(plane.workspace, name, plane.random, hardware);
  await done(runner.connect(credential));
  return runner;
}

beforeEach(async () => {
  plane = await virtualPlane({ seed: 11, startWallMs: Date.UTC(2026, 9, 14, 10) });
});
afterEach(() => plane.stop());

describe('found by seeds', () => {
  it('what a job ran before its retry is no time in the queue', async () => {
    const runner = await connect('one');
    const { jobId } = await submit({ max_queue_ms: 30_000 });
    const [lease] = await done(runner.claim());
    await done(runner.start(lease!));
    for (let beat = 0; beat < 4; beat++) {
      await plane.clock.advance(15_000);
      await done(runner.heartbeat([lease!]));
    }
    await done(runner.complete(lease!, 'failed'));
    await plane.clock.advance(5_000);
    expect(job(jobId).state).toBe('queued');
    await plane.clock.advance(30_000);
    expect(job(jobId).state).toBe('refused');
  });

  it('leave to go to the other side is not leave to go back', async () => {
    const managed = await connect('pool', 'managed_pool');
    const { jobId } = await submit();
    await plane.clock.advance(1_500);
    const approvalId = jobView(plane.workspace.engine, job(jobId)).approval_id as string;
    await done(plane.workspace.run((ctx) => decideApproval(ctx, ACTOR, approvalId, { decision: 'approved' })));
    await publish({ mode: 'managed_first', fallback: { mode: 'never', after_ms: 0 } });
    const own = await connect('laptop');
    expect(await done(own.claim())).toEqual([]);
    expect(await done(managed.claim())).toHaveLength(1);
  });

  it('what time opened closes again under a policy that never crosses', async () => {
    const managed = await connect('pool', 'managed_pool');
    await connect('laptop');
    await publish({ fallback: { mode: 'auto', after_ms: 1_000 } });
    await submit();
    await plane.clock.advance(3_000);
    await publish({ fallback: { mode: 'never', after_ms: 0 } });
    expect(await done(managed.claim())).toEqual([]);
  });

  it('a source that comes back on its poll takes the oldest job first', async () => {
    const runner = await connect('one');
    const polling = runner.poll(200_000);
    await plane.clock.advance(35_000);
    const first = await submit();
    await plane.clock.advance(1_200);
    await done(runner.heartbeat([]));
    await submit();
    const grants = await done(polling);
    expect(grants.map((g) => g.job.jobId)).toEqual([first.jobId]);
  });

  it('a copy of a claim does not get work of its own', async () => {
    const runner = await connect('one');
    const { source, session } = sourceOf(runner);
    const request = { capacity: 2, wait_ms: 30_000, max: 1 };
    const key = { key: 'k', request: 'r' };
    const first = plane.workspace.claim({ source, session }, request, key);
    await plane.clock.settle();
    const copy = plane.workspace.claim({ source, session }, request, key);
    await submit();
    await submit();
    await plane.clock.advance(31_000);
    const grants = (await Promise.all([first, copy])).flatMap((outcome) => outcome.grants);
    expect(new Set(grants.map((g) => g.lease.leaseId)).size).toBe(1);
  });

  it('work that comes while a claim is written down finds the poll', async () => {
    const runner = await connect('one');
    await plane.clock.advance(40_000);
    const polling = runner.poll(30_000);
    // The claim is a sign of life and has an entry on its way to the disk at this moment.
    const submitted = plane.workspace.run((ctx) => submitJob(ctx, ACTOR, spec(), null));
    await done(submitted);
    expect(await done(polling)).toHaveLength(1);
  });

  it('a poll of the runner before it came back is over', async () => {
    const runner = await connect('one');
    const polling = runner.poll(30_000);
    await plane.clock.settle();
    await done(runner.comeBack());
    await submit();
    expect(await done(polling)).toEqual([]);
  });

  it('a lost session is found again although its source is quarantined, and doctors may fail twice', async () => {
    const runner = await connect('one');
    const { source, session } = sourceOf(runner);
    const diagnose = (passed: boolean) =>
      done(
        plane.workspace.run((ctx) =>
          diagnoseSource(ctx, session.sessionId, source.sourceId, [{ id: 'disk', required: true, passed, detail: '' }]),
        ),
      );
    await diagnose(false);
    const before = plane.log.nextSeq;
    await diagnose(false);
    expect(plane.log.get(before).toString()).not.toContain('source.quarantined');
    await plane.clock.advance(400_000);
    expect(sourceOf(runner).session.state).toBe('lost');
    await done(runner.heartbeat([]));
    expect(sourceOf(runner).session.state).toBe('active');
    expect(source.state).toBe('quarantined');
  });

  it('a draining source stays so when its runner registers again', async () => {
    const runner = await connect('one');
    const { source } = sourceOf(runner);
    await done(plane.workspace.run((ctx) => drainSource(ctx, ACTOR, source.sourceId, null, null)));
    await plane.clock.advance(400_000);
    await done(runner.comeBack());
    expect(sourceOf(runner).session.state).toBe('draining');
  });

  it('the newest grant of a source is known over a restart, also when an older lease lives on', async () => {
    const runner = await connect('one');
    await submit();
    await submit();
    const [older, newer] = await done(runner.claim(2));
    await done(runner.start(older!));
    await done(runner.start(newer!));
    await done(runner.complete(newer!));
    const { hot, state } = plane.workspace.engine;
    const { sourceId } = sourceOf(runner).source;
    expect(rebuildHot(state).fleet.source(sourceId).lastGrantFence).toBe(hot.fleet.source(sourceId).lastGrantFence);
  });

  it('a job pays for the class that it asked for', async () => {
    await publish({ mode: 'managed_only' });
    const large = await connect('pool', 'managed_pool', { cpuCount: 32, memoryGib: 64, capacity: 2 });
    await submit();
    const [lease] = await done(large.claim());
    await done(large.start(lease!));
    await plane.clock.advance(45_000);
    await done(large.heartbeat([lease!]));
    await plane.clock.advance(15_000);
    expect((await done(large.complete(lease!))).settledMcu).toBe(1_000);
  });

  it('room that came free is not kept for a job that nobody can take while another runner asks', async () => {
    const rates = { byoc: { 'cpu-small': 1_000 }, managed: { 'cpu-small': 1_000 } };
    const limit = { scope: 'workspace', window: 'total' as const, limit_mcu: 15_000, warn_percent: [] };
    await done(plane.workspace.run((ctx) => changeBudgets(ctx, ACTOR, { limits: [limit], rates })));
    const runner = await connect('one');
    await submit();
    const [first] = await done(runner.claim());
    await done(runner.start(first!));
    // Both wait for the room that the first one holds; the older one fits no runner.
    await submit({ labels: { os: 'linux' } });
    const { jobId } = await submit();
    await done(runner.complete(first!));
    expect((await done(runner.claim())).map((grant) => grant.job.jobId)).toEqual([jobId]);
  });
});
