import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobSpec, jobSubmit } from '../contract/job.ts';
import { type VirtualPlane, virtualPlane } from '../demo/virtual-plane.ts';
import { VirtualRunner } from '../demo/virtual-runner.ts';
import { State } from '../state/state.ts';
import { decideAdmission, requestAdmission, revokeAdmission } from './commands/admissions.ts';
import type { CommandContext } from './commands/context.ts';
import { enrollSource } from './commands/enroll-source.ts';
import { submitJob } from './commands/submit-job.ts';
import type { GrantedLease } from './grants.ts';
import { rebuildHot } from './hot/rebuild.ts';
import { checkAll } from './invariants.ts';
import { replay } from './replay.ts';
import { admissionView } from './views/admission-view.ts';
import { explainJob } from './views/explain-view.ts';
import { jobView } from './views/job-view.ts';

const INES = { kind: 'operator' as const, id: 'ines' };
const TOMAS = { kind: 'operator' as const, id: 'tomas' };
const NETWORK = 'private:registry';
const HOSTS = [
  { host: 'registry.lan', port: 443 },
  { host: 'registry.lan', port: 80 },
];
let plane: VirtualPlane;

const spec = (over: Record<string, unknown> = {}): JobSpec =>
  jobSubmit.parse({
    wu_id: 'WU-7',
    title: 'Publish',
    command: { argv: ['make', 'publish'] },
    network: NETWORK,
    ...over,
  }) as unknown as JobSpec;
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
const submit = (over: Record<string, unknown> = {}) => run((ctx) => submitJob(ctx, INES, spec(over), null));
const job = (jobId: string) => jobView(plane.workspace.engine, plane.workspace.engine.job(jobId));
const admission = (id: string) => admissionView(plane.workspace.engine, id);

async function source(name: string, over: Record<string, unknown> = {}): Promise<[VirtualRunner, string]> {
  const credential = await run((ctx) =>
    enrollSource(ctx, INES, {
      name,
      kind: 'laptop',
      compute_class: null,
      labels: {},
      capacity: 2,
      ttl_ms: 900_000,
      ...over,
    }),
  );
  const made = new VirtualRunner(plane.workspace, name, plane.random, { cpuCount: 2, memoryGib: 8, capacity: 2 });
  await done(made.connect(credential));
  const found = [...plane.workspace.engine.hot.fleet.sources.values()].find((s) => s.name === name);
  return [made, found?.sourceId ?? ''];
}
const request = (sourceId: string, over: Record<string, unknown> = {}) =>
  run((ctx) =>
    requestAdmission(ctx, INES, {
      network: NETWORK,
      source_id: sourceId,
      hosts: HOSTS,
      expires_ms: null,
      reason: null,
      ...over,
    }),
  );
const grant = (id: string, over: Record<string, unknown> = {}) =>
  run((ctx) => decideAdmission(ctx, TOMAS, id, { decision: 'granted', ...over }));

beforeEach(async () => {
  plane = await virtualPlane({ seed: 5, startWallMs: Date.UTC(2026, 9, 14, 10) });
});
afterEach(async () => {
  expect(checkAll(plane.workspace.engine)).toEqual([]);
  await plane.stop();
});

describe('a job of a private network', () => {
  it('goes at once to a poll that was open before its source was admitted', async () => {
    const [rack, rackId] = await source('rack-1');
    const open = rack.poll(30_000);
    await plane.clock.settle();
    await grant(await request(rackId));
    // The review after the grant has found nothing to offer; the fleet has not changed since.
    await plane.clock.advance(2_000);
    const { jobId } = await submit();
    expect(job(jobId).state).toBe('claimed');
    expect((await done(open)).map((g) => g.job.jobId)).toEqual([jobId]);
  });

  it('is held while no source that fits is admitted, and placed only on one that is', async () => {
    const [other] = await source('laptop-1');
    const { jobId } = await submit();
    expect(job(jobId)).toMatchObject({
      state: 'held',
      hold: 'admission',
      why: 'private:registry is not admitted for any source. Waits for an admission.',
    });
    const explained = explainJob(plane.workspace.engine, plane.workspace.engine.job(jobId));
    expect(explained.candidates[0]?.rules.find((r) => r.rule === 'network.not_admitted')).toMatchObject({
      pass: false,
    });
    const [rack, rackId] = await source('rack-1');
    const id = await request(rackId);
    expect(job(jobId).state).toBe('held');
    await grant(id);
    expect(job(jobId).state).toBe('queued');
    expect(await done(other.claim())).toEqual([]);
    const [lease] = await done(rack.claim());
    expect(lease).toMatchObject({ lease: { jobId, sourceId: rackId }, grants: HOSTS });
    const granted = plane.workspace.engine.entry(lease?.seq ?? 0).events.find((e) => e.type === 'lease.granted');
    expect(granted?.body).toMatchObject({ admission_id: id });
    expect(admission(id)).toMatchObject({
      leases_in_use: 1,
      sentence: 'rack-1 may reach registry.lan:443, registry.lan:80 in private:registry, granted by tomas.',
    });
  });

  it('waits, and is not held, where the admitted source is only busy or away', async () => {
    const [rack, rackId] = await source('rack-1', { capacity: 1 });
    await grant(await request(rackId));
    await submit();
    await done(rack.claim());
    const { jobId } = await submit();
    expect(job(jobId).state).toBe('queued');
    await plane.clock.advance(2_000);
    expect(job(jobId).why).toContain('rack-1 has no free slot.');
  });

  it('is refused when the admission it waits for is rejected and none else was asked for', async () => {
    const [, one] = await source('rack-1');
    const [, two] = await source('rack-2');
    const { jobId } = await submit();
    const first = await request(one);
    const second = await request(two);
    await run((ctx) => decideAdmission(ctx, TOMAS, first, { decision: 'rejected' }));
    expect(job(jobId).state).toBe('held');
    await run((ctx) => decideAdmission(ctx, TOMAS, second, { decision: 'rejected' }));
    expect(job(jobId)).toMatchObject({
      state: 'refused',
      why: 'Admission for private:registry was rejected by tomas.',
      refusal: { code: 'network.not_admitted' },
    });
    const later = await submit();
    expect(job(later.jobId).state).toBe('held');
  });

  it('is held where the admitted source fits in nothing else', async () => {
    const [, rackId] = await source('rack-1');
    await grant(await request(rackId));
    const { jobId } = await submit({ confinement: 'required' });
    expect(job(jobId)).toMatchObject({
      state: 'held',
      why: 'private:registry is not admitted for any source that fits. Waits for an admission.',
    });
  });
});

