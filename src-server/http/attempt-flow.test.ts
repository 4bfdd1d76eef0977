import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlaneUnderTest } from '../../test/helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../../test/helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  runner = await plane.runner('laptop-1');
});
afterEach(() => plane.close());

type Lease = Awaited<ReturnType<RunnerUnderTest['startOne']>>;
const put = (lease: Lease, offset: number, data: string, more: Record<string, unknown> = {}) =>
  runner.onLease('logPut', lease.lease_id, { fence: lease.fence, stream: 'stdout', offset, data, ...more });
const readLog = async (jobId: string, query: Record<string, string> = {}) =>
  (await plane.call('jobLog', { params: { job_id: jobId }, query })).json;

describe('a job from submit to its end', () => {
  test('is granted, started, told of, completed and explained', async () => {
    const job = await plane.submit({ inputs: [{ path: 'in.txt', text: 'hello' }], outputs: ['*'] });
    expect([job.state, job.spec.inputs[0].size_bytes]).toEqual(['queued', 5]);
    const lease = await runner.startOne();
    expect((await plane.job(job.job_id)).state).toBe('running');
    const progress = { fence: lease.fence, percent: 40, message: 'almost' };
    expect((await runner.onLease('progress', lease.lease_id, progress)).json).toEqual({ ok: true });
    const beat = await runner.heartbeat({ leases: [{ lease_id: lease.lease_id, fence: lease.fence }] });
    expect(beat.json.leases).toEqual([{ lease_id: lease.lease_id, state: 'active', ttl_ms: 60_000 }]);
    expect(beat.json.next_heartbeat_ms).toBe(15_000);
    await put(lease, 0, 'done\n');
    const ended = await runner.complete(lease);
    expect(ended.json).toMatchObject({ job_state: 'succeeded', settled_mcu: 0 });
    const after = await plane.job(job.job_id);
    expect(after).toMatchObject({ state: 'succeeded', attempt: 1, source_name: 'laptop-1' });
    expect(after.why).toContain('laptop-1');
    expect(after.attempts[0]).toMatchObject({ outcome: 'succeeded', exit_code: 0, renewals: 1 });
    expect(after.attempts[0].output.stdout).toMatchObject({ size_bytes: 5, truncated: false });
    const decisions = await plane.call('jobDecisions', { params: { job_id: job.job_id } });
    expect(decisions.json.items[0].outcome).toBe('assigned');
    for (const id of ['jobExplain', 'jobAttempts'] as const)
      expect((await plane.call(id, { params: { job_id: job.job_id } })).status).toBe(200);
    const evidence = await plane.call('evidence', { query: { job_id: job.job_id } });
    expect(evidence.json.items.length).toBeGreaterThanOrEqual(4);
    const line = await plane.call('evidenceItem', { params: { seq: String(ended.json.seq) } });
    expect(line.json.types).toContain('job.settled');
  });

  test('a failed attempt is tried again; a given-back one keeps its number', async () => {
    const { job_id: jobId } = await plane.submit();
    const first = await runner.claimOne();
    const back = { fence: first.lease.fence, reason: 'going home' };
    expect((await runner.onLease('release', first.lease.lease_id, back)).json.job_state).toBe('queued');
    plane.clock.advance(60_000);
    const lease = await expect
      .poll(() => runner.startOne().catch(() => null))
      .not.toBeNull()
      .then(() => plane.job(jobId));
    const [, live] = lease.attempts;
    const failed = await runner.onLease('fail', live.lease_id, {
      fence: live.fence,
      exit_code: 3,
      usage: { runtime_ms: 5 },
    });
    expect(failed.json.job_state).toBe('queued');
    const after = await plane.job(jobId);
    expect(after.attempts.map((a: { outcome: string; attempt: number }) => [a.outcome, a.attempt])).toEqual([
      ['given_back', 1],
      ['failed', 1],
    ]);
    expect(after.not_before_ms).toBeGreaterThan(0);
  });

  test('a cancel reaches the runner by its long poll at once, and by its next renewal', async () => {
    const { job_id: jobId } = await plane.submit();
    const lease = await runner.startOne();
    const told = runner.call('directives', { query: { wait_ms: '20000' } });
    const canceled = await plane.call('jobCancel', { params: { job_id: jobId }, body: { reason: 'not needed' } });
    expect(canceled.json.stopping).toBe(true);
    expect((await told).json.leases).toMatchObject([{ lease_id: lease.lease_id, directive: 'cancel' }]);
    const again = await runner.call('directives', { query: { wait_ms: '0' } });
    expect(again.json.leases).toHaveLength(1);
    const beat = await runner.heartbeat({ leases: [{ lease_id: lease.lease_id, fence: lease.fence }] });
    expect(beat.json.leases[0].directive).toBe('cancel');
    expect((await runner.complete(lease, { outcome: 'canceled', exit_code: null })).json.job_state).toBe('canceled');
    expect((await runner.call('directives')).status).toBe(204);
    expect((await plane.call('jobCancel', { params: { job_id: jobId }, body: {} })).code).toBe('conflict.state');
  });

  test('stop everything pauses, cancels what waits and asks what runs to stop', async () => {
    await plane.submit();
    const lease = await runner.startOne();
    await plane.submit();
    const answer = await plane.call('stopEverything', { body: { reason: 'fire' } });
    expect(answer.json).toMatchObject({ canceled: 2, paused: true });
    const { json } = await runner.call('directives');
    expect(json.leases[0].lease_id).toBe(lease.lease_id);
  });

  test('a job that is over can be submitted again as another that names it', async () => {
    const { job_id: jobId } = await plane.submit();
    const retry = () => plane.call('jobRetry', { params: { job_id: jobId }, body: {} });
    expect((await retry()).code).toBe('conflict.state');
    await runner.complete(await runner.startOne());
    expect((await retry()).json.retry_of).toBe(jobId);
  });

  test('a preview says where a job would go, and stores nothing', async () => {
    const spec = { wu_id: 'WU-1', title: 'x', command: { argv: ['true'] }, inputs: [{ path: 'a', text: 'b' }] };
    const answer = await plane.call('jobPreview', { body: spec });
    expect(answer.json.outcome).toBe('assigned');
    expect((await plane.call('jobs')).json.items).toEqual([]);
  });
});

