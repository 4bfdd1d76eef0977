import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RouteSpec } from '../../src-server/contract/routes/route-spec.ts';
import { ROUTES, type RouteId } from '../../src-server/contract/routes.ts';
import { PLAIN_JOB, PlaneUnderTest } from '../helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
let ids: Record<string, string>;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
  runner = await plane.runner('laptop-1');
  await plane.submit();
  const lease = await runner.startOne();
  const { items } = (await plane.call('enrollments')).json;
  ids = {
    source_id: runner.sourceId,
    enrollment_id: items[0].enrollment_id,
    job_id: lease.job_id,
    lease_id: lease.lease_id,
    sha256: '0'.repeat(64),
    seq: '1',
    path: 'a.txt',
  };
});
afterAll(() => plane.close());

const NASTY = [
  '',
  '0',
  '-1',
  '1e9',
  '__proto__',
  'constructor',
  '%',
  "'",
  '"',
  ';--',
  '\u0000',
  '\ud83d\ude00',
  '../..',
  'null',
];
const value = fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 40 }), fc.integer().map(String));
const NAMES = [
  'limit',
  'cursor',
  'state',
  'q',
  'after',
  'wait_ms',
  'offset',
  'from',
  'job_id',
  'range',
  'stream',
  'attempt',
];
const query = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 3 });
/** Streams and polls hold their connection, and these end what the others need. */
const LEFT_OUT: ReadonlySet<string> = new Set(['stream', 'signOut', 'stopEverything', 'sessionEnd', 'sourceRevoke']);
const routes = (Object.entries(ROUTES) as [RouteId, RouteSpec][]).filter(([id]) => !LEFT_OUT.has(id));
const reads = routes.filter(([, { method }]) => method === 'GET').map(([id]) => id);
const writes = routes
  .filter(([, { body }]) => body !== undefined && body !== 'bytes')
  .map(([id, { principal }]) => [id, principal] as const);

/** A body that is nearly right: real fields with one value or name of another kind. */
const FIELDS = {
  ...PLAIN_JOB,
  fence: 1,
  capacity: 1,
  outcome: 'succeeded',
  usage: { runtime_ms: 1 },
  reason: 'x',
  name: 'laptop-9',
  kind: 'laptop',
  base_version: 1,
  mode: 'byoc_first',
  items: [{}],
  checks: [{ id: 'x', required: true, passed: true, detail: '' }],
  stream: 'stdout',
  offset: 0,
  data: 'x',
};
const json = fc.jsonValue({ maxDepth: 3 });
const body = fc.oneof(
  json,
  fc.dictionary(fc.constantFrom(...Object.keys(FIELDS)), json, { maxKeys: 5 }),
  fc.subarray(Object.entries(FIELDS)).map((entries) => Object.fromEntries(entries)),
);

describe('whatever is sent, the answer is one of the contract and never a fault of ours', () => {
  test('reads', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...reads), query, fc.boolean(), value, async (id, asked, isKnown, other) => {
        const params = isKnown ? ids : Object.fromEntries(Object.keys(ids).map((name) => [name, other || 'x']));
        const bearer = ROUTES[id].principal === 'runner' ? runner.token : plane.adminToken;
        const { wait_ms: _, ...quick } = asked;
        const answer = await plane.call(id, { bearer, params, query: quick });
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: 600 },
    );
  });

  test('writes', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...writes), body, async ([id, principal], sent) => {
        const bearer = principal === 'runner' || principal === 'claim' ? runner.token : plane.adminToken;
        const text = JSON.stringify(sent);
        const answer = await plane.call(id, { bearer, params: ids, body: text, key: plane.key() });
        expect([id, text, answer.status >= 500]).toEqual([id, text, false]);
      }),
      { numRuns: 800 },
    );
    expect((await plane.call('health', { bearer: null })).json.status).toBe('ok');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
