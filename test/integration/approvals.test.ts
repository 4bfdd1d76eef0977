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

const decide = (approvalId: string, decision: string, reason?: string) =>
  plane.call('approvalDecide', {
    params: { approval_id: approvalId },
    body: { decision, ...(reason === undefined ? {} : { reason }) },
  });
const ask = (lease: { lease_id: string; fence: number }, more: Record<string, unknown> = {}, key?: string) =>
  runner.onLease(
    'approvalAsk',
    lease.lease_id,
    { fence: lease.fence, reason: 'Drop the old table', ...more },
    key === undefined ? {} : { key },
  );
const wait = (lease: { lease_id: string }, approvalId: string, waitMs = 0) =>
  runner.call('approvalWait', {
    params: { lease_id: lease.lease_id, approval_id: approvalId },
    query: { wait_ms: String(waitMs) },
  });

describe('approval before start, over HTTP', () => {
  test('the record shows what follows from a yes, and a yes starts it', async () => {
    const job = await plane.submit({
      approval: { when: 'before_start', kinds: ['publishes a package'] },
      labels: {},
    });
    expect(job).toMatchObject({ state: 'held', hold: 'approval' });
    expect((await runner.claim()).status).toBe(204);
    const { json: list } = await plane.call('approvals', { query: { status: 'pending', kind: 'before_start' } });
    expect(list.items).toHaveLength(1);
    const { json: shown } = await plane.call('approval', { params: { approval_id: job.approval_id } });
    expect(shown).toMatchObject({
      kinds: ['publishes a package'],
      sentence: 'Publishes a package. Waits for an approver before it can be claimed.',
      effects: { worst_cost_mcu: 0, runs_on: { name: 'laptop-1' }, command: { argv: ['node', '--version'] } },
    });
    const { json: decided } = await decide(job.approval_id, 'approved', 'Go');
    expect(decided).toMatchObject({ status: 'approved', decided_by: 'ada', decision_reason: 'Go' });
    expect(decided.effects).toMatchObject({ runs_on: { name: 'laptop-1' } });
    expect((await runner.claimOne()).job.job_id).toBe(job.job_id);
  });

  test('a repeated submit answers the held job again', async () => {
    const key = plane.key();
    const first = await plane.submit({ approval: { when: 'before_start' } }, key);
    expect(await plane.submit({ approval: { when: 'before_start' } }, key)).toEqual(first);
  });

  test('holds over a restart, and can be answered then', async () => {
    const job = await plane.submit({ approval: { when: 'before_start' } });
    await plane.stop();
    plane = await PlaneUnderTest.start({ dataDir: plane.dataDir });
    expect(await plane.job(job.job_id)).toMatchObject({ state: 'held', approval_id: job.approval_id });
    expect((await decide(job.approval_id, 'approved')).status).toBe(200);
    expect((await plane.job(job.job_id)).state).toBe('queued');
  });
});

