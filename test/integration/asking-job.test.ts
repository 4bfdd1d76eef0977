import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlaneProcess } from '../helpers/plane-process.ts';

let plane: PlaneProcess;
beforeAll(async () => {
  plane = await PlaneProcess.start(['--lease-ttl-ms', '5000']);
});
afterAll(() => plane.close());

/** A job in a shell: asks, waits for its answer, and says what it was. */
const SCRIPT =
  'echo \'{"reason":"Drop the old table"}\' >> "$CC_APPROVAL_REQUESTS"; ' +
  'until [ -s "$CC_APPROVAL_ANSWERS" ]; do sleep 0.2; done; cat "$CC_APPROVAL_ANSWERS"';

describe('a job of the real runner that asks midway', () => {
  test.each([
    ['approved', 'succeeded'],
    ['rejected', 'failed'],
  ])('%s: it %s', async (decision, state) => {
    const made = await plane.enroll(`laptop-${decision}`, { labels: { word: decision } });
    const { connect, run } = made.commands.bash as Record<string, string>;
    await plane.paste(connect as string, `${made.credential}\n`).ended;
    const { job_id: jobId } = await plane.submit({
      wu_id: 'WU-3',
      title: 'Migrate',
      command: { argv: [SCRIPT], shell: true },
      labels: { word: decision },
      approval: { when: 'on_request' },
    });
    const running = plane.paste(run as string).ended;
    await expect.poll(async () => (await plane.job(jobId)).waiting_on, { timeout: 20_000 }).toBe('approval');
    const { approval_id: approvalId } = await plane.job(jobId);
    await plane.call('approvalDecide', { params: { approval_id: approvalId }, body: { decision } });
    await running;
    const job = await plane.job(jobId);
    expect(job.state).toBe(state);
    expect(job.attempts[0].outcome).toBe(decision === 'approved' ? 'succeeded' : 'rejected');
    if (decision === 'rejected') expect(job.why).toMatch(/^Rejected by /);
  });
});
