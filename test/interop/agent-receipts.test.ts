import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bufferSource } from '../../src-server/ledger/bundle/read-tar.ts';
import { verifyBundle } from '../../src-server/ledger/bundle/verify/verify-bundle.ts';
import { envelopeBytes } from '../../src-server/ledger/receipts/dsse.ts';
import { AgentUnderTest } from '../helpers/agent-under-test.ts';
import { bundleOf } from '../helpers/bundle-under-test.ts';
import { BundleStory, missingPrograms } from './bundle-story.ts';

const missing = missingPrograms();
let story: BundleStory;
beforeAll(async () => {
  story = await BundleStory.play();
});
afterAll(() => story.close());

/** What both say of the bundle of a job: the code, and the words about its receipts. */
async function judged(jobId: string): Promise<[number, string][]> {
  const tar = await bundleOf(story.plane, { job_id: jobId });
  const { exitCode, checks } = verifyBundle(bufferSource(tar), story.key);
  const told = checks.find((check) => !check.passed) ?? checks.find(({ id }) => id === 'receipts');
  const ours: [number, string] = [exitCode, told?.detail ?? ''];
  return missing.length > 0 ? [ours] : [ours, ...story.python(tar, ['flip 0 0'])];
}

/** An agent with two calls. */
async function acted(): Promise<AgentUnderTest> {
  const agent = await AgentUnderTest.start(story.plane, story.runner);
  await agent.act(agent.facts(1));
  await agent.act(agent.facts(2));
  return agent;
}

describe('the receipt of an agent, in a bundle', () => {
  test('that tells what is on record says nothing more, also when call and receipt came late', async () => {
    const inTime = await acted();
    await inTime.end({ count: 2, cost_mcu: 6 });
    const late = await acted();
    await late.revoke();
    await late.act(late.facts(3));
    await late.end({ count: 3, cost_mcu: 9 });
    for (const { jobId } of [inTime, late])
      for (const [code, words] of await judged(jobId))
        expect([code, words]).toEqual([0, expect.not.stringMatching(/match/)]);
  });

  test('that tells otherwise, as the plane recorded, is named by both verifiers, and nothing was changed', async () => {
    const agent = await acted();
    await agent.end({ count: 1, cost_mcu: 3 });
    const name = `receipts/${agent.lease.lease_id}.run.dsse.json`;
    for (const [code, words] of await judged(agent.jobId))
      expect([code, words]).toEqual([0, expect.stringContaining(`${name} does not match the recorded calls`)]);
  });

  test('that tells otherwise without an entry that says so fails both: the log or the receipt lies', async () => {
    const agent = await acted();
    await agent.revoke();
    const receipt = agent.receipt({ count: 4, cost_mcu: 12 });
    const { blobs, workspace } = story.plane.hosted;
    const bytes = envelopeBytes(receipt);
    const { sha256 } = await blobs.put(bytes, { maxBytes: bytes.length });
    const { lease_id, fence } = agent.lease;
    // As a plane would write it that hides the difference.
    await workspace.run(({ engine }) =>
      engine.emit(
        { kind: 'runner', id: story.runner.sessionId },
        [
          {
            type: 'attempt.late_receipt',
            body: { lease_id, job_id: agent.jobId, attempt: 1, fence, run_receipt_sha256: sha256 },
          },
        ],
        { attempt: 1, fence },
        engine.job(agent.jobId),
      ),
    );
    for (const [code, words] of await judged(agent.jobId))
      expect([code, words]).toEqual([
        1,
        expect.stringMatching(/late\.dsse\.json does not match the recorded calls: it tells of 4, its entries of 2/),
      ]);
  });
});
