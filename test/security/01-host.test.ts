import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkProblem } from '../helpers/checked-call.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { sendRaw } from '../helpers/raw-http.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

describe('row 1: the name under which the plane is asked for', () => {
  test.each([
    ['another site', () => 'evil.example'],
    ['another port of this machine', () => 'localhost:1'],
    ['localhost without its port', () => 'localhost'],
    ['an address as one number', () => `2130706433:${plane.port}`],
    ['a short hexadecimal address', () => `0x7f.1:${plane.port}`],
    ['every address', () => `0.0.0.0:${plane.port}`],
    ['a trailing dot', () => `localhost.:${plane.port}`],
    ['another loopback address', () => `127.0.0.2:${plane.port}`],
  ])('refuses %s before it looks at the route', async (_, host) => {
    for (const path of ['/api/v1/health', '/', '/nothing/here']) {
      const answer = await plane.raw('GET', path, { host: host() });
      checkProblem(answer);
      expect([answer.status, answer.code]).toEqual([403, 'host.not_allowed']);
    }
  });

  test.each([
    ['missing', (_port: number) => ''],
    ['sent twice', (port: number) => `Host: 127.0.0.1:${port}\r\nHost: 127.0.0.1:${port}\r\n`],
    ['sent twice, once for another site', (port: number) => `Host: 127.0.0.1:${port}\r\nHost: evil.example\r\n`],
    ['empty', (_port: number) => 'Host: \r\n'],
    ['with a path', (port: number) => `Host: 127.0.0.1:${port}/x\r\n`],
    ['with a user', (port: number) => `Host: a@127.0.0.1:${port}\r\n`],
  ])('refuses a Host that is %s', async (_, header) => {
    const answer = await sendRaw(plane.port, `GET /api/v1/health HTTP/1.1\r\n${header(plane.port)}\r\n`);
    checkProblem(answer);
    expect([400, 403]).toContain(answer.status);
  });

  test('serves its own names, whatever their case', async () => {
    for (const host of [`127.0.0.1:${plane.port}`, `localhost:${plane.port}`, `LOCALHOST:${plane.port}`])
      expect((await plane.raw('GET', '/api/v1/health', { host })).status).toBe(200);
  });

  test('serves the authority of its public URL too', async () => {
    const open = await PlaneUnderTest.start({ publicUrl: 'https://plane.example' });
    expect((await open.raw('GET', '/api/v1/health', { host: 'plane.example' })).status).toBe(200);
    expect((await open.raw('GET', '/api/v1/health', { host: 'plane.example:444' })).status).toBe(403);
    await open.close();
  });
});
