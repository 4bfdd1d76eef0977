import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PLAIN_JOB, PlaneUnderTest } from '../helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  runner = await plane.runner('laptop-1');
});
afterEach(() => plane.close());

describe('row 19: requests that come twice', () => {
  test('a completion with the same key answers the same bytes and debits once', async () => {
    await plane.submit();
    const lease = await runner.startOne();
    const first = await runner.complete(lease, {}, 'end-1');
    const again = await runner.complete(lease, {}, 'end-1');
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(plane.entriesOf('job.settled')).toHaveLength(1);
    const other = await runner.complete(lease, { exit_code: 1, outcome: 'failed' }, 'end-1');
    expect([other.status, other.code]).toEqual([422, 'idempotency.key_reused']);
    expect((await runner.complete(lease)).code).toBe('conflict.lease_superseded');
  });

  test('a submit with the same key is the same job, byte for byte, also after it moved on and after a restart', async () => {
    const send = (target: PlaneUnderTest, body: object = PLAIN_JOB) =>
      target.call('jobSubmit', { bearer: token, body, key: 'once' });
    let token = await plane.operator('olga', 'operator');
    const first = await send(plane);
    expect(first.status).toBe(201);
    await runner.startOne();
    expect((await send(plane)).text).toBe(first.text);
    expect((await send(plane, { ...PLAIN_JOB, title: 'Other' })).code).toBe('idempotency.key_reused');
    await plane.stop();
    plane = await PlaneUnderTest.start({ dataDir: plane.dataDir });
    const again = await send(plane);
    expect([again.status, again.text]).toEqual([201, first.text]);
    token = plane.adminToken;
    // The key of one caller is not that of another.
    expect((await send(plane)).json.job_id).not.toBe(first.json.job_id);
  });

  test('many submits with one key at the same moment are one job', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        plane.call('jobSubmit', { body: { ...PLAIN_JOB, inputs: [{ path: 'a', text: 'b' }] }, key: 'race' }),
      ),
    );
    expect(new Set(answers.map((a) => a.text)).size).toBe(1);
    expect(plane.entriesOf('job.submitted')).toHaveLength(1);
  });

  test('a submit and a claim need a key, and a key has a form', async () => {
    for (const call of [
      plane.call('jobSubmit', { body: PLAIN_JOB }),
      runner.call('claim', { body: { capacity: 1 } }),
    ]) {
      const answer = await call;
      expect([answer.status, answer.code]).toEqual([400, 'idempotency.key_missing']);
    }
    expect((await plane.call('jobSubmit', { body: PLAIN_JOB, key: 'a b' })).code).toBe('field.invalid');
    expect((await plane.call('jobSubmit', { body: PLAIN_JOB, key: 'x'.repeat(129) })).code).toBe('field.invalid');
  });

  test('a repeated claim returns its grants while the lease lives, and then says that they ended', async () => {
    await plane.submit();
    await plane.submit();
    const first = await runner.claim({}, 'claim-1');
    const again = await runner.claim({}, 'claim-1');
    expect(again.json.assignments[0].lease.lease_id).toBe(first.json.assignments[0].lease.lease_id);
    expect(plane.entriesOf('lease.granted')).toHaveLength(1);
    expect((await runner.claim({ max: 2 }, 'claim-1')).code).toBe('idempotency.key_reused');
    const { lease } = first.json.assignments[0];
    await runner.onLease('release', lease.lease_id, { fence: lease.fence });
    expect((await runner.claim({}, 'claim-1')).code).toBe('conflict.lease_superseded');
  });

  test('a claim that got nothing is not recorded: the same key may get something later', async () => {
    expect((await runner.claim({}, 'empty')).status).toBe(204);
    await plane.submit();
    expect((await runner.claim({}, 'empty')).status).toBe(200);
  });

  test('any other action with a key has one effect, and the same bytes for its repeats', async () => {
    const pause = (body: object) => plane.call('pause', { body, key: 'pause-1' });
    const first = await pause({ reason: 'lunch' });
    await plane.call('resume', { body: {} });
    expect((await pause({ reason: 'lunch' })).text).toBe(first.text);
    expect((await plane.call('overview')).json.workspace.paused).toBe(false);
    expect((await pause({ reason: 'other' })).code).toBe('idempotency.key_reused');
  });

  test('while the first one runs, the second is told to wait', async () => {
    const create = () => plane.call('workspaceCreate', { body: { name: 'second' }, key: 'new-1' });
    const answers = await Promise.all([create(), create(), create()]);
    expect(answers.map((a) => a.status).sort()).toEqual([201, 409, 409]);
    expect(new Set(answers.filter((a) => a.status === 409).map((a) => a.code))).toEqual(
      new Set(['idempotency.in_progress']),
    );
    expect((await create()).text).toBe(answers.find((a) => a.status === 201)?.text);
  });

  test('a refused action leaves its key free', async () => {
    await plane.enroll('taken');
    const body = (name: string) => ({ name, kind: 'laptop' });
    expect((await plane.call('enrollmentCreate', { body: body('taken'), key: 'enr' })).code).toBe(
      'conflict.source_name',
    );
    expect((await plane.call('enrollmentCreate', { body: body('free'), key: 'enr' })).status).toBe(201);
  });

  test('a secret is never repeated; the answer names what to reissue', async () => {
    const create = () => plane.call('enrollmentCreate', { body: { name: 'laptop-2', kind: 'laptop' }, key: 'enr-2' });
    const first = await create();
    const again = await create();
    expect([again.status, again.code]).toEqual([409, 'idempotency.secret_not_repeatable']);
    expect(again.json.enrollment_id).toBe(first.json.enrollment_id);
    expect(again.text).not.toContain(first.json.credential);
    const operator = () => plane.call('operatorCreate', { body: { name: 'olga', role: 'viewer' }, key: 'opr' });
    const made = await operator();
    expect((await operator()).json.operator_id).toBe(made.json.operator_id);
  });
});
