import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlaneProcess } from '../helpers/plane-process.ts';
import { WatchedJobs } from '../helpers/watched-jobs.ts';

let plane: PlaneProcess;
let jobs: WatchedJobs;
beforeAll(async () => {
  jobs = await WatchedJobs.listen();
  plane = await PlaneProcess.start(['--lease-ttl-ms', '5000']);
});
afterAll(async () => {
  await plane.close();
  jobs.close();
});

const outcomes = (job: { attempts: { outcome: string }[] }): string[] => job.attempts.map((a) => a.outcome);

describe('a job that is under way', () => {
  test('a runner that sleeps past its lease loses the job, writes nothing more, and its process is gone', {
    timeout: 60_000,
  }, async () => {
    const sleeper = await plane.running('sleeper', { labels: { job: 'sleep' } });
    const { job_id: jobId } = await plane.submit(jobs.spec({ labels: { job: 'sleep' } }));
    const first = await jobs.next();
    const before = await plane.untilJob(jobId, 'running');
    sleeper.runner.child.kill('SIGSTOP');
    // Output that waits in the pipe: the sleeper has something to send as soon as it wakes.
    first.say('written in sleep');
    const other = await plane.running('other', { labels: { job: 'sleep' } });
    const second = await jobs.next();
    const moved = await plane.untilJob(jobId, 'running');
    expect(moved.attempts.map((a: { source_name: string }) => a.source_name)).toEqual(['sleeper', 'other']);
    expect(moved.attempts[1].fence).toBeGreaterThan(before.attempts[0].fence);

    sleeper.runner.child.kill('SIGCONT');
    await first.gone;
    second.finish();
    const ended = await plane.untilJob(jobId, 'succeeded');
    expect(outcomes(ended)).toEqual(['lost', 'succeeded']);
    // Both stop: whatever the sleeper still had to say, it has said.
    expect((await sleeper.runner.end()).code).toBe(0);
    expect((await other.runner.end()).code).toBe(0);
    const rejected = await plane.events('completion.rejected');
    expect(rejected.length).toBeGreaterThan(0);
    for (const { lease_id: leaseId, fence } of rejected)
      expect([leaseId, fence]).toEqual([before.attempts[0].lease_id, before.attempts[0].fence]);
    const settled = (await plane.events('job.settled')).filter((event) => event.job_id === jobId);
    expect(settled).toHaveLength(1);
    const log = await plane.call('jobLog', { params: { job_id: jobId }, query: { attempt: '2' } });
    expect(log.json.data).toBe('begun\n');
    expect((await plane.json(['doctor', '--deep'])).passed).toBe(true);
  });

  test('a cancel ends the process, and the log says when it was asked and when it was gone', async () => {
    const { runner } = await plane.running('canceled');
    const { job_id: jobId } = await plane.submit(jobs.spec());
    const process = await jobs.next();
    await plane.untilJob(jobId, 'running');
    const asked = await plane.json(['job', 'cancel', jobId, '--reason', 'Not needed any more.']);
    expect(asked.stopping || asked.state === 'canceled').toBe(true);
    await process.gone;
    const ended = await plane.untilJob(jobId, 'canceled');
    expect(outcomes(ended)).toEqual(['canceled']);
    const { lease_id: leaseId } = ended.attempts[0];
    const stopped = (await plane.events('attempt.stopped')).find((event) => event.lease_id === leaseId);
    expect(stopped.cause).toBe('cancel');
    expect(Date.parse(stopped.gone_at)).toBeGreaterThanOrEqual(Date.parse(stopped.asked_at));
    expect((await runner.end()).code).toBe(0);
  });

  test('stop everything ends every process and grants nothing until the workspace is resumed', async () => {
    const { runner } = await plane.running('stopped');
    await plane.submit(jobs.spec());
    const process = await jobs.next();
    const waiting = await plane.submit(jobs.spec({ labels: { region: 'nowhere' } }));
    const { json } = await plane.call('stopEverything', { body: { reason: 'A drill.' } });
    expect(json).toMatchObject({ canceled: 2, paused: true });
    await process.gone;
    await plane.untilJob(waiting.job_id, 'canceled');
    const late = await plane.submit(jobs.spec());
    expect((await plane.job(late.job_id)).state).toBe('queued');
    await plane.call('resume', { body: {} });
    (await jobs.next()).finish();
    await plane.untilJob(late.job_id, 'succeeded');
    expect((await runner.end()).code).toBe(0);
  });

  test('a revoked lease fences its runner at once: its process ends and nothing it says counts', async () => {
    const { runner } = await plane.running('revoked');
    const { job_id: jobId } = await plane.submit(jobs.spec({ max_attempts: 1 }));
    const process = await jobs.next();
    const running = await plane.untilJob(jobId, 'running');
    const { lease_id: leaseId } = running.attempts[0];
    const revoked = await plane.call('leaseRevoke', { params: { lease_id: leaseId }, body: { reason: 'A drill.' } });
    expect(revoked.json.state).toBe('revoked');
    await process.gone;
    expect(outcomes(await plane.job(jobId))).toEqual(['revoked']);
    expect((await runner.end()).code).toBe(0);
  });

  test('a plane that is killed in the middle comes back on its port, and the job settles once', {
    timeout: 60_000,
  }, async () => {
    // Long enough for a plane to come back on a machine that has much else to do.
    await plane.call('settingsPatch', { body: { lease_ttl_ms: 30_000 } });
    const { made, runner } = await plane.running('laptop-1');
    const { job_id: jobId } = await plane.submit(jobs.spec());
    const process = await jobs.next();
    await plane.untilJob(jobId, 'running');
    await plane.stop('SIGKILL');
    process.say('said while nobody listened');
    const again = await PlaneProcess.start([], { dataDir: plane.dataDir, port: plane.port });
    process.finish();
    const ended = await again.untilJob(jobId, 'succeeded');
    expect(outcomes(ended)).toEqual(['succeeded']);
    expect(ended.attempts[0].source_name).toBe('laptop-1');
    const log = await again.call('jobLog', { params: { job_id: jobId } });
    expect(log.json.data).toBe('begun\nsaid while nobody listened\n');
    expect((await again.events('job.settled')).filter((e) => e.job_id === jobId)).toHaveLength(1);
    const { json } = await again.call('source', { params: { source_id: made.source_id } });
    expect(json.state).toBe('online');
    expect((await runner.end()).code).toBe(0);
    expect((await again.json(['doctor', '--deep'])).passed).toBe(true);
    await again.stop();
  });
});
