import { existsSync, statSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EgressRules } from './destination.ts';
import { EgressProxy, type Resolve } from './egress-proxy.ts';

/** An address of this machine that is not loopback: stands for a host in a private network. */
const LAN = Object.values(networkInterfaces())
  .flat()
  .find((entry) => entry?.family === 'IPv4' && !entry.internal)?.address;

let server: Server;
let port: number;
let proxy: EgressProxy;
beforeEach(async () => {
  server = createServer((incoming, response) =>
    response.end(`${incoming.method} ${incoming.url} ${incoming.headers.host}`),
  );
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const openProxy = async (rules: EgressRules, resolve?: Resolve): Promise<void> => {
  proxy = new EgressProxy(rules, resolve);
  await proxy.open();
};
/** What CONNECT answers, and what the host behind it says to a request. */
const tunnel = (target: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(proxy.socketPath);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes;
      if (text.endsWith('established\r\n\r\n')) socket.write('GET /t HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    });
    socket.on('close', () => resolve(text)).on('error', reject);
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  });
const plain = (url: string): Promise<{ status?: number; body: string }> =>
  new Promise((resolve, reject) => {
    request({ socketPath: proxy.socketPath, path: url }, (answer) => {
      let body = '';
      answer.on('data', (bytes) => (body += bytes)).on('end', () => resolve({ status: answer.statusCode, body }));
    })
      .on('error', reject)
      .end();
  });

test.runIf(LAN !== undefined)(
  'lets an admitted host and port through, and records it with its bytes (only on a machine in a network)',
  async () => {
    await openProxy({ admitted: [{ host: 'db.internal', port }], listed: [] }, async () => [LAN as string]);
    expect(await tunnel(`db.internal:${port}`)).toContain('GET /t h');
    expect(await plain(`http://db.internal:${port}/x?y=1`)).toEqual({
      status: 200,
      body: `GET /x?y=1 db.internal:${port}`,
    });
    expect(proxy.log.records.map(({ verdict, host }) => [host, verdict])).toEqual([
      ['db.internal', 'allowed'],
      ['db.internal', 'allowed'],
    ]);
    const [first] = proxy.log.records;
    expect(first?.sent_bytes).toBe(47);
    expect(first?.received_bytes).toBeGreaterThan(20);
  },
);

test('refuses every other host and port before it asks for its address', async () => {
  const asked: string[] = [];
  await openProxy(
    { admitted: [{ host: 'db.internal', port: 5432 }], listed: [{ host: 'a.example', port: 443 }] },
    async (host) => {
      asked.push(host);
      return ['127.0.0.1'];
    },
  );
  for (const target of ['db.internal:22', 'a.example:80', `127.0.0.1:${port}`, '169.254.169.254:80'])
    expect(await tunnel(target)).toMatch(/^HTTP\/1\.1 403/);
  expect((await plain('http://169.254.169.254/latest/meta-data')).status).toBe(403);
  expect(asked).toEqual([]);
  expect(proxy.log.records.map(({ verdict }) => verdict)).toEqual(new Array(5).fill('not_granted'));
});

test.each(['127.0.0.1', '169.254.169.254', '10.0.0.9', '::1', '::ffff:127.0.0.1'])(
  'a granted name that resolves to %s is refused, so a name cannot be bent to the inside',
  async (address) => {
    await openProxy({ admitted: [], listed: [{ host: 'a.example', port }] }, async () => [address]);
    expect(await tunnel(`a.example:${port}`)).toMatch(/^HTTP\/1\.1 403/);
    expect(proxy.log.records).toMatchObject([
      { host: 'a.example', port, verdict: 'address_refused', received_bytes: 0 },
    ]);
  },
);

test('asks once and connects to the very address that it judged', async () => {
  let asked = 0;
  const answers = [['203.0.113.77'], ['127.0.0.1']];
  await openProxy({ admitted: [{ host: 'rebind.example', port }], listed: [] }, async () => answers[asked++] ?? []);
  void tunnel(`rebind.example:${port}`).catch(() => '');
  await expect.poll(() => asked).toBe(1);
  expect(proxy.log.records.filter(({ verdict }) => verdict === 'allowed')).toEqual([]);
});

test('says what is not there', async () => {
  await openProxy({ admitted: [{ host: 'gone.internal', port: 1 }], listed: [] }, async () => {
    throw new Error('ENOTFOUND');
  });
  expect(await tunnel('gone.internal:1')).toMatch(/^HTTP\/1\.1 502/);
  expect(proxy.log.records[0]?.verdict).toBe('unresolved');
});

test('records what it was still looking for when the job ended, once', async () => {
  let answer = (_: string[]): void => undefined;
  const asked = new Promise<void>((isAsked) => {
    void openProxy(
      { admitted: [{ host: 'slow.internal', port: 1 }], listed: [] },
      () =>
        new Promise((resolve) => {
          answer = resolve;
          isAsked();
        }),
    ).then(() => tunnel('slow.internal:1').catch(() => ''));
  });
  await asked;
  await proxy.close();
  expect(proxy.log.records).toMatchObject([{ host: 'slow.internal', port: 1, verdict: 'unresolved' }]);
  answer(['10.0.0.9']);
  await new Promise(setImmediate);
  expect(proxy.log.records).toHaveLength(1);
  await openProxy({ admitted: [], listed: [] });
});

test.each([
  'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  'CONNECT nonsense HTTP/1.1\r\n\r\n',
  'GET https://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n',
  '\0\0\0\0\r\n\r\n',
])('lets nothing through that is no proxy request: %j', async (text) => {
  await openProxy({ admitted: [], listed: [{ host: 'a.example', port: 443 }] }, async () => ['127.0.0.1']);
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(proxy.socketPath);
    let said = '';
    socket
      .on('data', (bytes) => (said += bytes))
      .on('close', () => resolve(said))
      .on('error', () => resolve(said));
    socket.write(text);
  });
  expect(answer).not.toMatch(/ 200 /);
  expect(proxy.log.records).toEqual([]);
});

test('its socket lies where only its user can reach it, and goes with it', async () => {
  await openProxy({ admitted: [], listed: [] });
  expect(statSync(dirname(proxy.socketPath)).mode & 0o777).toBe(0o700);
  await proxy.close();
  expect(existsSync(proxy.socketPath)).toBe(false);
  await openProxy({ admitted: [], listed: [] });
});

test('counts what it no longer lists', async () => {
  await openProxy({ admitted: [], listed: [] });
  for (let i = 0; i < 205; i += 1) proxy.log.add('h.example', 1, 'not_granted');
  expect([proxy.log.records.length, proxy.log.omitted]).toEqual([200, 5]);
});
