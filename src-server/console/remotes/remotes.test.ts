import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RemoteTest } from '../../contract/console.ts';
import type { ProblemError } from '../../contract/problems.ts';
import { openConsole } from '../../public.ts';
import { systemHostClock } from '../clock.ts';
import type { SecretKeeper } from '../secret-keeper.ts';
import { allowedPath } from './remote-proxy.ts';
import { RemoteStore } from './remote-store.ts';
import { testRemote } from './remote-test.ts';
import { remoteOrigin } from './remote-url.ts';

const TOKEN = `cco_${'a'.repeat(38)}`;
const WORKSPACE = { workspace_id: `ws_${'0'.repeat(26)}`, name: 'far' };
const ADMIN = { name: 'ada', isAdmin: true };
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'taken';
  } catch (error) {
    return (error as ProblemError).code;
  }
};

const hosted = { ownPlane: () => Promise.reject(new Error('none')), runner: { bootstrapFile: 'none' } };
let dir: string;
let far: Server;
let seen: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let clockOffMs = 0;

/** So much of a control plane as a test of an address asks for. */
const asPlane = (request: IncomingMessage, response: ServerResponse): void => {
  const send = (status: number, json: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'x=1' }).end(JSON.stringify(json));
  const at = new Date(systemHostClock.wallMs() + clockOffMs).toISOString();
  if (request.url === '/api/v1/health')
    return void send(200, { status: 'ok', version: '0', contract: 1, server_time: at });
  if (request.headers.authorization !== `Bearer ${TOKEN}`) return void send(401, {});
  send(200, {
    operator: { operator_id: 'opr_1', name: 'ines', role: 'operator' },
    rights: ['view', 'operate'],
    workspaces: [{ ...WORKSPACE, created_at: at, paused: false }],
    plane: {
      version: '0',
      fingerprint: `SHA256:${'a'.repeat(43)}`,
      plane_public_key: `${'A'.repeat(43)}=`,
      url: 'https://far.example',
      loopback_only: false,
      hosted_by: 'serve',
    },
  });
};
const url = (): string => `http://127.0.0.1:${(far.address() as AddressInfo).port}`;
const tested = (token = TOKEN): Promise<RemoteTest> =>
  testRemote(remoteOrigin(url()), token, { clock: systemHostClock, send: fetch });
const outcomes = ({ checks }: RemoteTest) => Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome]));

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cc-remotes-'));
  seen = [];
  answer = asPlane;
  clockOffMs = 0;
  far = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  far.closeAllConnections();
  far.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('an address of a remote workspace', () => {
  it.each([
    ['https://compute.example', 'taken'],
    ['https://compute.example:8443/', 'taken'],
    ['http://127.0.0.1:7070', 'taken'],
    ['http://[::1]:7070', 'taken'],
    ['http://compute.example', 'remote.not_allowed'],
    ['http://127.0.0.1.evil.example', 'remote.not_allowed'],
    ['http://2130706433.example', 'remote.not_allowed'],
    ['https://user:pass@compute.example', 'remote.not_allowed'],
    ['https://compute.example/api', 'remote.not_allowed'],
    ['https://compute.example/?x=1', 'remote.not_allowed'],
    ['https://compute.example/#x', 'remote.not_allowed'],
    ['file:///etc/passwd', 'remote.not_allowed'],
    ['javascript:alert(1)', 'remote.not_allowed'],
    ['compute.example', 'remote.not_allowed'],
    ['', 'remote.not_allowed'],
  ])('%s is %s', (text, verdict) => expect(codeOf(() => remoteOrigin(text))).toBe(verdict));
});

