import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cell, matrix } from '../../test/helpers/routing-matrix.ts';
import { type JobSpec, jobSubmit } from '../contract/job.ts';
import type { Side } from '../contract/terms.ts';
import { type VirtualPlane, virtualPlane } from '../demo/virtual-plane.ts';
import { VirtualRunner } from '../demo/virtual-runner.ts';
import { enrollSource } from './commands/enroll-source.ts';
import { publishPolicy } from './commands/publish-policy.ts';
import { submitJob } from './commands/submit-job.ts';
import { checkAll } from './invariants.ts';
import { decisionsView } from './views/decision-view.ts';

const ACTOR = { kind: 'operator' as const, id: 'ines' };
const AFTER_MS = 5_000;
let plane: VirtualPlane;

const spec = (over: Record<string, unknown> = {}): JobSpec =>
  jobSubmit.parse({
    wu_id: 'WU-1',
    title: 'Unit tests',
    command: { argv: ['true'] },
    max_runtime_ms: 60_000,
    labels: { zone: 'a' },
    ...over,
  }) as unknown as JobSpec;
async function done<T>(promise: Promise<T>): Promise<T> {
  await plane.clock.settle();
  return promise;
}
const submit = (over: Record<string, unknown> = {}) =>
  done(plane.workspace.run((ctx) => submitJob(ctx, ACTOR, spec(over), null)));

async function connect(side: Side, labels: Record<string, string>): Promise<VirtualRunner> {
  const name = side === 'byoc' ? 'laptop-1' : 'pool-1';
  const credential = await done(
    plane.workspace.run((ctx) =>
      enrollSource(ctx, ACTOR, {
        name,
        kind: side === 'byoc' ? 'laptop' : 'managed_pool',
        compute_class: null,
        labels,
        capacity: 1,
        ttl_ms: 900_000,
      }),
    ),
  );
  const runner = new VirtualRunner(plane.workspace, name, plane.random);
  await done(runner.connect(credential));
  return runner;
}

/** Brings the preferred side into the condition of the cell. */
async function prepare(cell: Cell, first: Side): Promise<void> {
  if (cell.first === 'none registered') return;
  const runner = await connect(first, cell.first === 'none eligible' ? { zone: 'b' } : { zone: 'a' });
  if (cell.first === 'free') void runner.poll(30_000);
  if (cell.first === 'busy') {
    await submit();
    const [lease] = await done(runner.claim());
    await done(runner.start(lease!));
  }
  if (cell.first === 'late') await plane.clock.advance(32_000);
  if (cell.first === 'offline') await plane.clock.advance(301_000);
}

beforeEach(async () => {
  plane = await virtualPlane({ seed: 7, startWallMs: Date.UTC(2026, 9, 14, 10) });
});
afterEach(() => plane.stop());

describe('where a job goes, by mode, by how the preferred side stands, and by fallback', () => {
  it.each(matrix({ byoc: 'laptop-1', managed: 'pool-1' }))(
    '$mode, first side $first, fallback $fallback: $later',
    async (cell) => {
      const { engine } = plane.workspace;
      const first: Side = cell.mode.startsWith('byoc') ? 'byoc' : 'managed';
      await done(
        plane.workspace.run((ctx) =>
          publishPolicy(ctx, ACTOR, {
            base_version: 1,
            mode: cell.mode,
            fallback: { mode: cell.fallback, after_ms: AFTER_MS },
            refuse_after_ms: null,
            overrides: [],
            fair_share: false,
            four_eyes: false,
          }),
        ),
      );
      await prepare(cell, first);
      const second = await connect(first === 'byoc' ? 'managed' : 'byoc', { zone: 'a' });
      void second.poll(30_000);
      await plane.clock.settle();
      const { jobId } = await submit();
      const seen = (): Cell['later'] => {
        const job = engine.job(jobId);
        if (job.state === 'held') return 'held';
        if (job.state === 'queued') return 'waiting';
        return engine.hot.fleet.source(job.sourceId as string).side === first ? 'first' : 'second';
      };
      await plane.clock.advance(1_500);
      expect(seen()).toBe(cell.atOnce);
      await plane.clock.advance(AFTER_MS);
      expect(seen()).toBe(cell.later);
      expect(engine.job(jobId).why ?? engine.hot.queue.bucket(engine.job(jobId).bucket).answer?.sentence).toBe(
        cell.sentence,
      );
      // Nothing is silent: the newest record says what became of the job, and a crossing says why.
      const [newest] = decisionsView(engine, engine.job(jobId), { limit: 10 }).items;
      expect(newest?.outcome).toBe(
        { first: 'assigned', second: 'assigned', held: 'held', waiting: 'waiting' }[cell.later],
      );
      expect(newest?.policy_version).toBe(2);
      expect(newest?.crossing === null).toBe(cell.later !== 'second');
      expect(checkAll(engine)).toEqual([]);
    },
  );
});
