import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkProblem } from '../helpers/checked-call.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

describe('row 10: addresses that lead nowhere', () => {
  test.each([
    '/api/v1/nothing',
    '/api/v1/',
    '/api/v2/health',
    '/api/v1/health/',
    '/API/v1/health',
    '/api/v1/../v1/health',
    '/api/v1/./health',
    '/api/v1/%2e%2e/health',
    '/api/v1/%2E/health',
    '/api/v1/health%00',
    '/api//v1/health',
    '//api/v1/health',
    '/api\\v1\\health',
    '/api/v1/%5chealth',
    '/api/v1/%ff',
    '/../../etc/passwd',
    '/assets/../../plane.key',
    '/assets/%2e%2e/plane.key',
    '/assets/..%2fplane.key',
    '/plane.key',
    '/.git/config',
    '*',
  ])('%s', async (path) => {
    const answer = await plane.raw('GET', path, { authorization: `Bearer ${plane.adminToken}` });
    checkProblem(answer);
    expect([answer.status, answer.code]).toEqual([404, 'not_found']);
  });

  test.each([
    ['DELETE', '/api/v1/health', 'GET'],
    ['POST', '/api/v1/health', 'GET'],
    ['HEAD', '/api/v1/health', 'GET'],
    ['TRACE', '/api/v1/health', 'GET'],
    ['GET', '/api/v1/runtime/claim', 'POST'],
    ['PUT', '/api/v1/session', 'GET, DELETE'],
  ])('%s %s is not offered, and what is stands in Allow', async (method, path, allow) => {
    const answer = await plane.raw(method, path);
    if (method !== 'HEAD') {
      checkProblem(answer);
      expect(answer.code).toBe('method.not_allowed');
    }
    expect(answer.status).toBe(405);
    expect(String(answer.headers.allow).split(', ').sort()).toEqual(allow.split(', ').sort());
  });

  test('the console is served with its guards, and says so when it was not built', async () => {
    for (const path of ['/', '/sign-in', `/dashboard/${plane.workspaceId}/jobs`]) {
      const answer = await plane.raw('GET', path);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('npm run build');
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['x-powered-by']).toBeUndefined();
    }
  });
});
