import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RouteId } from '../../src-server/contract/routes.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

const TTL_MS = 5_000;
let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start({ leaseTtlMs: TTL_MS });
  runner = await plane.runner('laptop-1');
});
afterEach(() => plane.close());

/** Lets the lease run out, as if its runner slept. */
async function sleepPast(leaseId: string): Promise<void> {
  plane.clock.advance(TTL_MS * 2);
  await expect.poll(() => plane.hosted.workspace.engine.hot.lease(leaseId)).toBeUndefined();
}
const usage = { runtime_ms: 10 };

describe('row 18: writes with an older fence', () => {
  const writes: [string, RouteId, (fence: number) => unknown][] = [
    ['a start', 'start', (fence) => ({ fence })],
    ['progress', 'progress', (fence) => ({ fence, percent: 50 })],
    ['output', 'logPut', (fence) => ({ fence, stream: 'stdout', offset: 0, data: 'late' })],
    ['a completion', 'complete', (fence) => ({ fence, outcome: 'succeeded', exit_code: 0, usage })],
    ['a failure', 'fail', (fence) => ({ fence, usage })],
    ['a give-back', 'release', (fence) => ({ fence })],
  ];

  test.each(writes)('%s is refused each time, recorded once, and changes nothing', async (_, id, body) => {
    const { job_id: jobId } = await plane.submit();
    const lost = await runner.startOne();
    await sleepPast(lost.lease_id);
    const before = await plane.job(jobId);
    for (let n = 0; n < 3; n++) {
      const answer = await runner.onLease(id, lost.lease_id, body(lost.fence));
      expect([answer.status, answer.code]).toEqual([409, 'conflict.lease_superseded']);
      expect(answer.json.current_attempt).toBe(1);
    }
    const after = await plane.job(jobId);
    expect(after.attempts[0].rejected_writes).toHaveLength(1);
    // The refusal itself is an entry of the job, so its newest replay link is another one.
    const still = { attempts: [], not_before_ms: null, why: '', replay_path: '' };
    expect({ ...after, ...still }).toEqual({ ...before, ...still });
    expect(plane.entriesOf('job.settled')).toEqual([]);
  });

  test('an artifact is refused as well', async () => {
    await plane.submit();
    const lost = await runner.startOne();
    await sleepPast(lost.lease_id);
    expect((await runner.artifact(lost, 'out.txt', Buffer.from('late'))).code).toBe('conflict.lease_superseded');
  });

  test('a renewal is told that the job went on elsewhere, beside those that live', async () => {
    await plane.submit();
    const lost = await runner.startOne();
    await sleepPast(lost.lease_id);
    await plane.submit();
    plane.clock.advance(2_000);
    await expect.poll(async () => (await runner.claim({ max: 4 })).status).toBe(200);
    const { leases } = (await runner.heartbeat({ leases: [{ lease_id: lost.lease_id, fence: lost.fence }] })).json;
    expect(leases[0]).toMatchObject({ state: 'superseded', ttl_ms: 0, code: 'conflict.lease_superseded' });
  });

  test('the job moves with a higher fence, the sleeper writes nothing, and it settles once', async () => {
    const { job_id: jobId } = await plane.submit();
    const lost = await runner.startOne();
    await sleepPast(lost.lease_id);
    const other = await plane.runner('laptop-2');
    plane.clock.advance(2_000);
    await expect.poll(() => plane.hosted.workspace.engine.job(jobId).state).toBe('queued');
    let taken: Awaited<ReturnType<RunnerUnderTest['startOne']>> | null = null;
    await expect
      .poll(async () => {
        taken = await other.startOne().catch(() => null);
        return taken;
      })
      .not.toBeNull();
    const now = taken as unknown as typeof lost;
    expect(now.fence).toBeGreaterThan(lost.fence);
    expect((await runner.complete(lost)).code).toBe('conflict.lease_superseded');
    expect((await other.complete(now)).json.job_state).toBe('succeeded');
    expect((await runner.complete(lost)).code).toBe('conflict.lease_superseded');
    expect(plane.entriesOf('job.settled')).toHaveLength(1);
  });

  test('an older fence beats a bad receipt and bad fields', async () => {
    await plane.submit();
    const lost = await runner.startOne();
    await sleepPast(lost.lease_id);
    const answer = await runner.onLease('complete', lost.lease_id, {
      fence: lost.fence,
      outcome: 'sorcery',
      run_receipt: 7,
    });
    expect(answer.code).toBe('conflict.lease_superseded');
  });

  test('a wrong fence of a live lease is refused, and the right one goes on', async () => {
    await plane.submit();
    const live = await runner.startOne();
    expect((await runner.complete({ ...live, fence: live.fence + 1 })).code).toBe('conflict.lease_superseded');
    expect((await runner.complete(live)).status).toBe(200);
  });

  test('a lease of another session is not there', async () => {
    await plane.submit();
    const lease = await runner.startOne();
    const other = await plane.runner('laptop-2');
    const answer = await other.complete(lease);
    expect([answer.status, answer.code]).toEqual([404, 'not_found']);
    expect((await runner.complete(lease)).status).toBe(200);
  });

  test('a revoked lease is fenced at once', async () => {
    await plane.submit();
    const lease = await runner.startOne();
    const revoked = await plane.call('leaseRevoke', { params: { lease_id: lease.lease_id }, body: {} });
    expect(revoked.json.state).toBe('revoked');
    expect((await runner.complete(lease)).code).toBe('conflict.lease_superseded');
  });
});
