import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentUnderTest } from '../../test/helpers/agent-under-test.ts';
import type { Parsed } from '../../test/helpers/checked-call.ts';
import { PlaneUnderTest } from '../../test/helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../../test/helpers/runner-under-test.ts';
import type { ActionFacts } from '../contract/agent.ts';

let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
let agent: AgentUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  runner = await plane.runner('laptop-1');
  agent = await AgentUnderTest.start(plane, runner);
});
afterEach(() => plane.close());

describe('calls of an agent', () => {
  test('are taken in their order, chained and signed, at the price of the job, and no other way', async () => {
    expect((await agent.act(agent.facts(1))).status).toBe(200);
    const wrong: [string, ActionFacts, object?][] = [
      ['conflict.state', agent.facts(3)],
      ['conflict.state', agent.facts(1, { summary: 'another' })],
      ['field.invalid', agent.facts(2, { cost_mcu: 0 })],
      ['field.invalid', agent.facts(2, { tool: 'exec', cost_mcu: 0 })],
      ['field.invalid', agent.facts(2, { verdict: 'refused' })],
      ['field.invalid', agent.facts(2, { tool: 'fs.write', cost_mcu: 5 })],
      ['proof.invalid', agent.facts(2), { signature: runner.prove('another text') }],
      ['proof.invalid', agent.facts(2), { chain: '2'.repeat(64) }],
    ];
    for (const [code, action, over] of wrong) expect((await agent.act(action, over)).code).toBe(code);
    expect(await agent.actions()).toHaveLength(1);
  });

  test('use an approval once each', async () => {
    const { lease_id: leaseId, fence } = agent.lease;
    const question = { fence, reason: 'write', kinds: [] };
    const asked = await runner.onLease('approvalAsk', leaseId, question, { key: plane.key() });
    const { approval_id: id } = asked.json;
    const written = (n: number) =>
      agent.facts(n, { tool: 'fs.write', verdict: 'approved', cost_mcu: 5, approval_id: id });
    expect((await agent.act(written(1))).code).toBe('field.invalid');
    await plane.call('approvalDecide', { params: { approval_id: id }, body: { decision: 'approved' } });
    expect((await agent.act(written(1))).status).toBe(200);
    expect((await agent.act(written(2))).json.detail).toMatch(/was good for one call/);
  });

  test('that come when the lease is over are refused by its fence, kept once as late, and not charged', async () => {
    await agent.act(agent.facts(1));
    const before = agent.chain;
    await agent.revoke();
    const late = await agent.act(agent.facts(2));
    expect([late.status, late.code]).toEqual([409, 'conflict.lease_superseded']);
    const kept = agent.chain;
    agent.chain = before;
    expect((await agent.act(agent.facts(2))).json.kept_seq).toBe(late.json.kept_seq);
    expect(agent.chain).toBe(kept);
    const unsound: [ActionFacts, object?][] = [
      [agent.facts(3), { signature: runner.prove('another text') }],
      [agent.facts(4)],
      [agent.facts(3, { tool: 'exec' })],
      [agent.facts(3, { tool: 'fs.write', verdict: 'approved', cost_mcu: 5, approval_id: null })],
    ];
    for (const [action, over] of unsound) {
      const { json } = await agent.act(action, over);
      expect([json.code, json.kept_seq]).toEqual(['conflict.lease_superseded', undefined]);
    }
    expect((await agent.actions()).map(({ n, late: isLate }) => [n, isLate])).toEqual([
      [1, undefined],
      [2, true],
    ]);
    expect(await agent.attempt()).toMatchObject({ outcome: 'revoked', cost_mcu: 3 });
    await agent.end({ count: 2, cost_mcu: 6 });
    expect(await agent.attempt()).not.toHaveProperty('receipt_problem');
  });
});

describe('a run receipt of an agent', () => {
  beforeEach(async () => {
    await agent.act(agent.facts(1));
  });

  test('that tells what is recorded is plain, and what is recorded is paid whatever its runner says', async () => {
    await agent.act(agent.facts(2));
    const ended = await agent.end({ count: 2, cost_mcu: 6 }, 1);
    expect(ended.json).toMatchObject({ job_state: 'succeeded', settled_mcu: 6 });
    expect(await agent.attempt()).not.toHaveProperty('receipt_problem');
  });

  test.each([
    ['fewer calls', { count: 1, cost_mcu: 3 }, 'it tells of 1 call for 0.003 CU, 2 calls for 0.006 CU are on record'],
    ['none', null, 'it tells of 0 calls for 0 CU, 2 calls for 0.006 CU are on record'],
    ['other calls', { count: 2, cost_mcu: 6, chain: '3'.repeat(64) }, 'it ends their chain otherwise'],
  ])('that tells of %s is kept, and flagged', async (_, told, words) => {
    await agent.act(agent.facts(2));
    expect((await agent.end(told)).status).toBe(200);
    const problem = `The receipt does not match the recorded calls: ${words}.`;
    expect(await agent.attempt()).toMatchObject({ has_run_receipt: true, receipt_problem: problem });
    const { items } = (await plane.call('jobReceipts', { params: { job_id: agent.jobId } })).json;
    const settlement = items.find((item: Parsed) => item.kind === 'settlement').statement.predicate;
    expect(settlement.run_receipt_problem).toBe(problem);
  });

  test('that is late is held against the late calls too', async () => {
    await agent.revoke();
    const first = agent.chain;
    await agent.act(agent.facts(2));
    await agent.end({ count: 1, cost_mcu: 3, chain: first });
    expect((await agent.attempt()).receipt_problem).toMatch(/^The receipt does not match the recorded calls/);
  });

  test('of another job tells of no calls', async () => {
    await plane.submit({});
    const other = await runner.claimOne();
    await runner.onLease('start', other.lease.lease_id, { fence: other.lease.fence });
    const receipt = runner.receipt(other, { actions: { count: 1, cost_mcu: 0, chain: '4'.repeat(64) } });
    await runner.complete(other.lease, { run_receipt: receipt });
    const [attempt] = (await plane.job(other.job.job_id)).attempts;
    expect(attempt.receipt_problem).toMatch(/it tells of 1 call for 0 CU, 0 calls for 0 CU are on record/);
  });
});
