import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemError } from '../contract/problems.ts';
import { authoritiesOf, guardHost } from './host-guard.ts';

/** Requests as Node reads them, from a server that only keeps the last one. */
let last: IncomingMessage | null = null;
const server = createServer((message, response) => {
  last = message;
  response.end();
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())));
afterAll(() => server.close());

async function guarded(
  headers: Record<string, string>,
  { method = 'GET', publicUrl = null as string | null, isTls = false } = {},
): Promise<string> {
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, headers }, (response) => {
      response.resume().on('end', () => resolve());
    });
    sent.on('error', reject);
    sent.end();
  });
  try {
    guardHost(last as IncomingMessage, authoritiesOf(7070, isTls, publicUrl));
    return 'passed';
  } catch (error) {
    return (error as ProblemError).code;
  }
}

describe('guardHost', () => {
  test.each([
    [{ host: '127.0.0.1:7070' }, 'passed'],
    [{ host: 'localhost:7070' }, 'passed'],
    [{ host: 'LocalHost:7070' }, 'passed'],
    [{ host: 'localhost:7071' }, 'host.not_allowed'],
    [{ host: 'localhost' }, 'host.not_allowed'],
    [{ host: 'localhost.:7070' }, 'host.not_allowed'],
    [{ host: '[::1]:7070' }, 'host.not_allowed'],
    [{ host: '127.0.0.1:07070' }, 'host.not_allowed'],
    [{ host: 'localhost:7070, evil.example' }, 'request.malformed'],
    [{ host: 'user@localhost:7070' }, 'request.malformed'],
    [{ host: '127.0.0.1:7070', origin: 'http://127.0.0.1:7070' }, 'passed'],
    [{ host: '127.0.0.1:7070', origin: 'http://localhost:7070' }, 'passed'],
    [{ host: '127.0.0.1:7070', origin: 'https://127.0.0.1:7070' }, 'origin.not_allowed'],
    [{ host: '127.0.0.1:7070', origin: 'null' }, 'origin.not_allowed'],
    [{ host: '127.0.0.1:7070', origin: '' }, 'origin.not_allowed'],
    [{ host: '127.0.0.1:7070', origin: 'http://127.0.0.1:7070.evil.example' }, 'origin.not_allowed'],
  ])('%j is %s', async (headers, verdict) => {
    expect(await guarded(headers)).toBe(verdict);
  });

  test('a preflight is refused, also from our own pages', async () => {
    const headers = { host: '127.0.0.1:7070', origin: 'http://127.0.0.1:7070' };
    expect(await guarded(headers, { method: 'OPTIONS' })).toBe('preflight.refused');
  });

  test('the public URL counts by its authority; https of its own when it is served with TLS', async () => {
    const publicUrl = 'https://plane.example';
    expect(await guarded({ host: 'plane.example', origin: publicUrl }, { publicUrl })).toBe('passed');
    expect(await guarded({ host: 'plane.example', origin: 'http://plane.example' }, { publicUrl })).toBe(
      'origin.not_allowed',
    );
    expect(await guarded({ host: 'localhost:7070', origin: 'https://localhost:7070' }, { isTls: true })).toBe('passed');
  });
});
