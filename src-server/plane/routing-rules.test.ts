import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobSpec, jobSubmit } from '../contract/job.ts';
import type { PolicyPut } from '../contract/policy.ts';
import type { Rule } from '../contract/terms.ts';
import { type VirtualPlane, virtualPlane } from '../demo/virtual-plane.ts';
import { VirtualRunner } from '../demo/virtual-runner.ts';
import { cordonSource, diagnoseSource, drainSource, revokeSource } from './commands/change-source.ts';
import { enrollSource } from './commands/enroll-source.ts';
import { setPaused } from './commands/govern.ts';
import { publishPolicy } from './commands/publish-policy.ts';
import { submitJob } from './commands/submit-job.ts';
import { checkAll } from './invariants.ts';
import { decisionsView } from './views/decision-view.ts';
import { jobView } from './views/job-view.ts';

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
const publish = (over: Partial<PolicyPut>) =>
  done(
    plane.workspace.run((ctx) =>
      publishPolicy(ctx, ACTOR, {
        base_version: ctx.engine.hot.policy.version,
        mode: 'byoc_first',
        fallback: { mode: 'never', after_ms: 60_000 },
        refuse_after_ms: null,
        overrides: [],
        fair_share: false,
        four_eyes: false,
        ...over,
      }),
    ),
  );
async function connect(name: string, over: Record<string, unknown> = {}) {
  const request = {
    name,
    kind: 'laptop' as const,
    compute_class: null,
    labels: {},
    capacity: 1,
    ttl_ms: 900_000,
    ...over,
  };
  const issued = await done(plane.workspace.run((ctx) => enrollSource(ctx, ACTOR, request)));
  const runner = new VirtualRunner(plane.workspace, name, plane.random);
  await done(runner.connect(issued));
  return { runner, sourceId: issued.sourceId };
}
/** Rules that fail in the newest record of a job. */
async function failing(jobId: string): Promise<Rule[]> {
  await plane.clock.advance(1_500);
  const { engine } = plane.workspace;
  const [newest] = decisionsView(engine, engine.job(jobId), { limit: 5 }).items;
  return (newest?.candidates ?? []).flatMap((c) => c.rules.map((r) => r.rule));
}

beforeEach(async () => {
  plane = await virtualPlane({ seed: 7, startWallMs: Date.UTC(2026, 9, 14, 10) });
});
afterEach(async () => {
  expect(checkAll(plane.workspace.engine)).toEqual([]);
  await plane.stop();
});

