import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkProblem } from '../helpers/checked-call.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { dial, readAnswer, sendRaw } from '../helpers/raw-http.ts';

let plane: PlaneUnderTest;
let host: string;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
  host = `Host: 127.0.0.1:${plane.port}\r\n`;
});
afterAll(() => plane.close());

const POST = 'POST /api/v1/sign-in HTTP/1.1\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';

describe('row 6: requests that are framed badly', () => {
  test.each([
    [
      'a length and chunks',
      () => `${POST}${host}${JSON_TYPE}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two lengths', () => `${POST}${host}${JSON_TYPE}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a length that is no number', () => `${POST}${host}${JSON_TYPE}Content-Length: two\r\n\r\n{}`],
    ['bare line feeds', () => `${POST.replace('\r', '')}${host.replace('\r', '')}\n`],
    ['a header without a name', () => `${POST}${host}: x\r\n\r\n`],
    ['a space before the colon', () => `${POST}${host}X : y\r\n\r\n`],
    ['an obsolete line fold', () => `${POST}${host}X: y\r\n z\r\n\r\n`],
    [
      'chunks of a wrong size',
      () => `${POST}${host}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    ],
    ['no HTTP at all', () => '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n'],
  ])('answers 400 to %s', async (_, bytes) => {
    const answer = await sendRaw(plane.port, bytes());
    checkProblem(answer);
    expect([answer.status, answer.code]).toEqual([400, 'request.malformed']);
  });

  test('answers 431 to 17 KiB of headers', async () => {
    const answer = await sendRaw(
      plane.port,
      `GET /api/v1/health HTTP/1.1\r\n${host}X: ${'a'.repeat(17 * 1024)}\r\n\r\n`,
    );
    checkProblem(answer);
    expect([answer.status, answer.code]).toEqual([431, 'headers.too_large']);
  });

  test('answers 414 to an address of 9 KiB', async () => {
    const answer = await plane.raw('GET', `/api/v1/health?${'a'.repeat(9 * 1024)}`);
    checkProblem(answer);
    expect([answer.status, answer.code]).toEqual([414, 'url.too_long']);
  });

  test('answers 408 to headers that never end', { timeout: 30_000 }, async () => {
    const socket = await dial(plane.port);
    socket.write(`GET /api/v1/health HTTP/1.1\r\n${host}X-Slow: `);
    const answer = await readAnswer(socket);
    checkProblem(answer);
    expect([answer.status, answer.code]).toEqual([408, 'request.timeout']);
  });

  test('answers 408 to a body that never ends', async () => {
    const socket = await dial(plane.port);
    socket.write(`${POST}${host}${JSON_TYPE}Content-Length: 100\r\n\r\n{"code":`);
    const answered = readAnswer(socket);
    // The body has begun to be waited for once a later request was answered.
    await plane.call('health', { bearer: null });
    plane.clock.advance(60_001);
    const answer = await answered;
    checkProblem(answer);
    expect([answer.status, answer.code]).toEqual([408, 'request.timeout']);
  });

  test('refuses to become a tunnel or another protocol', async () => {
    const tunnel = await sendRaw(
      plane.port,
      `CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n`,
    ).catch(() => null);
    expect(tunnel?.status ?? 0).not.toBe(200);
    const upgrade = await sendRaw(
      plane.port,
      `GET /api/v1/health HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    expect(upgrade.status).toBe(200);
    const proxied = await sendRaw(plane.port, `GET http://evil.example/ HTTP/1.1\r\n${host}\r\n`);
    expect(proxied.status).toBe(404);
  });

  test('600 idle connections do not keep an honest request waiting', async () => {
    const idle: Socket[] = [];
    for (let n = 0; n < 600; n++) {
      const socket = await dial(plane.port);
      // Half of them begin a request and stop there.
      if (n % 2 === 0) socket.write('POST /api/v1/runtime/claim HT');
      socket.on('error', () => undefined);
      idle.push(socket);
    }
    const before = process.hrtime.bigint();
    expect((await plane.call('health', { bearer: null })).status).toBe(200);
    const tookMs = Number(process.hrtime.bigint() - before) / 1e6;
    for (const socket of idle) socket.destroy();
    expect(tookMs).toBeLessThan(500);
  });
});