describe('a path below a remote', () => {
  it.each([
    ['/api/v1/session', 'taken'],
    ['/api/v1/workspaces/ws_1/jobs?limit=2', 'taken'],
    ['/api/v1/workspaces/ws_1/artifacts/a%2Fb', 'taken'],
    ['/api/v1/runtime/claim', 'not_found'],
    ['/api/v1/runner/bootstrap', 'not_found'],
    ['/api/v1/sign-in', 'not_found'],
    ['/api/v1/../v2/x', 'not_found'],
    ['/api/v1/%2e%2e/x', 'not_found'],
    ['/api/v1/%252e%252e/x', 'not_found'],
    ['/api/v1//evil.example/', 'not_found'],
    ['/api/v1\\..\\x', 'not_found'],
    ['/api/v2/session', 'not_found'],
    ['/metrics', 'not_found'],
    ['', 'not_found'],
  ])('%s is %s', (path, verdict) => expect(codeOf(() => allowedPath(path))).toBe(verdict));

  it('never leads to another host or out of /api/v1/', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (tail) => {
        const path = `/api/v1/${tail}`;
        if (codeOf(() => allowedPath(path)) !== 'taken') return;
        const reached = new URL(`https://far.example${path}`);
        expect(reached.host).toBe('far.example');
        expect(reached.pathname.startsWith('/api/v1/')).toBe(true);
        expect(reached.pathname).not.toMatch(/^\/api\/v1\/(runtime|runner)\//);
      }),
    );
  });
});

describe('the test of a remote', () => {
  it('passes all five with their figures, and brings its workspaces', async () => {
    const found = await tested();
    expect(outcomes(found)).toEqual({
      address: 'passed',
      certificate: 'passed',
      version: 'passed',
      token: 'passed',
      clock: 'passed',
    });
    expect(found).toMatchObject({
      passed: true,
      operator: { name: 'ines', role: 'operator' },
      workspaces: [WORKSPACE],
    });
  });

  it('tells each fault by its name, and asks nothing more after it', async () => {
    expect(await tested(`cco_${'b'.repeat(38)}`)).toMatchObject({ passed: false, workspaces: [] });
    expect((await tested(`cco_${'b'.repeat(38)}`)).checks[3]?.sentence).toContain('token was not accepted');
    answer = (_request, response) => void response.end('<html>hello</html>');
    const other = await tested();
    expect(outcomes(other)).toMatchObject({ version: 'failed', token: 'skipped', clock: 'skipped' });
    answer = (_request, response) => void response.writeHead(302, { location: 'https://evil.example/' }).end();
    expect(outcomes(await tested()).version).toBe('failed');
    expect(seen.at(-1)?.headers.authorization).toBeUndefined();
    far.closeAllConnections();
    const gone = url();
    await new Promise((resolve) => far.close(resolve));
    const silent = await testRemote(new URL(gone), TOKEN, { clock: systemHostClock, send: fetch });
    expect(outcomes(silent)).toMatchObject({ address: 'failed', certificate: 'skipped' });
    expect(silent.checks[0]?.sentence).toContain('refuses connections');
  });

  it('warns of a clock that differs, which is no reason to refuse', async () => {
    clockOffMs = 6_000;
    const found = await tested();
    expect(found.passed).toBe(true);
    expect(found.checks[4]).toMatchObject({ outcome: 'warned', detail: expect.stringMatching(/^[56]\.\d s$/) });
  });
});

describe('the store', () => {
  const file = () => join(dir, 'own', 'remotes.json');

  it('keeps tokens in a file of its owner alone, and shows them to nobody', async () => {
    const store = new RemoteStore(file(), { keptIn: 'file', seal: (t) => t, open: (t) => t }, systemHostClock);
    const added = store.add('ada', url(), TOKEN, undefined, await tested());
    expect(JSON.stringify([added, store.all()])).not.toContain('cco_');
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
    const again = new RemoteStore(file(), { keptIn: 'file', seal: (t) => t, open: (t) => t }, systemHostClock);
    expect(again.access(added.remote_id)).toEqual({ url: url(), token: TOKEN });
    expect(
      codeOf(() =>
        again.add('ada', 'https://other.example', TOKEN, undefined, { ...emptyTest, workspaces: [WORKSPACE] }),
      ),
    ).toBe('conflict.state');
    again.remove(added.remote_id);
    expect(readFileSync(file(), 'utf8')).not.toContain('cco_');
  });

  it('writes only what the keychain sealed, and says so when it does not open it again', async () => {
    const keychain: SecretKeeper = {
      keptIn: 'keychain',
      seal: (t) => Buffer.from(t).toString('hex'),
      open: (t) => Buffer.from(t, 'hex').toString(),
    };
    const store = new RemoteStore(file(), keychain, systemHostClock);
    const { remote_id: id } = store.add('ada', url(), TOKEN, 'rose', await tested());
    expect(readFileSync(file(), 'utf8')).not.toContain(TOKEN);
    expect(store.access(id).token).toBe(TOKEN);
    const locked = new RemoteStore(file(), { ...keychain, open: () => null }, systemHostClock);
    expect(codeOf(() => locked.access(id))).toBe('remote.token_refused');
    const without = new RemoteStore(file(), { keptIn: 'file', seal: (t) => t, open: (t) => t }, systemHostClock);
    expect(codeOf(() => without.access(id))).toBe('remote.token_refused');
  });

  it('refuses a damaged file and leaves it as it is', () => {
    const path = join(dir, 'remotes.json');
    writeFileSync(path, '{ torn');
    expect(() => openConsole({ ...hosted, dir, onFault: () => {} })).toThrow(path);
    expect(readFileSync(path, 'utf8')).toBe('{ torn');
  });
});