describe('a run that asks, over HTTP', () => {
  test('waits by long poll, and the directives tell it as well', async () => {
    const job = await plane.submit({ approval: { when: 'on_request' } });
    const lease = await runner.startOne();
    const key = plane.key();
    const asked = await ask(lease, {}, key);
    expect([asked.status, asked.json.status]).toEqual([201, 'pending']);
    expect((await ask(lease, {}, key)).json.approval_id).toBe(asked.json.approval_id);
    expect(await plane.job(job.job_id)).toMatchObject({ state: 'running', waiting_on: 'approval' });
    const answered = wait(lease, asked.json.approval_id, 20_000);
    await decide(asked.json.approval_id, 'approved');
    expect((await answered).json).toMatchObject({ status: 'approved' });
    const { json } = await runner.call('directives', { query: { wait_ms: '0' } });
    expect(json.approvals).toEqual([{ approval_id: asked.json.approval_id, status: 'approved' }]);
    const beat = await runner.heartbeat({ leases: [{ lease_id: lease.lease_id, fence: lease.fence }] });
    expect(beat.json.leases[0].approval.status).toBe('approved');
    expect((await runner.complete(lease)).json.job_state).toBe('succeeded');
  });

  test('is stopped by a no, and its job fails with a receipt of who said so', async () => {
    const job = await plane.submit({ approval: { when: 'on_request' } });
    const lease = await runner.startOne();
    const { json } = await ask(lease);
    await decide(json.approval_id, 'rejected', 'Keep it');
    const told = await runner.call('directives', { query: { wait_ms: '0' } });
    expect(told.json.leases[0]).toMatchObject({ directive: 'stop', reason: 'Rejected by ada: Keep it.' });
    await runner.complete(lease, { outcome: 'failed', exit_code: null });
    expect(await plane.job(job.job_id)).toMatchObject({ state: 'failed', why: 'Rejected by ada: Keep it.' });
  });

  test('asks only under its own lease: a stale fence and a stranger get nothing', async () => {
    await plane.submit();
    const lease = await runner.startOne();
    expect((await ask({ ...lease, fence: lease.fence + 1 })).code).toBe('conflict.lease_superseded');
    const { json } = await ask(lease);
    const other = await plane.runner('laptop-2');
    const strange = await other.call('approvalWait', {
      params: { lease_id: lease.lease_id, approval_id: json.approval_id },
      query: { wait_ms: '0' },
    });
    expect([strange.status, strange.code]).toEqual([404, 'not_found']);
  });

  test('a no that was given before a restart still stops it', async () => {
    await plane.submit({ approval: { when: 'on_request' } });
    const lease = await runner.startOne();
    const { json } = await ask(lease);
    await decide(json.approval_id, 'rejected');
    await plane.stop();
    const again = await PlaneUnderTest.start({ dataDir: plane.dataDir });
    plane = again;
    const directive = again.hosted.workspace.engine.hot.lease(lease.lease_id)?.directive;
    expect(directive).toMatchObject({ kind: 'stop', cause: 'rejected' });
  });
});

describe('admissions, over HTTP', () => {
  const HOSTS = [{ host: 'registry.lan', port: 443 }];
  const envelopeOf = (assignment: { envelope: { payload: string } }) =>
    JSON.parse(Buffer.from(assignment.envelope.payload, 'base64').toString());

  test('request, grant, use and revoke; the envelope carries the hosts and nothing more', async () => {
    const job = await plane.submit({ network: 'private:registry' });
    expect(job).toMatchObject({ state: 'queued' });
    expect(await plane.job(job.job_id)).toMatchObject({ state: 'held', hold: 'admission' });
    const asked = await plane.call('admissionRequest', {
      body: { network: 'private:registry', source_id: runner.sourceId, hosts: HOSTS, reason: 'npm' },
    });
    expect([asked.status, asked.json.status]).toEqual([201, 'pending']);
    const params = { admission_id: asked.json.admission_id };
    const granted = await plane.call('admissionDecide', { params, body: { decision: 'granted', expires_ms: 60_000 } });
    expect(granted.json).toMatchObject({ status: 'granted', decided_by: 'ada', expires_ms: 60_000 });
    const assignment = await runner.claimOne();
    expect(envelopeOf(assignment).grants).toEqual(HOSTS);
    await runner.onLease('start', assignment.lease.lease_id, { fence: assignment.lease.fence });
    const revoked = await plane.call('admissionRevoke', { params, body: { reason: 'over' } });
    expect(revoked.json.status).toBe('revoked');
    const told = await runner.call('directives', { query: { wait_ms: '0' } });
    expect(told.json.leases[0]).toMatchObject({ directive: 'stop' });
    const { json: list } = await plane.call('admissions', { query: { network: 'private:registry' } });
    expect(list.items.map((a: { status: string }) => a.status)).toEqual(['revoked']);
  });

  test('a public network carries no grant, and what is no host is refused', async () => {
    await plane.submit({ network: 'none' });
    expect(envelopeOf(await runner.claimOne()).grants).toEqual([]);
    for (const host of ['*.lan', 'https://x', '10.0.0.0/8', '', 'a b'])
      expect(
        (
          await plane.call('admissionRequest', {
            body: { network: 'private:x', source_id: runner.sourceId, hosts: [{ host, port: 1 }] },
          })
        ).code,
      ).toBe('field.invalid');
  });
});
