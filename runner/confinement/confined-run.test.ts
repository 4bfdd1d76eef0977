import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { type Dsse, openDsse } from '../dsse.ts';
import { FakePlane } from '../testing/fake-plane.ts';
import { jobSpec } from '../testing/fake-wire.ts';
import { TestRunner } from '../testing/harness.ts';
import type { Capabilities } from './capabilities.ts';
import { probeCapabilities } from './probe.ts';

/** An address of this machine that is not loopback stands for a host in the local network. */
const LAN = Object.values(networkInterfaces())
  .flat()
  .find((entry) => entry?.family === 'IPv4' && !entry.internal)?.address;

let found: Capabilities;
let plane: FakePlane;
let runner: TestRunner;
let server: Server;
let port: number;
let hits: string[];
beforeAll(async () => {
  found = await probeCapabilities({ platform: process.platform, env: process.env, home: homedir() }, systemClock);
}, 30_000);
beforeEach(async () => {
  plane = new FakePlane();
  await plane.listen();
  runner = new TestRunner(plane);
  runner.capabilities = found;
  await runner.connect();
  hits = [];
  server = createServer((request, response) => {
    hits.push(request.url ?? '');
    response.end('reached\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await plane.close();
  runner.remove();
});

const settlement = () => plane.calls('POST', /\/(complete|fail)$/).at(-1)?.json as Record<string, unknown>;
const log = (stream: string) => [...plane.logs].find(([name]) => name.endsWith(`/${stream}`))?.[1].toString() ?? '';
/** What the receipt says was enforced; ceilings hold on some machines only. */
const enforced = () => {
  const receipt = openDsse(settlement().run_receipt as Dsse, 'application/vnd.in-toto+json', plane.runnerKey ?? '');
  const { limits: _, ...rest } = JSON.parse(receipt?.toString() ?? '{}').predicate.confinement.enforced;
  return rest;
};
/**
 * Node inside, which knows nothing of proxies, asks each address and says how it went.
 * @param onConnect what it does with a connection that it got
 */
const dialer = (urls: readonly string[], timeoutMs = 2_000, onConnect = 'socket.destroy()') => `
  for (const url of ${JSON.stringify(urls)}) {
    const { hostname, port } = new URL(url);
    await new Promise((done) => {
      const socket = require('node:net').connect({ host: hostname.replace(/[\\[\\]]/g, ''), port: Number(port || 80), timeout: ${timeoutMs} });
      socket.on('connect', () => { console.log('REACHED ' + url); ${onConnect}; });
      socket.on('close', done);
      socket.on('error', (error) => { console.log(error.code + ' ' + url); done(); });
      socket.on('timeout', () => { console.log('TIMEOUT ' + url); socket.destroy(); done(); });
    });
  }`;
const node = (script: string, over: object = {}) =>
  jobSpec({
    command: { argv: ['node', '-e', `(async () => { ${script} })()`] },
    confinement: 'required',
    ...over,
  });

describe.runIf(process.platform === 'linux')('a job with network none and confinement required', () => {
  test('reaches nothing: loopback, the local network, the metadata service, a name', async () => {
    const urls = [
      plane.url,
      `http://127.0.0.1:${port}`,
      `http://[::1]:${port}`,
      `http://${LAN ?? '192.0.2.1'}:${port}`,
      'http://169.254.169.254/',
      'http://example.com/',
    ];
    plane.queue.push(
      node(
        `${dialer(urls)} await require('node:dns').promises.lookup('localhost.example').then(() => console.log('REACHED dns'), (e) => console.log(e.code));`,
      ),
    );
    expect(await runner.run()).toBe(0);
    expect(log('stdout')).not.toContain('REACHED');
    expect(log('stdout').trim().split('\n')).toHaveLength(urls.length + 1);
    expect(hits).toEqual([]);
    expect(enforced()).toEqual({ files: 'confined', network: 'none', pid: 'namespace' });
  }, 30_000);

  test('sees its own files and the system, read-only, and nothing else of this machine', async () => {
    const secret = join(homedir(), `.cc-test-${process.pid}`);
    mkdirSync(secret, { mode: 0o700 });
    writeFileSync(join(secret, 'id_ed25519'), 'PRIVATE');
    const script = [
      `cat ${secret}/id_ed25519 /etc/shadow ${runner.stateDir}/runner.json ${runner.workDir}/* 2>/dev/null`,
      `ls ${homedir()} ${runner.folder} 2>/dev/null`,
      'for f in /usr/x /etc/x /bin/x /x /proc/sys/kernel/hostname /run/x /var/x /job/../x; do (echo 1 >$f) 2>/dev/null && echo "WROTE $f"; done',
      'echo ok >/job/own && echo ok >/tmp/own && cat own',
      'ls -A /home /root /mnt /srv /opt /sys 2>/dev/null',
      'id -un; cut -d: -f1 /etc/passwd',
      'ls /proc | grep -c "^[0-9]"',
    ];
    plane.queue.push(
      jobSpec({ command: { argv: [script.join('\n')], shell: true }, confinement: 'required', outputs: ['own'] }),
    );
    expect(await runner.run()).toBe(0);
    const [own, user, first, second, processes] = log('stdout').trim().split('\n');
    expect([own, user, first, second]).toEqual(['ok', 'job', 'job', 'nobody']);
    expect(Number(processes)).toBeLessThan(8);
    expect(log('stdout').trim().split('\n')).toHaveLength(5);
    expect(plane.artifacts.get('own')?.toString()).toBe('ok\n');
    (await import('node:fs')).rmSync(secret, { recursive: true });
  }, 30_000);

  test('gets nothing that it declares into a program outside, and shows no value on a command line', async () => {
    const env = { LD_PRELOAD: '/job/evil.so', NODE_OPTIONS: '--require /job/evil.js', API_KEY: 'value-in-no-argv' };
    plane.queue.push(
      jobSpec({
        command: { argv: ['cat /proc/1/cmdline | tr "\\0" " "; echo; env | grep -c API_KEY'], shell: true, env },
        confinement: 'required',
      }),
    );
    expect(await runner.run()).toBe(0);
    expect(log('stdout')).not.toContain('value-in-no-argv');
    expect(log('stdout').trim().split('\n').at(-1)).toBe('1');
  }, 30_000);
});

describe.runIf(process.platform === 'linux' && LAN !== undefined)(
  'a job in a private network (only on a machine in a network)',
  () => {
    const lan = () => ({ host: 'db.lab.internal', port });

    test('reaches the admitted host and port and nothing else, and its receipt lists what it tried', async () => {
      plane.grants = [{ host: LAN as string, port }];
      const urls = [`http://127.0.0.1:${port}`, plane.url, 'http://169.254.169.254/', `http://${LAN}:22/`];
      plane.queue.push(
        node(
          `${dialer(urls)}
        const ask = (target) => new Promise((done) => {
          const r = require('node:http').request({ host: '127.0.0.1', port: 3128, method: 'CONNECT', path: target });
          r.on('connect', (answer, socket) => {
            if (answer.statusCode !== 200) { console.log(answer.statusCode + ' ' + target); socket.destroy(); return done(); }
            socket.end('GET /from-inside HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n');
            let text = ''; socket.on('data', (b) => text += b); socket.on('close', () => { console.log(text.split('\\r\\n\\r\\n')[1].trim()); done(); });
          });
          r.on('error', (e) => { console.log(e.code); done(); });
          r.end();
        });
        for (const target of ['${LAN}:${port}', '${LAN}:22', '127.0.0.1:${port}', '169.254.169.254:80', 'localhost:${port}', '[::1]:${port}']) await ask(target);`,
          { network: 'private:lab' },
        ),
      );
      expect(await runner.run()).toBe(0);
      expect(log('stderr')).toBe('');
      expect(log('stdout')).not.toContain('REACHED');
      expect(log('stdout').trim().split('\n').slice(4)).toEqual([
        'reached',
        ...[`${LAN}:22`, `127.0.0.1:${port}`, '169.254.169.254:80', `localhost:${port}`, `[::1]:${port}`].map(
          (target) => `403 ${target}`,
        ),
      ]);
      expect(hits).toEqual(['/from-inside']);
      const { connections, ...rest } = enforced();
      expect(rest).toEqual({ files: 'confined', network: 'allow_list', pid: 'namespace' });
      expect(
        connections.map(({ host, port: at, verdict }: Record<string, unknown>) => `${host}:${at} ${verdict}`),
      ).toEqual([
        `${LAN}:${port} allowed`,
        `${LAN}:22 not_granted`,
        `127.0.0.1:${port} not_granted`,
        '169.254.169.254:80 not_granted',
        `localhost:${port} not_granted`,
        `::1:${port} not_granted`,
      ]);
      expect(connections[0].sent_bytes).toBeGreaterThan(40);
      expect(connections[0].received_bytes).toBeGreaterThan(40);
    }, 30_000);

    test('finds a granted name by itself on a raw connection, and no other name', async () => {
      plane.grants = [lan(), { host: 'gone.lab.internal', port: 80 }];
      // Where no name service answers at all, it takes a while until that is known.
      const names = [`http://db.lab.internal:${port}`, `http://other.lab.internal:${port}`];
      // It waits for the end: who hangs up at once and is gone may leave before the filter has heard the name.
      plane.queue.push(node(dialer(names, 30_000, 'socket.resume()'), { network: 'private:lab' }));
      expect(await runner.run()).toBe(0);
      // The name leads to the relay, which is told by the filter that it has no address: a connection that ends at once.
      expect(log('stdout').trim().split('\n')[1]).toMatch(/^E\w+ http:\/\/other/);
      expect(enforced().connections).toMatchObject([{ host: 'db.lab.internal', port, verdict: 'unresolved' }]);
    }, 90_000);

    test('an own list of egress opens no private address', async () => {
      plane.grants = [{ host: LAN as string, port }];
      plane.queue.push(
        jobSpec({
          command: {
            argv: [
              'node',
              '-e',
              `require('node:http').get({ host: '127.0.0.1', port: 3128, path: 'http://${LAN}:${port}/x' }, (r) => console.log(r.statusCode))`,
            ],
          },
          network: 'egress',
          egress: [`${LAN}:${port}`],
          confinement: 'required',
        }),
      );
      expect(await runner.run()).toBe(0);
      expect(log('stdout')).toBe('403\n');
      expect(hits).toEqual([]);
      expect(enforced().connections).toMatchObject([{ host: LAN, port, verdict: 'address_refused' }]);
    }, 30_000);
  },
);

describe('where nothing can be enforced', () => {
  test('a preferred job runs, and says so', async () => {
    runner.capabilities = (await import('./capabilities.ts')).NO_CAPABILITIES;
    plane.queue.push(jobSpec({ confinement: 'preferred' }));
    expect(await runner.run()).toBe(0);
    expect(enforced()).toEqual({ files: 'none', network: 'not_enforced', pid: 'group' });
    expect(runner.printer.all).toContain('WU-1 runs with files and network not enforced.');
  });

  test('--confined-only refuses to start, and leaves no folder of a filter behind', async () => {
    runner.capabilities = (await import('./capabilities.ts')).NO_CAPABILITIES;
    await expect(runner.run({ confinedOnly: true })).rejects.toThrow('Nothing can be confined here');
    expect(readdirSync(join(runner.folder)).filter((name) => name.startsWith('cc-egress'))).toEqual([]);
  });
});
