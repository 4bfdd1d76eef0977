import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobSpec, jobSubmit } from '../../contract/job.ts';
import { type VirtualPlane, virtualPlane } from '../../demo/virtual-plane.ts';
import { VirtualRunner } from '../../demo/virtual-runner.ts';
import { METER_TRIES_MAX } from '../../domain/metering/backoff.ts';
import { enrollSource } from '../commands/enroll-source.ts';
import { publishPolicy } from '../commands/publish-policy.ts';
import { submitJob } from '../commands/submit-job.ts';
import { topUpWallet } from '../commands/top-up-wallet.ts';
import { checkAll } from '../invariants.ts';
import { usageView, walletView } from '../views/usage-view.ts';
import { MeterOutbox, MeterRefusal } from './meter-outbox.ts';

const ACTOR = { kind: 'operator' as const, id: 'ines' };
let plane: VirtualPlane;
let told: string[];
let fails: (() => Error) | null;
let outbox: MeterOutbox;
async function done<T>(promise: Promise<T>): Promise<T> {
  await plane.clock.settle();
  return promise;
}
beforeEach(async () => {
  plane = await virtualPlane({ seed: 5, startWallMs: Date.UTC(2026, 9, 14, 10) });
  told = [];
  fails = null;
  outbox = new MeterOutbox(plane.workspace, {
    async send({ identifier }) {
      told.push(identifier);
      if (fails !== null) throw fails();
    },
  });
});
afterEach(async () => {
  expect(checkAll(plane.workspace.engine)).toEqual([]);
  await plane.stop();
});

/** One managed job that runs for a minute. @returns its lease. */
async function runOne(): Promise<string> {
  const { workspace } = plane;
  const request = {
    name: 'pool',
    kind: 'managed_pool',
    compute_class: null,
    labels: {},
    capacity: 1,
    ttl_ms: 900_000,
  } as const;
  const issued = await done(workspace.run((ctx) => enrollSource(ctx, ACTOR, request)));
  const runner = new VirtualRunner(workspace, 'pool', plane.random);
  await done(runner.connect(issued));
  const policy = {
    base_version: workspace.engine.hot.policy.version,
    mode: 'managed_only' as const,
    fallback: { mode: 'never' as const, after_ms: 0 },
    refuse_after_ms: null,
    overrides: [],
    fair_share: false,
    four_eyes: false,
  };
  await done(workspace.run((ctx) => publishPolicy(ctx, ACTOR, policy)));
  const spec = jobSubmit.parse({ wu_id: 'WU-1', title: 'Work', command: { argv: ['true'] } }) as unknown as JobSpec;
  await done(workspace.run((ctx) => submitJob(ctx, ACTOR, spec, null)));
  const [lease] = await done(runner.claim());
  if (lease === undefined) throw new Error('nothing was granted');
  await done(runner.start(lease));
  await plane.clock.advance(15_000);
  await done(runner.complete(lease));
  return lease.lease.leaseId;
}
const tick = async (ms = 1_000): Promise<void> => {
  const ticking = outbox.tick();
  await done(ticking);
  await plane.clock.advance(ms);
};
const usage = () => usageView(plane.workspace.engine, { limit: 10 });

describe('metering preview', () => {
  it('records the use of a managed lease once, takes it from the wallet and tells the meter', async () => {
    await done(plane.workspace.run((ctx) => topUpWallet(ctx, ACTOR, 1_000, 'to begin with')));
    const leaseId = await runOne();
    expect(usage().items).toMatchObject([{ lease_id: leaseId, mcu: 250, runtime_ms: 15_000, meter: 'pending' }]);
    expect(walletView(plane.workspace.engine, { limit: 10 })).toMatchObject({
      balance_mcu: 750,
      items: [
        { kind: 'debit', mcu: 250, balance_mcu: 750, lease_id: leaseId },
        { kind: 'top_up', mcu: 1_000, balance_mcu: 1_000, reason: 'to begin with', by: 'ines' },
      ],
      preview: expect.stringContaining('nothing is charged'),
    });
    await tick();
    await tick();
    expect(told).toEqual([leaseId]);
    expect(usage()).toMatchObject({ items: [{ meter: 'sent' }], totals: { count: 1, mcu: 250, pending: 0, dead: 0 } });
  });

  it('tries again with the same identifier until it is taken', async () => {
    const leaseId = await runOne();
    fails = () => new Error('down');
    for (let n = 0; n < 3; n++) await tick(400_000);
    fails = null;
    await tick();
    expect(told).toEqual(Array(4).fill(leaseId));
    expect(usage().items[0]?.meter).toBe('sent');
  });

  it.each([
    ['a refusal', () => new MeterRefusal('no such customer'), 1],
    ['too many failures', () => new Error('down'), METER_TRIES_MAX],
  ])('%s is the end of it, on the record', async (_, make, tries) => {
    await runOne();
    fails = make;
    for (let n = 0; n < METER_TRIES_MAX + 2; n++) await tick(400_000);
    expect(told).toHaveLength(tries);
    expect(usage()).toMatchObject({ items: [{ meter: 'dead' }], totals: { dead: 1 } });
  });
});
