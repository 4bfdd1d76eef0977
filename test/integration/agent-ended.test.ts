import { afterEach, describe, expect, test } from 'vitest';
import { processesWith } from '../../runner/testing/processes-with.ts';
import { AgentJobs, type Script } from '../helpers/agent-jobs.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';

let plane: PlaneProcess;
let agents: AgentJobs;
/** @param flags how long a lease is: short where its loss is waited for, long where a slow machine must not lose it. */
async function start(...flags: string[]): Promise<void> {
  plane = await PlaneProcess.start(flags);
  agents = await AgentJobs.of(plane);
}
afterEach(() => plane.close());

let words = 0;
/** An agent that reads a file and then runs a program for ten minutes; both bear the word. */
const busy = () => {
  const word = `600.${process.pid}${++words}`;
  const script: Script = [
    ['fs.read', { path: 'notes.txt' }],
    ['exec', { argv: ['sleep', word], timeout_ms: 900_000 }],
    ['fs.write', { path: 'out/after.txt', text: 'never' }],
  ];
  const isInCall = () =>
    expect.poll(() => processesWith(`sleep\0${word}`).length, { timeout: 60_000 }).toBeGreaterThan(0);
  return { word, script, isInCall };
};

describe('an attempt that ends in the middle of a call', () => {
  test('by a lease that the plane revokes: agent and program are gone, and the late record says how the call ended', async () => {
    await start('--lease-ttl-ms', '5000');
    const { word, script, isInCall } = busy();
    const { runner, made } = await plane.running('laptop-1', { labels: { at: word } });
    const tools = { 'fs.read': { price_mcu: 3 }, exec: { price_mcu: 4 } };
    const jobId = await agents.submit(script, {
      words: [word],
      labels: { at: word },
      tools,
      budget: { extras_mcu: 50 },
    });
    await isInCall();
    const [{ lease_id: leaseId }] = (await plane.job(jobId)).attempts;
    await plane.call('leaseRevoke', { params: { lease_id: leaseId }, body: { reason: 'wrong branch' } });
    await expect.poll(() => processesWith(word), { timeout: 30_000 }).toEqual([]);
    await expect.poll(() => agents.receipt(jobId, 'late'), { timeout: 30_000 }).toBeDefined();
    const actions = await agents.actions(jobId);
    expect(actions).toMatchObject([
      { n: 1, tool: 'fs.read', verdict: 'allowed', detail: null },
      { n: 2, tool: 'exec', verdict: 'allowed', detail: 'It was ended together with its attempt.', late: true },
    ]);
    expect(actions[0]).not.toHaveProperty('late');
    const late = await agents.receipt(jobId, 'late');
    expect([late.outcome, late.actions]).toEqual(['lost', { count: 2, cost_mcu: 7, chain: actions[1].chain }]);
    const [attempt] = (await plane.job(jobId)).attempts;
    // What was on the record before the lease ended is paid, on the plane's own count; what came late is not.
    expect([attempt.outcome, attempt.cost_mcu, attempt.receipt_problem]).toEqual(['revoked', 3, undefined]);
    await runner.end();
    expect((await plane.cli(['doctor', '--deep'])).code).toBe(0);
    expect(made.source_id).toBeDefined();
  }, 180_000);

  test('by a runner that is killed: nothing is left over, its next start settles, and no call stands twice', async () => {
    await start();
    const { word, script, isInCall } = busy();
    const { runner, made } = await plane.running('laptop-2', { labels: { at: word } });
    const jobId = await agents.submit(script, { words: [word], labels: { at: word }, max_attempts: 2 });
    await isInCall();
    await runner.end('SIGKILL');
    await expect.poll(() => processesWith(word), { timeout: 30_000 }).toEqual([]);
    const again = plane.paste((made.commands.bash.run as string).replace('run --once', 'run'));
    await isInCall();
    const attempts = (await plane.job(jobId)).attempts;
    expect(attempts.map(({ attempt, outcome }: { attempt: number; outcome: string }) => [attempt, outcome])).toEqual([
      [1, 'lost'],
      [2, null],
    ]);
    await plane.call('jobCancel', { params: { job_id: jobId }, body: {} });
    await expect.poll(async () => (await plane.job(jobId)).state, { timeout: 30_000 }).toBe('canceled');
    expect((await agents.actions(jobId)).map(({ attempt, n, tool, detail }) => [attempt, n, tool, detail])).toEqual([
      [1, 1, 'fs.read', null],
      [2, 1, 'fs.read', null],
      [2, 2, 'exec', 'It was ended together with its attempt.'],
    ]);
    expect(processesWith(word)).toEqual([]);
    await again.end();
    expect((await plane.cli(['doctor', '--deep'])).code).toBe(0);
  }, 180_000);
});
