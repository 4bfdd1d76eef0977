import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
});
afterEach(() => plane.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('row 14: a live credential that a runner saw is burned once, the event says where', async () => {
  const runner = await plane.runner('laptop-1');
  await plane.submit();
  const { lease_id: leaseId, fence } = await runner.startOne();
  const { credential } = await plane.enroll('laptop-2');
  const exposed = [{ lease_id: leaseId, sha256: sha256(credential) }];
  for (const _ of [1, 2]) {
    const answer = await runner.heartbeat({ leases: [{ lease_id: leaseId, fence }], exposed });
    expect(answer.status).toBe(200);
  }
  const burned = plane.entriesOf('credential.burned');
  expect(burned).toHaveLength(1);
  expect(burned[0]?.events[0]?.body.reason).toBe(`It was seen in the output of lease ${leaseId}.`);
  expect((await new RunnerUnderTest(plane, '').redeem(credential)).code).toBe('credential.burned');
});

test('row 14: an operator whose token was seen is revoked; what is not alive changes nothing', async () => {
  const runner = await plane.runner('laptop-1');
  const lease = 'lse_00000000000000000000000000';
  const token = await plane.operator('grace', 'viewer');
  const dead = await runner.heartbeat({ exposed: [{ lease_id: lease, sha256: sha256('ccs_nothing') }] });
  expect([dead.status, plane.entriesOf('credential.burned').length]).toEqual([200, 0]);
  expect((await plane.call('sources', { bearer: token })).status).toBe(200);
  expect((await runner.heartbeat({ exposed: [{ lease_id: lease, sha256: sha256(token) }] })).status).toBe(200);
  expect((await plane.call('sources', { bearer: token })).status).toBe(401);
});

test.each([
  ['in env too', { secrets: ['A_TOKEN'], command: { argv: ['x'], env: { A_TOKEN: '1' } } }],
  ['of the runner', { secrets: ['CC_FENCE'] }],
  ['that is none', { secrets: ['a b'] }],
  ['twice', { secrets: ['A_TOKEN', 'A_TOKEN'] }],
])('a job cannot name a secret %s', async (_name, more) => {
  const job = { wu_id: 'WU-1', title: 'x', command: { argv: ['x'] }, max_runtime_ms: 1_000, ...more };
  const answer = await plane.call('jobSubmit', { body: job, key: plane.key() });
  expect([answer.status, answer.code]).toEqual([422, 'field.invalid']);
  expect(answer.json.errors[0].pointer).toMatch(/^\/secrets/);
});
