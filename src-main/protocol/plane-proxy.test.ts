import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryLog } from '../testing/memory-log.ts';
import { createPlaneProxy, type ReachPlane } from './plane-proxy.ts';

const TOKEN = 'cco_0123456789abcdefghijABCDEFGHIJ';
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let reach: ReachPlane;
const log = new MemoryLog();

const call = (path: string, init: RequestInit & { duplex?: 'half' } = {}) =>
  createPlaneProxy(reach, log)(new Request(`app://console${path}`, init), path);

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  reach = async () => ({ url, operator_token: TOKEN });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('what goes to the plane', () => {
  it('carries the bearer and no more of the window than it must', async () => {
    let seen: IncomingMessage | undefined;
    answer = (request, response) => {
      seen = request;
      response.end('{}');
    };
    await call('/api/v1/session', {
      headers: {
        Accept: 'application/json',
        Authorization: 'Bearer cco_fromThePage00000000000000000000',
        'CC-Session': 'left-over',
        'Idempotency-Key': 'k1',
        Origin: 'app://console',
        'X-Other': '1',
      },
    });
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      accept: 'application/json',
      'idempotency-key': 'k1',
    });
    for (const name of ['origin', 'cookie', 'cc-session', 'x-other']) expect(seen?.headers[name]).toBeUndefined();
  });

  it('sends JSON whole, with its length', async () => {
    let length: string | undefined;
    answer = async (request, response) => {
      length = request.headers['content-length'];
      response.end(await text(request));
    };
    const body = JSON.stringify({ title: 'Zażółć' });
    const got = await call('/api/v1/x', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    expect(await got.text()).toBe(body);
    expect(length).toBe(String(Buffer.byteLength(body)));
  });

  it('streams other bytes', async () => {
    answer = async (request, response) => void response.end(String((await text(request)).length));
    const body = new Blob(['x'.repeat(300_000)]).stream();
    expect(await (await call('/api/v1/blob', { method: 'PUT', body, duplex: 'half' })).text()).toBe('300000');
  });
});

describe('what comes back', () => {
  it('keeps status, type and position, and drops cookies', async () => {
    answer = (_request, response) => {
      response.writeHead(409, { 'Content-Type': 'application/problem+json', 'CC-Seq': '12', 'Set-Cookie': 'a=b' });
      response.end('{"code":"conflict.state"}');
    };
    const got = await call('/api/v1/x');
    expect([got.status, got.headers.get('CC-Seq'), got.headers.get('Set-Cookie')]).toEqual([409, '12', null]);
    expect(await got.json()).toEqual({ code: 'conflict.state' });
  });

  it('passes an answer without a body', async () => {
    answer = (_request, response) => void response.writeHead(204).end();
    expect((await call('/api/v1/session', { method: 'DELETE' })).status).toBe(204);
  });

  it('passes events one by one as they come', async () => {
    let plane: ServerResponse | undefined;
    answer = (_request, response) => {
      plane = response;
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('id: 1\n\n');
    };
    const got = await call('/api/v1/workspaces/ws_1/stream');
    const reader = got.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('id: 1\n\n');
    plane?.write('id: 2\n\n');
    expect((await reader.read()).value).toBe('id: 2\n\n');
    const closed = once(plane!, 'close');
    await reader.cancel();
    await closed;
  });

  it('ends the call to the plane when the window gives up before the answer', async () => {
    const asked = deferred<ServerResponse>();
    answer = (_request, response) => asked.resolve(response);
    const giveUp = new AbortController();
    const pending = call('/api/v1/x', { signal: giveUp.signal });
    const response = await asked.promise;
    const closed = once(response, 'close');
    giveUp.abort();
    await expect(pending).rejects.toThrow();
    await closed;
  });
});

describe('a plane that is not there', () => {
  it('is a problem document with the reason', async () => {
    reach = async () => ({ sentence: 'The control plane is starting.' });
    const got = await call('/api/v1/x');
    expect(got.status).toBe(503);
    expect(await got.json()).toMatchObject({ code: 'plane.stopping', detail: 'The control plane is starting.' });
  });

  it('does not follow a redirect with the bearer', async () => {
    answer = (_request, response) => void response.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end();
    expect((await call('/api/v1/x')).status).toBe(503);
    expect(log.names()).toContain('proxy.unreachable');
    expect(JSON.stringify(log.events)).not.toContain(TOKEN);
  });
});

/** A promise and what settles it. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((take) => {
    resolve = take;
  });
  return { promise, resolve };
}
