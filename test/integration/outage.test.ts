import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlaneProcess } from '../helpers/plane-process.ts';
import { Relay } from '../helpers/relay.ts';
import { WatchedJobs } from '../helpers/watched-jobs.ts';

// OUTAGE_MS=30000 is half a minute of each outage, for a patient run.
const OUTAGE_MS = Number(process.env.OUTAGE_MS ?? 3_000);
/**
 * A runner stops itself at three quarters of this without a renewal, and the last one may be a quarter old when the plane
 * goes: what is left, half of it, is twice an outage, so that a plane that is slow to start is no loss.
 */
const LEASE_MS = Math.max(60_000, 4 * OUTAGE_MS);
/** The job still writes when the second outage comes, at about 30 lines a second. */
const LINES = 250 + Math.ceil(OUTAGE_MS / 30);
const COUNT = `i=0; while [ $i -lt ${LINES} ]; do echo "line $i"; i=$((i+1)); sleep 0.03; done`;

let relay: Relay;
let jobs: WatchedJobs;
beforeAll(async () => {
  relay = await Relay.listen();
  jobs = await WatchedJobs.listen();
});
afterAll(() => {
  relay.close();
  jobs.close();
});

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const flags = (ttlMs: number) => ['--lease-ttl-ms', String(ttlMs), '--public-url', relay.url];

test('a plane that stops in mid-job, then a network that is cut: no byte of the log lost or doubled, settled once', {
  timeout: 240_000,
}, async () => {
  const first = await PlaneProcess.start(flags(LEASE_MS));
  relay.targetPort = first.port;
  const { runner } = await first.running('laptop-1');
  const { job_id: jobId } = await first.submit({
    wu_id: 'WU-1',
    title: 'Counts',
    command: { argv: [COUNT], shell: true },
    max_runtime_ms: 120_000,
  });
  await first.untilJob(jobId, 'running');
  await first.stop();
  await pass(OUTAGE_MS);
  const plane = await PlaneProcess.start(flags(LEASE_MS), { dataDir: first.dataDir, port: first.port });
  // More of the log came: the runner found the plane again.
  const read = (query: Record<string, string>) => plane.call('jobLog', { params: { job_id: jobId }, query });
  const { next_offset: known } = (await read({ limit_bytes: '65536' })).json;
  await read({ offset: String(known), wait_ms: '30000' });
  relay.cut();
  await pass(OUTAGE_MS);
  relay.mend();
  const ended = await plane.untilJob(jobId, 'succeeded');
  expect(ended.attempts.map((a: { outcome: string }) => a.outcome)).toEqual(['succeeded']);
  const log = await plane.call('jobLog', { params: { job_id: jobId } });
  expect(log.json.data).toBe(Array.from({ length: LINES }, (_, n) => `line ${n}\n`).join(''));
  expect(log.json.truncated).toBe(false);
  const settled = (await plane.events('job.settled')).filter((event) => event.job_id === jobId);
  expect(settled).toHaveLength(1);
  expect((await runner.end()).code).toBe(0);
  await plane.close();
});

test('a network that is away for longer than the lease: the processes are gone before the next attempt is granted elsewhere', {
  timeout: 120_000,
}, async () => {
  relay.mend();
  const plane = await PlaneProcess.start(flags(8_000));
  relay.targetPort = plane.port;
  const cutOff = await plane.running('cut-off');
  const { job_id: jobId } = await plane.submit(jobs.spec());
  const first = await jobs.next();
  await plane.untilJob(jobId, 'running');
  // The other one dials the plane itself and is not cut off.
  const made = await plane.enroll('other');
  const direct = (command: string) => command.replaceAll(relay.url, plane.url);
  const connected = await plane.paste(direct(made.commands.bash.connect), `${made.credential}\n`).ended;
  expect([connected.code, connected.stderr]).toEqual([0, '']);
  const other = plane.paste(direct(made.commands.bash.run).replace('run --once', 'run'));
  relay.cut();
  await first.gone;
  const goneAtMs = Date.now();
  const second = await jobs.next();
  second.finish();
  const ended = await plane.untilJob(jobId, 'succeeded');
  const [lost, won] = ended.attempts;
  expect([lost.outcome, lost.source_name, won.outcome, won.source_name]).toEqual([
    'lost',
    'cut-off',
    'succeeded',
    'other',
  ]);
  expect(goneAtMs).toBeLessThanOrEqual(Date.parse(won.granted_at));
  relay.mend();
  expect((await other.end()).code).toBe(0);
  expect((await cutOff.runner.end()).code).toBe(0);
  await plane.close();
});
