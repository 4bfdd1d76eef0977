import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
let ines: string;
let tomas: string;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  // Both may submit and approve: only four-eyes stands between them.
  ines = await plane.operator('ines', 'admin');
  tomas = await plane.operator('tomas', 'admin');
  await plane.call('policyPut', {
    body: { base_version: 1, mode: 'byoc_first', fallback: { mode: 'auto' }, four_eyes: true },
  });
});
afterEach(() => plane.close());

const GATED = { approval: { when: 'before_start', reason: 'Writes to production' } };
async function gated(): Promise<{ job_id: string; approval_id: string; digest: string }> {
  const { json } = await plane.call('jobSubmit', {
    bearer: ines,
    key: plane.key(),
    body: { wu_id: 'WU-9', title: 'Migrate', command: { argv: ['true'] }, ...GATED },
  });
  return json;
}
const decide = (bearer: string, approvalId: string, more: Record<string, unknown> = {}) =>
  plane.call('approvalDecide', {
    bearer,
    params: { approval_id: approvalId },
    body: { decision: 'approved', ...more },
  });
const patch = (jobId: string, body: Record<string, unknown>) =>
  plane.call('jobPatch', { bearer: ines, params: { job_id: jobId }, body });

describe('row 21: approvals', () => {
  test('under four-eyes the submitter cannot approve, and nothing changes', async () => {
    const job = await gated();
    const refused = await decide(ines, job.approval_id);
    expect([refused.status, refused.code]).toEqual([403, 'approval.not_yours']);
    expect(refused.json.detail).toContain('ines asked for it');
    expect(await plane.job(job.job_id)).toMatchObject({ state: 'held', hold: 'approval' });
    expect(plane.entriesOf('approval.approved')).toEqual([]);
  });

  test('an edited job is not approved by an answer to the job as it was', async () => {
    const job = await gated();
    const edited = await patch(job.job_id, { base_digest: job.digest, command: { argv: ['rm', '-rf', '/'] } });
    expect([edited.status, edited.json.state, edited.json.hold]).toEqual([200, 'held', 'approval']);
    for (const answer of [
      await decide(tomas, job.approval_id),
      await decide(tomas, job.approval_id, { digest: job.digest }),
      await decide(tomas, edited.json.approval_id, { digest: job.digest }),
    ]) {
      expect([answer.status, answer.code]).toEqual([409, 'approval.job_changed']);
      expect(answer.json.digest).toBe(edited.json.digest);
    }
    expect((await plane.job(job.job_id)).state).toBe('held');
  });

  test('approving twice is one approval, and both answers are the same', async () => {
    const job = await gated();
    const first = await decide(tomas, job.approval_id, { digest: job.digest });
    const again = await decide(tomas, job.approval_id, { digest: job.digest });
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.json).toEqual(first.json);
    expect(plane.entriesOf('approval.approved')).toHaveLength(1);
    const late = await decide(tomas, job.approval_id, { decision: 'rejected' });
    expect([late.status, late.code]).toEqual([409, 'conflict.state']);
  });

  test('an edit on top of another one is refused, as is an edit of what runs', async () => {
    const job = await gated();
    await patch(job.job_id, { base_digest: job.digest, priority: 90 });
    const stale = await patch(job.job_id, { base_digest: job.digest, priority: 10 });
    expect([stale.status, stale.code]).toEqual([409, 'conflict.job_changed']);
    const plain = await plane.submit();
    const runner = await plane.runner('laptop-1');
    await runner.startOne();
    const running = await patch(plain.job_id, { base_digest: plain.digest, priority: 10 });
    expect([running.status, running.code]).toEqual([409, 'conflict.state']);
  });

  test('an edit keeps what it does not name and knows no unknown field', async () => {
    const job = await plane.submit({ inputs: [{ path: 'a.txt', text: 'hello' }], labels: { os: 'linux' } });
    const edited = await patch(job.job_id, { base_digest: job.digest, title: 'Other' });
    expect(edited.json.spec).toEqual({ ...job.spec, title: 'Other' });
    const unknown = await patch(job.job_id, { base_digest: edited.json.digest, tittle: 'x' });
    expect([unknown.status, unknown.code]).toEqual([422, 'field.invalid']);
    const wrong = await patch(job.job_id, { base_digest: edited.json.digest, priority: 101 });
    expect([wrong.status, wrong.json.errors[0].pointer]).toEqual([422, '/priority']);
  });

  test('nobody without the right decides, and no other workspace has it', async () => {
    const job = await gated();
    const viewer = await plane.operator('vera', 'viewer');
    const operator = await plane.operator('otto', 'operator');
    for (const bearer of [viewer, operator]) expect((await decide(bearer, job.approval_id)).code).toBe('right.missing');
    const approver = await plane.operator('paula', 'approver');
    expect((await decide(approver, job.approval_id)).status).toBe(200);
  });
});
