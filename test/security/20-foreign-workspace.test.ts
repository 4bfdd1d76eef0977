import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RouteSpec } from '../../src-server/contract/routes/route-spec.ts';
import { ROUTES, type RouteId } from '../../src-server/contract/routes.ts';
import { PLAIN_JOB, PlaneUnderTest } from '../helpers/plane-under-test.ts';

const NOBODY = '0123456789ABCDEFGHJKMNPQRS';
let plane: PlaneUnderTest;
let other: string;
let ids: Record<string, string>;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
  const made = await plane.call('workspaceCreate', { body: { name: 'second' } });
  other = made.json.workspace_id;
  const enrollment = await plane.enroll('laptop-1');
  const runner = await plane.runner('laptop-2');
  const job = await plane.submit({ outputs: ['out.txt'] });
  const lease = await runner.startOne();
  const artifact = await runner.artifact(lease, 'out.txt', Buffer.from('bytes of the first workspace'));
  ids = {
    job_id: job.job_id,
    source_id: enrollment.source_id,
    enrollment_id: enrollment.enrollment_id,
    lease_id: lease.lease_id,
    sha256: artifact.json.sha256,
    approval_id: `apr_${NOBODY}`,
    admission_id: `adm_${NOBODY}`,
    operator_id: `opr_${NOBODY}`,
    seq: '9999',
  };
});
afterAll(() => plane.close());

/** The same body but for the ids that the request itself named, and its own id. */
const shape = (text: string): string =>
  text
    .replace(/"request_id":"[^"]+"/, '')
    .replace(/\b(job|src|enr|lse|apr|adm)_[0-9A-Z]{26}\b|\b[0-9a-f]{64}\b/g, 'ID');
const BODIES: Partial<Record<RouteId, unknown>> = {
  sourcePatch: { capacity: 2 },
  poolPatch: { capacity: 2 },
  approvalDecide: { decision: 'approved' },
  jobUnblock: { change: 'label.add', target: 'src_none' },
  admissionDecide: { decision: 'granted' },
  jobPatch: { base_digest: `sha256:${'0'.repeat(64)}` },
};
const withObject = (Object.entries(ROUTES) as [RouteId, RouteSpec][]).filter(
  ([, route]) => /\{workspace_id\}.*\{/.test(route.path) && route.method !== 'PUT',
);

describe('row 20: ids of another workspace', () => {
  test.each(withObject.map(([id]) => id))('%s answers as if they did not exist', async (id) => {
    const route: RouteSpec = ROUTES[id];
    const body = route.body === undefined ? undefined : (BODIES[id] ?? {});
    const unknown = Object.fromEntries(
      Object.keys(ids).map((name) => [
        name,
        name === 'sha256' ? '0'.repeat(64) : (ids[name] as string).replace(/_.*/, `_${NOBODY}`),
      ]),
    );
    const foreign = await plane.call(id, { params: { ...ids, workspace_id: other }, body });
    const missing = await plane.call(id, { params: { ...unknown, workspace_id: other }, body });
    expect([foreign.status, foreign.code]).toEqual([404, 'not_found']);
    expect(shape(foreign.text)).toBe(shape(missing.text));
  });

  test.each(['jobs', 'sources', 'enrollments', 'leases', 'overview', 'settings'] as const)(
    '%s of a workspace that is not here is the same 404',
    async (id) => {
      const answer = await plane.call(id, { params: { workspace_id: `ws_${NOBODY}` } });
      expect([answer.status, answer.code]).toEqual([404, 'not_found']);
    },
  );

  test('lists of one workspace show nothing of the other', async () => {
    for (const id of ['jobs', 'sources', 'enrollments', 'leases'] as const)
      expect((await plane.call(id, { params: { workspace_id: other } })).json.items).toEqual([]);
    const evidence = await plane.call('evidence', { params: { workspace_id: other } });
    expect(evidence.text).not.toContain(plane.workspaceId);
  });

  test('a job may not take an input that only the other workspace has', async () => {
    const answer = await plane.call('jobSubmit', {
      params: { workspace_id: other },
      key: plane.key(),
      body: { ...PLAIN_JOB, inputs: [{ path: 'a', sha256: ids.sha256 }] },
    });
    expect([answer.status, answer.code]).toEqual([422, 'input.unknown']);
  });

  test('work of one is never granted to a runner of the other', async () => {
    await plane.call('jobSubmit', { params: { workspace_id: other }, key: plane.key(), body: PLAIN_JOB });
    const runner = await plane.runner('laptop-3');
    expect((await runner.claim()).status).toBe(204);
  });
});
