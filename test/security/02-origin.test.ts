import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkProblem } from '../helpers/checked-call.ts';
import { PLAIN_JOB, PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

describe('row 2: a page of another site calls', () => {
  test.each([
    ['another site', () => 'https://evil.example'],
    ['null', () => 'null'],
    ['another port', () => 'http://127.0.0.1:1'],
    ['the same name by another scheme', () => `https://127.0.0.1:${plane.port}`],
    ['an empty one', () => ''],
  ])('refuses the origin of %s even with a good bearer, and does nothing', async (_, origin) => {
    const answer = await plane.call('jobSubmit', { body: PLAIN_JOB, key: plane.key(), headers: { origin: origin() } });
    expect([answer.status, answer.code]).toEqual([403, 'origin.not_allowed']);
    expect((await plane.call('jobs')).json.items).toEqual([]);
  });

  test('serves its own pages', async () => {
    for (const origin of [`http://127.0.0.1:${plane.port}`, `http://localhost:${plane.port}`])
      expect((await plane.call('jobs', { headers: { origin } })).status).toBe(200);
  });
});

describe('row 3: a preflight', () => {
  test.each(['/api/v1/workspaces', '/api/v1/runtime/claim', '/', '/nothing'])('is refused for %s', async (path) => {
    const answer = await plane.raw('OPTIONS', path, {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    });
    checkProblem(answer);
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('no answer ever carries an Access-Control header', async () => {
    const answer = await plane.call('session', { headers: { origin: plane.url } });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
