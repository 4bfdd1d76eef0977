import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());
const overview = async () => (await plane.call('overview')).json;
/** Judges once more, as the plane does several times a second. */
const tick = (ms: number) => {
  plane.clock.advance(ms);
  plane.hosted.workspace.tick();
};

describe('the overview', () => {
  it('counts the sources that hold leases, not all', async () => {
    await plane.runner('idle');
    const runner = await plane.runner('busy');
    await plane.submit({ wu_id: 'WU-1' });
    await runner.startOne();
    expect((await overview()).leases).toMatchObject({ active: 1, sources: 1, slots: 8 });
  });

  it('names the job that waits alone with its needs, and none where there are several', async () => {
    const alone = await plane.submit({ wu_id: 'WU-2', title: 'Trains alone', compute_class: 'gpu-small' });
    tick(1_500);
    const waiting = async () => (await overview()).decisions.find((d: { outcome: string }) => d.outcome === 'waiting');
    expect(await waiting()).toMatchObject({ job_id: alone.job_id, wu_id: 'WU-2', title: 'Trains alone' });
    await plane.submit({ wu_id: 'WU-3', compute_class: 'gpu-small' });
    expect(await waiting()).toMatchObject({ job_id: null, wu_id: null, title: null });
  });

  it('tells what needs a person: the oldest question by name, and what a late source may lose', async () => {
    const approval = { when: 'before_start', kinds: ['writes to production'] };
    await plane.submit({ wu_id: 'WU-4', title: 'Migrate', approval });
    await plane.submit({ wu_id: 'WU-5', title: 'Publish', approval });
    tick(40_000);
    const needs = (await overview()).needs_you;
    expect(needs[0]).toMatchObject({ kind: 'approval', title: '2 approvals waiting', detail: 'Oldest: WU-4, Migrate' });
    expect(needs).toContainEqual(
      expect.objectContaining({ kind: 'lease', title: 'busy is late', detail: 'May lose WU-1' }),
    );
  });

  it('hears a pool by the runner that was heard last', async () => {
    const pool = (await plane.call('poolCreate', { body: { name: 'lumenflow_managed', capacity: 4 } })).json;
    const seen = async () =>
      (await plane.call('source', { params: { source_id: pool.source_id } })).json.seen_ms_ago as number | null;
    expect(await seen()).toBeNull();
    const { token } = (await plane.call('poolTokenCreate', { params: { pool_id: pool.pool_id }, body: {} })).json;
    const early = new RunnerUnderTest(plane, pool.source_id);
    await early.redeem(token);
    tick(20_000);
    expect(await seen()).toBeGreaterThanOrEqual(20_000);
    await new RunnerUnderTest(plane, pool.source_id).redeem(token);
    expect(await seen()).toBeLessThan(20_000);
  });
});