describe('each rule stands in the record of a job that it keeps waiting', () => {
  const onSource = (act: (sourceId: string) => void | Promise<void>) => async (): Promise<string> => {
    const { sourceId } = await connect('laptop-1');
    await act(sourceId);
    return (await submit()).jobId;
  };
  const command = (act: Parameters<typeof plane.workspace.run>[0]) =>
    done(plane.workspace.run(act)).then(() => undefined);
  const WAYS: [Rule, () => Promise<string>][] = [
    ['source.revoked', onSource((id) => command((ctx) => revokeSource(ctx, ACTOR, id, null)))],
    ['source.cordoned', onSource((id) => command((ctx) => cordonSource(ctx, ACTOR, id, null)))],
    ['source.draining', onSource((id) => command((ctx) => drainSource(ctx, ACTOR, id, null, null)))],
    ['source.late', onSource(() => plane.clock.advance(32_000))],
    ['source.offline', onSource(() => plane.clock.advance(302_000))],
    ['workspace.paused', onSource(() => command((ctx) => setPaused(ctx, ACTOR, true, null)))],
    [
      'source.quarantined',
      async () => {
        const { runner, sourceId } = await connect('laptop-1');
        const checks = [{ id: 'disk', required: true, passed: false, detail: 'full' }];
        await command((ctx) => diagnoseSource(ctx, runner.sessionId, sourceId, checks));
        return (await submit()).jobId;
      },
    ],
    [
      'side.not_allowed',
      async () => {
        await publish({ mode: 'managed_only' });
        await connect('laptop-1');
        return (await submit()).jobId;
      },
    ],
    [
      'class.mismatch',
      async () => {
        await connect('laptop-1');
        return (await submit({ compute_class: 'gpu-small' })).jobId;
      },
    ],
    [
      'labels.missing',
      async () => {
        await connect('laptop-1');
        return (await submit({ labels: { region: 'eu' } })).jobId;
      },
    ],
    [
      'confinement.insufficient',
      async () => {
        await connect('laptop-1');
        return (await submit({ confinement: 'required' })).jobId;
      },
    ],
    [
      'capacity.full',
      async () => {
        const { runner } = await connect('laptop-1');
        await submit();
        const [lease] = await done(runner.claim());
        await done(runner.start(lease!));
        return (await submit()).jobId;
      },
    ],
    [
      'fallback.not_yet',
      async () => {
        await publish({});
        await connect('pool-1', { kind: 'managed_pool' });
        return (await submit()).jobId;
      },
    ],
    [
      'outranked',
      async () => {
        const first = await connect('laptop-1');
        const second = await connect('laptop-2');
        void first.runner.poll(30_000);
        void second.runner.poll(30_000);
        await plane.clock.settle();
        return (await submit()).jobId;
      },
    ],
  ];
  it.each(WAYS)('%s', async (rule, make) => {
    expect(await failing(await make())).toContain(rule);
  });
});

describe('the answer of a bucket', () => {
  it('is told again when another rule gives the same failing rules another meaning', async () => {
    await publish({ fallback: { mode: 'auto', after_ms: 60_000 } });
    await connect('pool-1', { kind: 'managed_pool' });
    const laptop = await connect('laptop-1');
    await submit();
    const [lease] = await done(laptop.runner.claim());
    await done(laptop.runner.start(lease!));
    const { jobId } = await submit();
    const why = () => jobView(plane.workspace.engine, plane.workspace.engine.job(jobId)).why;
    await plane.clock.advance(1_500);
    expect(why()).toBe('laptop-1 has no free slot. After 60 s of waiting managed may take it.');
    await publish({ fallback: { mode: 'never', after_ms: 60_000 } });
    await plane.clock.advance(1_500);
    expect(why()).toBe('laptop-1 has no free slot. Managed is never asked under this policy.');
  });

  it('is a series: one record each time the failing rules change, and none while they do not', async () => {
    const { jobId } = await submit();
    const { sourceId } = await connect('laptop-1');
    const count = () =>
      decisionsView(plane.workspace.engine, plane.workspace.engine.job(jobId), { limit: 50 }).items.length;
    await plane.clock.advance(3_000);
    const before = count();
    await plane.clock.advance(20_000);
    expect(count()).toBe(before);
    await done(plane.workspace.run((ctx) => cordonSource(ctx, ACTOR, sourceId, null)));
    await plane.clock.advance(1_500);
    expect(count()).toBe(before + 1);
  });
});

describe('a policy that is published', () => {
  it('ends the questions that it makes moot, and keeps those that it asks as well', async () => {
    await publish({ fallback: { mode: 'ask', after_ms: 0 } });
    await connect('pool-1', { kind: 'managed_pool' });
    const { jobId } = await submit();
    await plane.clock.advance(1_500);
    const job = () => plane.workspace.engine.job(jobId);
    expect(job()).toMatchObject({ state: 'held', hold: 'fallback_ask' });
    await publish({ fallback: { mode: 'ask', after_ms: 5_000 } });
    expect(job().state).toBe('held');
    await publish({ mode: 'byoc_only', fallback: { mode: 'ask', after_ms: 0 } });
    await plane.clock.advance(5_000);
    expect(job().state).toBe('queued');
    expect(plane.workspace.engine.hot.questions.size).toBe(0);
  });
});
