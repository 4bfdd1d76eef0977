import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SIGN_IN_SESSION_TTL_MS, WRONG_BEARER_PER_MINUTE } from '../../src-server/contract/limits.ts';
import { makeCredential } from '../../src-server/domain/credentials/format.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
});
afterEach(() => plane.close());

const madeUp = (prefix: string, n = 7): string => makeCredential(prefix, () => n % 62);

describe('row 5: bearers', () => {
  test('says what is missing', async () => {
    const answer = await plane.call('jobs', { bearer: null });
    expect([answer.status, answer.code]).toEqual([401, 'auth.missing']);
  });

  test.each([
    ['empty', 'Bearer '],
    ['another scheme', 'Basic YWRhOmFkYQ=='],
    ['malformed', 'Bearer cco_short'],
    ['well formed and unknown', `Bearer ${madeUp('cco')}`],
    ['a credential', `Bearer ${madeUp('cce')}`],
    ['a session token', `Bearer ${madeUp('ccs')}`],
    ['with spaces inside', 'Bearer cco_ x y'],
  ])('refuses a bearer that is %s', async (_, authorization) => {
    const answer = await plane.call('jobs', { bearer: null, headers: { authorization } });
    expect([answer.status, answer.code]).toEqual([401, 'auth.invalid']);
    expect(answer.text).not.toContain(authorization.slice(7) || '\u0000');
  });

  test('an operator is no runner and a runner is no operator', async () => {
    const runner = await plane.runner('laptop-1');
    expect((await plane.call('heartbeat', { body: {} })).code).toBe('auth.invalid');
    expect((await runner.call('jobs')).code).toBe('auth.invalid');
  });

  test('takes no bearer from the query', async () => {
    for (const name of ['access_token', 'token', 'bearer']) {
      const answer = await plane.call('jobs', { bearer: null, query: { [name]: plane.adminToken } });
      expect(answer.status).toBe(401);
    }
  });

  test('takes no bearer of an earlier launch that was renewed, and none of a revoked operator', async () => {
    const older = plane.adminToken;
    const { token } = await plane.host.operators.renewAdmin('ada');
    expect((await plane.call('jobs', { bearer: older })).code).toBe('auth.invalid');
    expect((await plane.call('jobs', { bearer: token })).status).toBe(200);
    const victim = await plane.host.operators.create('ada', 'vic', 'viewer');
    await plane.call('operatorRevoke', { bearer: token, params: { operator_id: victim.operatorId }, body: {} });
    expect((await plane.call('jobs', { bearer: victim.token })).code).toBe('auth.invalid');
  });

  test('after 20 wrong in a minute the address waits, and the right bearer goes on', async () => {
    for (let n = 0; n < WRONG_BEARER_PER_MINUTE; n++)
      expect((await plane.call('jobs', { bearer: madeUp('cco', n) })).status).toBe(401);
    const limited = await plane.call('jobs', { bearer: madeUp('cco', 40) });
    expect([limited.status, limited.code]).toEqual([429, 'rate.limited']);
    expect(limited.json.retry_after_ms).toBeGreaterThan(0);
    expect((await plane.call('jobs')).status).toBe(200);
    plane.clock.advance(60_000);
    expect((await plane.call('jobs', { bearer: madeUp('cco', 41) })).status).toBe(401);
  });

  test('wrong credentials and wrong codes count as well', async () => {
    const runner = await plane.runner('laptop-1');
    for (let n = 0; n < 10; n++)
      expect((await runner.redeem(madeUp('cce', n), { nonce: plane.host.tokens.nonce() })).code).toBe(
        'credential.unknown',
      );
    for (let n = 0; n < 10; n++)
      expect((await plane.call('signIn', { bearer: null, body: { code: 'A'.repeat(32) } })).code).toBe(
        'sign_in.code_invalid',
      );
    expect((await plane.call('jobs', { bearer: madeUp('cco') })).status).toBe(429);
    expect((await runner.heartbeat()).status).toBe(200);
  });

  test('a full disk or a stop is not the fault of the caller', async () => {
    const runner = await plane.runner('laptop-1');
    const { credential } = await plane.enroll('laptop-2');
    plane.hosted.workspace.quiesce();
    for (let n = 0; n < WRONG_BEARER_PER_MINUTE + 5; n++)
      expect((await runner.redeem(credential, { nonce: plane.host.tokens.nonce() })).code).toBe('plane.stopping');
  });

  test('no value is ever logged', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const token = madeUp('cco');
    await plane.call('jobs', { bearer: token });
    await plane.call('jobs', { bearer: null, query: { token } });
    spy.mockRestore();
    expect(written.join('')).not.toContain(token.slice(4));
  });

  test('a browser needs both its cookie and its key', async () => {
    const { json } = await plane.call('signInCode', { body: {} });
    const signedIn = await plane.call('signIn', { bearer: null, body: { code: json.code } });
    const cookie = String(signedIn.headers['set-cookie']);
    expect(cookie).toMatch(new RegExp(`^cc_${plane.port}=[^;]+; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200$`));
    const pair = cookie.slice(0, cookie.indexOf(';'));
    const session = signedIn.json.session_key as string;
    const ask = (headers: Record<string, string>) => plane.call('session', { bearer: null, headers });
    expect((await ask({ cookie: pair, 'cc-session': session })).json.operator.name).toBe('ada');
    expect((await ask({ cookie: pair })).status).toBe(401);
    expect((await ask({ 'cc-session': session })).status).toBe(401);
    expect((await ask({ cookie: pair, 'cc-session': `${session.slice(1)}A` })).status).toBe(401);
    expect((await plane.call('signIn', { bearer: null, body: { code: json.code } })).code).toBe('sign_in.code_invalid');
    expect(
      (await plane.call('signOut', { bearer: null, headers: { cookie: pair, 'cc-session': session } })).status,
    ).toBe(204);
    expect((await ask({ cookie: pair, 'cc-session': session })).status).toBe(401);
  });

  test('a signed-in browser outlives a restart of the plane; what ended before it, ended for good', async () => {
    const bearer = await plane.operator('vera', 'viewer');
    const gone = await plane.operator('gone', 'viewer');
    const signIn = async (who: string) => {
      const { code } = (await plane.call('signInCode', { bearer: who, body: {} })).json;
      const answer = await plane.call('signIn', { bearer: null, body: { code } });
      const cookie = String(answer.headers['set-cookie']).split(';')[0]?.split('=')[1] ?? '';
      return { cookie, key: answer.json.session_key as string };
    };
    const ask = async ({ cookie, key }: { cookie: string; key: string }, call: 'session' | 'signOut' = 'session') =>
      (await plane.call(call, { bearer: null, headers: { cookie: `cc_${plane.port}=${cookie}`, 'cc-session': key } }))
        .status;
    const [kept, left, ofGone] = [await signIn(bearer), await signIn(bearer), await signIn(gone)];
    expect(await ask(left, 'signOut')).toBe(204);
    const { items } = (await plane.call('operators')).json;
    const id = items.find((o: { name: string }) => o.name === 'gone').operator_id;
    await plane.call('operatorRevoke', { params: { operator_id: id }, body: {} });

    const file = join(plane.dataDir, 'plane/sign-ins.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    for (const secret of [kept.cookie, kept.key]) expect(text).not.toContain(secret);
    await plane.stop();
    const { dataDir } = plane;
    plane = await PlaneUnderTest.start({ dataDir });
    expect([await ask(kept), await ask(left), await ask(ofGone)]).toEqual([200, 401, 401]);
    expect(await ask({ ...kept, key: `${kept.key.slice(1)}A` })).toBe(401);

    plane.clock.advance(SIGN_IN_SESSION_TTL_MS);
    expect(await ask(kept)).toBe(401);
    await plane.stop();
    writeFileSync(file, 'not of this plane');
    plane = await PlaneUnderTest.start({ dataDir });
    expect(await ask(kept)).toBe(401);
  });

  test('a sign-in code is good for five minutes', async () => {
    const { json } = await plane.call('signInCode', { body: {} });
    plane.clock.advance(300_001);
    expect((await plane.call('signIn', { bearer: null, body: { code: json.code } })).code).toBe('sign_in.code_invalid');
  });

  test('each role may do what the table says and no more', async () => {
    const viewer = await plane.operator('vera', 'viewer');
    const approver = await plane.operator('anna', 'approver');
    const operator = await plane.operator('olaf', 'operator');
    expect((await plane.call('jobs', { bearer: viewer })).status).toBe(200);
    for (const bearer of [viewer, approver])
      expect((await plane.call('pause', { bearer, body: {} })).code).toBe('right.missing');
    expect((await plane.call('pause', { bearer: operator, body: {} })).status).toBe(200);
    for (const bearer of [viewer, approver, operator])
      expect((await plane.call('operators', { bearer })).code).toBe('right.missing');
    const info = await plane.call('session', { bearer: approver });
    expect(info.json.rights).toEqual(['view', 'approve']);
  });
});