describe('the end of an admission', () => {
  async function running(over: Record<string, unknown> = {}) {
    const [rack, rackId] = await source('rack-1');
    const id = await request(rackId);
    await grant(id, over);
    const { jobId } = await submit();
    const [lease] = await done(rack.claim());
    await done(rack.start(lease as GrantedLease));
    return { rack, id, jobId, lease: lease as GrantedLease };
  }

  it('tells running jobs to stop, grants nothing more, and holds what is queued', async () => {
    const { rack, id, jobId, lease } = await running();
    const queued = await submit();
    expect(job(queued.jobId).state).toBe('queued');
    await run((ctx) => revokeAdmission(ctx, TOMAS, id, null));
    expect((await done(rack.heartbeat([lease])))[0]).toMatchObject({
      directive: 'stop',
      reason: 'The admission for private:registry was revoked by tomas.',
    });
    expect(job(queued.jobId)).toMatchObject({ state: 'held', hold: 'admission' });
    expect(await done(rack.claim())).toEqual([]);
    await done(rack.complete(lease, 'canceled', null));
    await plane.clock.advance(5_000);
    expect(job(jobId)).toMatchObject({ state: 'held', hold: 'admission', attempt: 1 });
    await expect(run((ctx) => revokeAdmission(ctx, TOMAS, id, null))).resolves.toBeUndefined();
    await expect(grant(id)).rejects.toMatchObject({ code: 'conflict.state' });
  });

  it('comes by itself in plane time, whatever the wall clock says', async () => {
    const { rack, id, lease } = await running({ expires_ms: 60_000 });
    plane.clock.jumpWall(86_400_000);
    await plane.clock.advance(30_000);
    expect((await done(rack.heartbeat([lease])))[0]).not.toHaveProperty('directive');
    await plane.clock.advance(31_000);
    expect(admission(id)?.status).toBe('expired');
    expect((await done(rack.heartbeat([lease])))[0]).toMatchObject({
      directive: 'stop',
      reason: 'The admission for private:registry expired.',
    });
  });

  it('stops nothing while another grant lets the same source in', async () => {
    const { rack, id, lease } = await running();
    await grant(await request(lease.lease.sourceId));
    await run((ctx) => revokeAdmission(ctx, TOMAS, id, null));
    expect((await done(rack.heartbeat([lease])))[0]).not.toHaveProperty('directive');
  });
});

describe('the answer to a request', () => {
  it('may be narrower than what was asked, never wider', async () => {
    const [rack, rackId] = await source('rack-1');
    const id = await request(rackId);
    await expect(grant(id, { hosts: [{ host: 'db.lan', port: 5432 }] })).rejects.toMatchObject({
      code: 'field.invalid',
    });
    await grant(id, { hosts: HOSTS.slice(0, 1) });
    await grant(id);
    await submit();
    expect((await done(rack.claim()))[0]?.grants).toEqual(HOSTS.slice(0, 1));
  });

  it('is not for who asked, under four-eyes', async () => {
    const [, rackId] = await source('rack-1');
    const id = await request(rackId);
    plane.workspace.engine.hot.policy.fourEyes = true;
    await expect(run((ctx) => decideAdmission(ctx, INES, id, { decision: 'granted' }))).rejects.toMatchObject({
      code: 'approval.not_yours',
    });
    plane.workspace.engine.hot.policy.fourEyes = false;
  });

  it('lasts over a restart', async () => {
    const [, rackId] = await source('rack-1');
    await grant(await request(rackId), { expires_ms: 60_000 });
    const { engine } = plane.workspace;
    await done(engine.durable());
    const state = replay(plane.log, await State.empty());
    const hot = rebuildHot(state);
    expect([...hot.admissions.open]).toEqual([...engine.hot.admissions.open]);
    expect(hot.admissions.networksOf(rackId)).toEqual([NETWORK]);
    state.close();
  });
});
