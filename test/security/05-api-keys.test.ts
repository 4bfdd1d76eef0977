import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WRONG_BEARER_PER_MINUTE } from '../../src-server/contract/limits.ts';
import { ROUTES, type RouteId } from '../../src-server/contract/routes.ts';
import { makeCredential } from '../../src-server/domain/credentials/format.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
let key: string;
let prefix: string;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  ({ api_key: key, prefix } = (await plane.call('apiKeyCreate', { body: {} })).json);
});
afterEach(() => plane.close());

const ask = (bearer: string | null, more: object = {}) =>
  plane.call('sdkAuthenticate', { bearer, body: { workspace_id: plane.workspaceId, ...WHO }, ...more });
const WHO = { org_id: 'acme', agent_id: 'agent-7' };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('row 5: API keys of SDK clients', () => {
  test.each<[string, () => string]>([
    ['unknown', () => makeCredential('lf', () => 7)],
    ['mistyped', () => `${key.slice(0, 12)}${key[12] === 'x' ? 'y' : 'x'}${key.slice(13)}`],
    ['cut short', () => key.slice(0, -1)],
    ['with more behind it', () => `${key}A`],
    ['in quotes', () => `"${key}"`],
    ['the prefix alone', () => prefix],
    ['an operator token', () => plane.adminToken],
    ['a credential', () => makeCredential('cce', () => 7)],
    ['a registration token', () => makeCredential('ccp', () => 7)],
    ['a session token', () => makeCredential('ccs', () => 7)],
  ])('one that is %s opens nothing, is not echoed, and nothing is recorded', async (_, wrong) => {
    const before = plane.causedEntries;
    const answer = await ask(wrong());
    expect([answer.status, answer.code]).toEqual([401, 'auth.invalid']);
    expect(answer.headers['www-authenticate']).toBeDefined();
    expect(answer.text).not.toContain(wrong().slice(3));
    expect(plane.causedEntries).toBe(before);
    expect((await ask(key)).status).toBe(200);
  });

  test('none at all is told so, and one in the query or the body is none', async () => {
    expect((await ask(null)).code).toBe('auth.missing');
    for (const name of ['token', 'api_key', 'access_token']) {
      const { api_key: shown } = (await plane.call('apiKeyCreate', { body: {} })).json;
      const answer = await ask(null, { query: { [name]: shown } });
      expect([answer.status, answer.code]).toEqual([401, 'auth.missing']);
      expect(answer.text).not.toContain(shown);
    }
    const body = { workspace_id: plane.workspaceId, ...WHO, token: key };
    expect((await plane.call('sdkAuthenticate', { bearer: null, body })).code).toBe('auth.missing');
  });

  test('one that was revoked is refused at its next call, on each route, with its sessions', async () => {
    const session = { workspace_id: plane.workspaceId, session_id: 'agent-7/1' };
    expect((await plane.call('sdkHeartbeat', { bearer: key, body: session })).status).toBe(200);
    await plane.call('apiKeyRevoke', { params: { prefix }, body: { reason: 'it left' } });
    const routes = (Object.keys(ROUTES) as RouteId[]).filter((id) => ROUTES[id].principal === 'api_key');
    expect(routes.length).toBeGreaterThan(12);
    for (const id of routes) {
      const hasBody = ROUTES[id].method !== 'GET' && ROUTES[id].method !== 'DELETE';
      const params = { session_id: 'agent-7' };
      const answer = await plane.call(id, { bearer: key, params, ...(hasBody ? { body: session } : {}) });
      expect([id, answer.status, answer.code]).toEqual([id, 401, 'auth.invalid']);
      // So many wrong ones of one address would be told to wait.
      plane.clock.advance(10_000);
    }
  });

  test('wrong ones count against their address, the right one never', async () => {
    for (let n = 0; n < WRONG_BEARER_PER_MINUTE; n++) await ask(makeCredential('lf', () => n));
    expect((await ask(makeCredential('lf', () => 41))).code).toBe('rate.limited');
    expect((await ask(key)).status).toBe(200);
  });

  test("another workspace's key does not open this one, and this one's not the other", async () => {
    const { workspace_id: other } = (await plane.call('workspaceCreate', { body: { name: 'second' } })).json;
    const foreign = (await plane.call('apiKeyCreate', { params: { workspace_id: other }, body: {} })).json;
    for (const [bearer, workspaceId] of [
      [foreign.api_key, plane.workspaceId],
      [key, other],
    ]) {
      const answer = await ask(bearer, { body: { workspace_id: workspaceId, ...WHO } });
      expect([answer.status, answer.code]).toEqual([403, 'workspace.not_yours']);
      expect(answer.text).not.toContain(bearer);
    }
    const named = await plane.call('apiKeyRevoke', { params: { workspace_id: other, prefix }, body: {} });
    expect([named.status, named.code]).toEqual([404, 'not_found']);
    expect((await plane.call('apiKeys', { params: { workspace_id: other } })).text).not.toContain(prefix);
    expect((await ask(key)).status).toBe(200);
  });

  test('one that was seen in an address or in the output of a job is revoked', async () => {
    const second = (await plane.call('apiKeyCreate', { body: {} })).json;
    await ask(null, { query: { token: key } });
    await expect.poll(() => plane.entriesOf('key.api_revoked').length).toBe(1);
    const runner = await plane.runner('laptop-1');
    await plane.submit();
    const { lease_id: leaseId, fence } = await runner.startOne();
    const exposed = [{ lease_id: leaseId, sha256: sha256(second.api_key) }];
    await runner.heartbeat({ leases: [{ lease_id: leaseId, fence }], exposed });
    expect(plane.entriesOf('key.api_revoked').map((e) => e.events[0]?.body)).toEqual([
      { prefix, reason: 'It reached the plane in an address.' },
      { prefix: second.prefix, reason: `It was seen in the output of lease ${leaseId}.` },
    ]);
    for (const gone of [key, second.api_key]) expect((await ask(gone)).code).toBe('auth.invalid');
  });

  test('is in no answer, entry, list, file or log but the answers that give it to its holder', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    await ask(key);
    await ask(`${key}x`);
    await plane.call('jobs', { bearer: key });
    spy.mockRestore();
    const secret = key.slice(prefix.length);
    expect(written.join('')).not.toContain(secret);
    for (const id of ['apiKeys', 'sdkSessionList', 'evidence', 'overview'] as const)
      expect((await plane.call(id)).text).not.toContain(secret);
    // The hash and the first characters are kept, never the rest.
    expect(plane.filesWith(prefix)).not.toEqual([]);
    expect(plane.filesWith(secret)).toEqual([]);
  });
});
