import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  runner = await plane.runner('laptop-1');
});
afterEach(() => plane.close());

const act = (id: 'sourceRevoke' | 'sourceDrain' | 'sourceCordon' | 'sourceResume') =>
  plane.call(id, { params: { source_id: runner.sourceId }, body: {} });

describe('row 16: claims that get nothing', () => {
  test('a revoked runner is refused at its next call, whatever it is', async () => {
    const lease = await plane.submit().then(() => runner.startOne());
    await act('sourceRevoke');
    expect((await runner.claim()).code).toBe('runner.revoked');
    expect((await runner.heartbeat()).code).toBe('runner.revoked');
    expect((await runner.complete(lease)).code).toBe('runner.revoked');
    expect((await runner.comeBack()).code).toBe('runner.revoked');
    const { json } = await runner.call('directives', { query: { wait_ms: '0' } });
    expect(json.source.directive).toBe('revoke');
  });

  test.each([
    ['sourceDrain', 'source.draining'],
    ['sourceCordon', 'source.cordoned'],
  ] as const)('after %s it is told why, and gets work again after a resume', async (id, reason) => {
    await plane.submit();
    await act(id);
    const answer = await runner.claim();
    expect([answer.status, answer.headers['cc-reason']]).toEqual([204, reason]);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    await act('sourceResume');
    expect((await runner.claim()).status).toBe(200);
  });

  test('a job of a class that it has not stays where it is', async () => {
    const { job_id: jobId } = await plane.submit({ compute_class: 'gpu-large' });
    expect((await runner.claim()).status).toBe(204);
    expect((await plane.job(jobId)).state).toBe('queued');
  });

  test('a full runner, a paused workspace and an empty queue say so', async () => {
    expect((await runner.claim()).headers['cc-reason']).toBe('queue.empty');
    await plane.submit();
    await plane.call('pause', { body: {} });
    expect((await runner.claim()).headers['cc-reason']).toBe('workspace.paused');
    await plane.call('resume', { body: {} });
    for (let n = 0; n < 4; n++) await plane.submit();
    expect((await runner.claim({ max: 32 })).json.assignments).toHaveLength(4);
    expect((await runner.claim()).headers['cc-reason']).toBe('capacity.full');
  });

  test('an open poll is answered as soon as there is work, and by the newer one of a session', async () => {
    const older = runner.claim({ wait_ms: 20_000 });
    await opened();
    const newer = runner.claim({ wait_ms: 20_000 });
    expect((await older).status).toBe(204);
    await plane.submit();
    expect((await newer).json.assignments).toHaveLength(1);
  });

  test('a poll whose runner hung up is given nothing', async () => {
    const body = JSON.stringify({ capacity: 4, wait_ms: 20_000 });
    const sent = request({
      port: plane.port,
      path: '/api/v1/runtime/claim',
      method: 'POST',
      headers: {
        authorization: `Bearer ${runner.token}`,
        'content-type': 'application/json',
        'content-length': body.length,
        'idempotency-key': plane.key(),
      },
    });
    sent.on('error', () => undefined);
    sent.end(body);
    await opened();
    sent.destroy();
    const { asks } = plane.hosted.workspace.engine.hot;
    await expect.poll(() => asks.size).toBe(0);
    const { job_id: jobId } = await plane.submit();
    expect((await plane.job(jobId)).state).toBe('queued');
  });

  test('the envelope holds what the runner may do, signed by the plane', async () => {
    const job = await plane.submit();
    const { envelope, lease } = await runner.claimOne();
    const payload = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
    expect(payload).toMatchObject({
      v: 1,
      workspace_id: plane.workspaceId,
      session_id: runner.sessionId,
      lease_id: lease.lease_id,
      fence: lease.fence,
      job_id: job.job_id,
      digest: job.digest,
      job: job.spec,
    });
    expect(envelope.signatures[0].keyid).toBe(plane.host.key.fingerprint);
  });
});

async function opened(): Promise<void> {
  await expect.poll(() => plane.hosted.workspace.engine.hot.asks.size, { interval: 5 }).toBe(1);
}