describe('a call to a remote', () => {
  const open = async () => {
    const own = openConsole({ ...hosted, dir, onFault: (error) => expect(error).toBeNull() });
    const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, caller = ADMIN) =>
      own.host.answer(
        new Request('http://console/', {
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
        path,
        caller,
      );
    const added = await (await ask('POST', '/console/remotes', { url: url(), token: TOKEN })).json();
    return { own, ask, id: added.remote.remote_id as string };
  };

  it('adds the bearer, leaves cookies, origin and session behind, and hands no cookie back', async () => {
    const { ask, id } = await open();
    const headers = { cookie: 'cc_1=x', 'cc-session': 'key', 'x-other': '1', 'idempotency-key': 'k1' };
    const got = await ask('GET', `/console/remotes/${id}/api/v1/session`, undefined, headers);
    expect(got.status).toBe(200);
    expect(got.headers.get('set-cookie')).toBeNull();
    const { headers: sent } = seen.at(-1) as IncomingMessage;
    expect(sent).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'idempotency-key': 'k1' });
    for (const name of ['cookie', 'cc-session', 'x-other', 'origin']) expect(sent).not.toHaveProperty(name);
  });

  it('follows no redirect, and tells a token that is not good any more from a sign-out here', async () => {
    const { ask, id } = await open();
    answer = (_request, response) => void response.writeHead(307, { location: 'https://evil.example/' }).end();
    const led = await ask('GET', `/console/remotes/${id}/api/v1/session`);
    expect([led.status, (await led.json()).code]).toEqual([502, 'remote.unreachable']);
    answer = (_request, response) => void response.writeHead(401).end('{}');
    const refused = await ask('GET', `/console/remotes/${id}/api/v1/session`);
    expect([refused.status, (await refused.json()).code]).toEqual([502, 'remote.token_refused']);
  });

  it('streams, and lets go there when the page lets go here', async () => {
    const { own, id } = await open();
    let hungUp: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    answer = (request, response) => {
      request.socket.once('close', () => hungUp());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    };
    const letGo = new AbortController();
    const request = new Request('http://console/', { signal: letGo.signal });
    const stream = await own.host.answer(request, `/console/remotes/${id}/api/v1/workspaces/x/stream`, ADMIN);
    const reader = stream.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n');
    letGo.abort();
    await closed;
  });

  it('is for an admin of this console alone, and only for what an admin added', async () => {
    const { ask, id } = await open();
    const other = { name: 'vera', isAdmin: false };
    for (const [method, path] of [
      ['GET', `/console/remotes/${id}/api/v1/session`],
      ['DELETE', `/console/remotes/${id}`],
      ['POST', '/console/remotes/test'],
    ] as const)
      expect((await (await ask(method, path, undefined, {}, other)).json()).code).toBe('right.missing');
    expect(await (await ask('GET', '/console/remotes', undefined, {}, other)).json()).toMatchObject({
      items: [],
      lack: expect.stringContaining('admin'),
    });
    expect((await ask('GET', `/console/remotes/rmt_${'0'.repeat(26)}/api/v1/session`)).status).toBe(404);
    expect((await ask('GET', `/console/remotes/${id}/metrics`)).status).toBe(404);
    expect((await ask('POST', '/console/remotes', { url: 'http://169.254.169.254', token: TOKEN })).status).toBe(422);
  });
});

const emptyTest: RemoteTest = {
  passed: true,
  at: '2026-01-01T00:00:00.000Z',
  checks: [],
  operator: null,
  workspaces: [],
};
