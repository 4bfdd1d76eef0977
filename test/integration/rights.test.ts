import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RouteSpec } from '../../src-server/contract/routes/route-spec.ts';
import { ROUTES, type RouteId } from '../../src-server/contract/routes.ts';
import { ROLE_RIGHTS, ROLES } from '../../src-server/contract/terms.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
const tokens = new Map<string, string>();
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
  for (const role of ROLES) tokens.set(role, await plane.operator(`a-${role}`, role));
});
afterAll(() => plane.close());

const NOBODY = '00000000000000000000000000';
/** Ids in a right form that name nothing, so that a call that is allowed still changes nothing. */
const NOTHING = {
  source_id: `src_${NOBODY}`,
  enrollment_id: `enr_${NOBODY}`,
  job_id: `job_${NOBODY}`,
  lease_id: `lse_${NOBODY}`,
  approval_id: `apr_${NOBODY}`,
  admission_id: `adm_${NOBODY}`,
  operator_id: `opr_${NOBODY}`,
  pool_id: `pool_${NOBODY}`,
  prefix: 'lf_00000000',
  session_id: `ses_${NOBODY}`,
  token_id: `ptk_${NOBODY}`,
  sha256: '0'.repeat(64),
  seq: '999999',
  decision_id: 'D-999999',
  path: 'x',
};
const all = Object.entries(ROUTES) as [RouteId, RouteSpec][];
const withRight = all.filter(([id, route]) => route.right !== undefined && id !== 'stream');

describe('every role at every route with a right', () => {
  test.each(withRight.map(([id, { right }]) => [id, right]))('%s takes "%s"', async (id, right) => {
    for (const role of ROLES) {
      // Fields that are not valid: whoever may call gets as far as being told so, and nothing changes.
      const { body } = ROUTES[id] as RouteSpec;
      const answer = await plane.call(id, {
        bearer: tokens.get(role) ?? '',
        params: NOTHING,
        ...(body === undefined ? {} : { body: body === 'bytes' ? Buffer.from('x') : { unknown: 1 } }),
        key: plane.key(),
      });
      const isAllowed = ROLE_RIGHTS[role].some((r) => r === right);
      expect([id, role, answer.code === 'right.missing']).toEqual([id, role, !isAllowed]);
    }
  });

  test('a refused role changes nothing: the workspace has the entries it had', () => {
    for (const type of ['job.submitted', 'source.enrolled', 'config.changed'])
      expect(plane.entriesOf(type).length).toBe(type === 'config.changed' ? 1 : 0);
  });
});

describe('who is asked for a bearer', () => {
  test.each(all.map(([id, { principal }]) => [id, principal]))('%s: %s', async (id, principal) => {
    const { body } = ROUTES[id] as RouteSpec;
    const answer = await plane.call(id, {
      bearer: null,
      params: NOTHING,
      ...(body === undefined ? {} : { body: body === 'bytes' ? Buffer.from('x') : {} }),
      key: plane.key(),
    });
    expect(answer.code === 'auth.missing').toBe(principal !== 'none');
  });
});

describe('lists', () => {
  // SDK v1 ignores what it does not know, a limit included.
  const lists = all.filter(
    ([id, { method, query, principal }]) =>
      method === 'GET' &&
      principal !== 'api_key' &&
      query?.safeParse({ limit: '1' }).success === true &&
      id !== 'stream',
  );

  test.each(lists.map(([id]) => id))('%s takes a limit of up to 200 and no other', async (id) => {
    const { json: job } = await plane.call('jobSubmit', {
      body: { wu_id: 'WU-1', title: 'x', command: { argv: ['true'] } },
      key: `list-${id}`,
    });
    const params = { ...NOTHING, job_id: job.job_id };
    for (const limit of ['1', '200']) expect((await plane.call(id, { params, query: { limit } })).status).toBe(200);
    for (const limit of ['201', '0', '-1', '1.5', '', 'x', '9'.repeat(40)])
      expect((await plane.call(id, { params, query: { limit } })).code).toBe('field.invalid');
    expect((await plane.call(id, { params, query: { limit: '1', colour: 'red' } })).code).toBe('field.invalid');
  });

  test.each(['jobs', 'sources', 'enrollments', 'leases'] as const)(
    '%s: all pages together are everything, each once, while more is added',
    async (id) => {
      const made = await PlaneUnderTest.start();
      const runner = await made.runner('laptop-0', { capacity: 10 });
      const add = async (n: number): Promise<void> => {
        await made.enroll(`laptop-${n}`);
        await made.submit({ wu_id: `WU-${n}` });
        await runner.claim({ capacity: 10 });
      };
      for (let n = 1; n <= 7; n++) await add(n);
      const key = ({ jobs: 'job_id', sources: 'source_id', enrollments: 'enrollment_id', leases: 'lease_id' } as const)[
        id
      ];
      const before = new Set((await made.call(id)).json.items.map((row: Record<string, string>) => row[key]));
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { json } = await made.call(id, { query: { limit: '3', ...(cursor === '' ? {} : { cursor }) } });
        seen.push(...json.items.map((row: Record<string, string>) => row[key]));
        if (seen.length === 3) await add(99);
        cursor = json.next_cursor as string | null;
      }
      expect(new Set(seen).size).toBe(seen.length);
      for (const one of before) expect(seen).toContain(one);
      await made.close();
    },
  );

  test('a cursor that is none starts nowhere else than at a page', async () => {
    for (const cursor of ['bm90LWEtbnVtYmVy', '_', 'LTE', 'OTk5OTk5OTk5OTk5OTk5OTk5OTk']) {
      const answer = await plane.call('jobs', { query: { cursor } });
      expect([200, 422]).toContain(answer.status);
    }
  });
});