describe('output of an attempt', () => {
  test('comes by offset: what is there is skipped, a gap is named, bad base64 is refused', async () => {
    await plane.submit();
    const lease = await runner.startOne();
    expect((await put(lease, 0, 'abc')).json.next_offset).toBe(3);
    expect((await put(lease, 1, 'bcde')).json.next_offset).toBe(5);
    const gap = await put(lease, 9, 'x');
    expect([gap.status, gap.code, gap.json.expected_offset]).toEqual([409, 'conflict.log_gap', 5]);
    expect(
      (await put(lease, 5, Buffer.from([0xff, 0x0a]).toString('base64'), { encoding: 'base64' })).json.next_offset,
    ).toBe(7);
    expect((await put(lease, 7, 'not base64!', { encoding: 'base64' })).code).toBe('field.invalid');
    await runner.complete(lease);
    const log = await readLog(lease.job_id);
    expect(log).toMatchObject({ data: 'abcde\ufffd\n', next_offset: 7, eof: true, truncated: false });
  });

  test('is said to be durable within a second or so', async () => {
    await plane.submit();
    const lease = await runner.startOne();
    await put(lease, 0, 'abc');
    await expect.poll(async () => (await put(lease, 3, '')).json.durable_offset, { timeout: 5_000 }).toBe(3);
  });

  test('is followed live, woken by growth and told of its end; a character is never cut', async () => {
    await plane.submit();
    const lease = await runner.startOne();
    const first = readLog(lease.job_id, { wait_ms: '20000' });
    const smile = Buffer.from('a😀');
    await put(lease, 0, smile.subarray(0, 3).toString('base64'), { encoding: 'base64' });
    expect(await first).toMatchObject({ data: 'a', next_offset: 1, eof: false });
    const second = readLog(lease.job_id, { offset: '1', wait_ms: '20000' });
    await runner.onLease('logPut', lease.lease_id, { fence: lease.fence, stream: 'stderr', offset: 0, data: 'other' });
    await put(lease, 3, smile.subarray(3).toString('base64'), { encoding: 'base64' });
    expect(await second).toMatchObject({ data: '😀', next_offset: 5, eof: false });
    const last = readLog(lease.job_id, { offset: '5', wait_ms: '20000' });
    await runner.complete(lease);
    expect(await last).toMatchObject({ data: '', eof: true });
  });

  test('of a job that was never granted is empty, and of an attempt that is not there is 404', async () => {
    const { job_id: jobId } = await plane.submit();
    expect(await readLog(jobId)).toMatchObject({ lease_id: null, data: '', eof: false });
    const answer = await plane.call('jobLog', { params: { job_id: jobId }, query: { attempt: '3' } });
    expect(answer.code).toBe('not_found');
  });
});

describe('sources as an operator changes them', () => {
  test('a pinned class, labels and capacity are in force at once', async () => {
    const patch = { compute_class: 'cpu-large', labels: { region: 'eu' }, capacity: 2 };
    const { json } = await plane.call('sourcePatch', { params: { source_id: runner.sourceId }, body: patch });
    expect(json).toMatchObject({
      compute_class: 'cpu-large',
      pinned_class: 'cpu-large',
      labels: { region: 'eu' },
      capacity: 2,
    });
    const unpinned = await plane.call('sourcePatch', {
      params: { source_id: runner.sourceId },
      body: { compute_class: null },
    });
    expect(unpinned.json.pinned_class).toBeNull();
  });

  test('a doctor that fails quarantines it, and one that passes frees it', async () => {
    const check = (passed: boolean) =>
      runner.call('doctor', { body: { checks: [{ id: 'disk', required: true, passed, detail: 'room' }] } });
    expect((await check(false)).json.source.state).toBe('quarantined');
    expect((await runner.claim()).headers['cc-reason']).toBe('source.quarantined');
    expect((await check(true)).json.source.state).toBe('online');
  });
});

describe('a stop of the server', () => {
  test('answers polls, waits and streams at once and leaves no connection', async () => {
    await plane.submit();
    const lease = await runner.startOne();
    const poll = runner.claim({ wait_ms: 30_000 });
    const directives = runner.call('directives', { query: { wait_ms: '30000' } });
    const log = plane.call('jobLog', { params: { job_id: lease.job_id }, query: { wait_ms: '30000' } });
    await expect.poll(() => plane.hosted.workspace.engine.hot.asks.size).toBe(1);
    const before = process.hrtime.bigint();
    await plane.stop();
    expect(Number(process.hrtime.bigint() - before) / 1e6).toBeLessThan(3_000);
    expect((await poll).status).toBe(204);
    expect((await directives).status).toBe(204);
    expect([200, 503]).toContain((await log).status);
    plane = await PlaneUnderTest.start({ dataDir: plane.dataDir });
  });
});
