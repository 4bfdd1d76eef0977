import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remoteTest } from '../../src-server/contract/console.ts';
import type { Parsed } from '../helpers/checked-call.ts';
import { PlaneProcess } from '../helpers/plane-process.ts';
import { TlsProxy } from '../helpers/tls-proxy.ts';

/** A control plane behind a TLS proxy, as `serve --public-url` is meant; and the console that looks at it from elsewhere. */
let proxy: TlsProxy;
let far: PlaneProcess;
let near: PlaneProcess;
let farToken: string;
let remoteId: string;
beforeAll(async () => {
  proxy = await TlsProxy.listen();
  far = await PlaneProcess.start(['--public-url', proxy.url]);
  proxy.targetPort = far.port;
  near = await PlaneProcess.start([], { env: { NODE_EXTRA_CA_CERTS: proxy.certificateFile } });
  farToken = (await far.call('operatorCreate', { body: { name: 'ines', role: 'operator' } })).json.token;
});
afterAll(async () => {
  await Promise.all([near?.close(), far?.close()]);
  proxy?.close();
});

/** A call of the near console's host, by its admin unless another bearer is given. */
const ask = async (
  method: string,
  path: string,
  body?: unknown,
  bearer: string | null = near.file.operator_token,
): Promise<{ status: number; json: Parsed }> => {
  const response = await fetch(`${near.url}/console${path}`, {
    method,
    headers: {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? null : JSON.parse(text) };
};

describe('a control plane behind a TLS proxy', () => {
  test('is told by its public address: in its commands and to the runner, which connects and works through it', async () => {
    const made = await far.enroll('laptop-1');
    expect(made.commands.bash.connect).toContain(`--url ${proxy.url}`);
    const trust = `NODE_EXTRA_CA_CERTS=${proxy.certificateFile}`;
    const connect = far.paste(`env ${trust} ${made.commands.bash.connect}`, `${made.credential}\n`);
    expect(await connect.ended).toMatchObject({ code: 0 });
    const { job_id: jobId } = await far.submit({
      wu_id: 'WU-1',
      title: 'Far',
      command: { argv: ['node', '--version'] },
    });
    const run = far.paste(`env ${trust} ${made.commands.bash.run}`);
    expect(await run.ended).toMatchObject({ code: 0 });
    expect((await far.job(jobId)).state).toBe('succeeded');
  });

  test('is served under no other name', async () => {
    const other = await fetch(`http://127.0.0.1:${far.port}/api/v1/health`);
    expect(other.status).toBe(200);
    const named = await far.call('health', { headers: { host: 'compute.example' } });
    expect(named.code).toBe('host.not_allowed');
  });
});

describe('a remote workspace', () => {
  test('is added by the command line, its token over standard input; the test tells what fails', async () => {
    const refused = await near.cli(['workspace', 'add', proxy.url, '--json'], `cco_${'0'.repeat(38)}\n`);
    expect(refused.code).toBe(1);
    const checks = JSON.parse(refused.stdout).checks as { id: string; outcome: string }[];
    expect(checks.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed', 'failed', 'skipped']);
    const onTheLine = await near.cli(['workspace', 'add', proxy.url, farToken]);
    expect([onTheLine.code, onTheLine.stderr]).toEqual([64, expect.stringContaining('stands on the command line')]);
    const added = await near.json(['workspace', 'add', proxy.url, '--colour', 'indigo'], `${farToken}\n`);
    remoteId = added.remote.remote_id;
    expect(added.remote).toMatchObject({
      url: proxy.url,
      colour: 'indigo',
      workspaces: [{ workspace_id: far.file.workspace_id }],
    });
    expect(remoteTest.parse(added.test).checks[1]).toMatchObject({ outcome: 'passed', detail: '89 days' });
    const listed = await near.cli(['workspace', 'list']);
    expect(listed.stdout).toContain(proxy.url);
    expect(`${listed.stdout}${JSON.stringify(added)}`).not.toContain(farToken);
    expect((await near.cli(['workspace', 'test', remoteId])).stdout).toContain('operator');
  });

  test('from a file only when no other may read it', async () => {
    const file = join(near.dataDir, 'token');
    writeFileSync(file, farToken, { mode: 0o644 });
    const open = await near.cli(['workspace', 'add', proxy.url, '--remote-token-file', file]);
    expect([open.code, open.stderr]).toEqual([77, expect.stringContaining('chmod 600')]);
  });

  test('with a certificate that is not known says so', async () => {
    const other = await TlsProxy.listen();
    other.targetPort = far.port;
    const { json } = await ask('POST', '/remotes/test', { url: other.url, token: farToken });
    expect(json.checks[1]).toMatchObject({
      id: 'certificate',
      outcome: 'failed',
      sentence: expect.stringContaining('signed by itself'),
    });
    other.close();
  });

  test('answers through this console with the rights of its token, and no other', async () => {
    const session = await ask('GET', `/remotes/${remoteId}/api/v1/session`);
    expect(session.json).toMatchObject({ operator: { name: 'ines', role: 'operator' }, rights: ['view', 'operate'] });
    const ws = `/remotes/${remoteId}/api/v1/workspaces/${far.file.workspace_id}`;
    const body = { wu_id: 'WU-2', title: 'From afar', command: { argv: ['true'] } };
    const response = await fetch(`${near.url}/console${ws}/jobs`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${near.file.operator_token}`,
        'content-type': 'application/json',
        'idempotency-key': 'k',
      },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(201);
    expect((await ask('GET', `${ws}/jobs`)).json.items[0]).toMatchObject({ title: 'From afar' });
    expect((await ask('GET', '/remotes', undefined)).json.items[0].answered_at).not.toBeNull();
    expect((await ask('PATCH', `${ws}/settings`, { name: 'x' })).json.code).toBe('right.missing');
    expect((await near.call('jobs')).json.items).toEqual([]);
  });

  test('streams its changes through both hops, and the page that lets go ends the call there', async () => {
    const letGo = new AbortController();
    const path = `/remotes/${remoteId}/api/v1/workspaces/${far.file.workspace_id}/stream`;
    const stream = await fetch(`${near.url}/console${path}`, {
      headers: { authorization: `Bearer ${near.file.operator_token}` },
      signal: letGo.signal,
    });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    await reader?.read();
    await far.submit({ wu_id: 'WU-3', title: 'Told', command: { argv: ['true'] } });
    for (let text = ''; !text.includes('job.submitted'); ) text += (await reader?.read())?.value ?? '';
    letGo.abort();
  });

  test('is there for no runner, no API key, no other role and nobody without a bearer', async () => {
    const { json: viewer } = await near.call('operatorCreate', { body: { name: 'vera', role: 'operator' } });
    const { json: key } = await near.call('apiKeyCreate', { body: {} });
    const path = `/remotes/${remoteId}/api/v1/session`;
    const codes: Record<string, string> = {};
    for (const [who, bearer] of [
      ['nobody', null],
      ['runner', `ccs_${'0'.repeat(38)}`],
      ['api key', key.api_key],
      ['operator', viewer.token],
    ] as const)
      codes[who] = (await ask('GET', path, undefined, bearer)).json.code;
    expect(codes).toEqual({
      nobody: 'auth.missing',
      runner: 'auth.invalid',
      'api key': 'auth.invalid',
      operator: 'right.missing',
    });
  });

  test('that is gone is told as gone, and comes back by itself', async () => {
    proxy.cut();
    const lost = await ask('GET', `/remotes/${remoteId}/api/v1/session`);
    expect([lost.status, lost.json.code]).toEqual([502, 'remote.unreachable']);
    expect((await ask('GET', '/remotes')).json.items[0].failing_since).not.toBeNull();
    proxy.mend();
    expect((await ask('GET', `/remotes/${remoteId}/api/v1/session`)).status).toBe(200);
  });

  test('whose token was revoked says so; removing it forgets the token', async () => {
    const { json: operators } = await far.call('operators');
    const ines = operators.items.find((o: Parsed) => o.name === 'ines');
    await far.call('operatorRevoke', { params: { operator_id: ines.operator_id }, body: {} });
    expect((await ask('GET', `/remotes/${remoteId}/api/v1/session`)).json.code).toBe('remote.token_refused');
    expect(await near.cli(['workspace', 'remove', remoteId])).toMatchObject({ code: 0 });
    expect((await near.json(['workspace', 'list'])).items).toEqual([]);
  });
});
