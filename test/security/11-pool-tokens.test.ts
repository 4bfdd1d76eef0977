import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WRONG_BEARER_PER_MINUTE } from '../../src-server/contract/limits.ts';
import { makeCredential } from '../../src-server/domain/credentials/format.ts';
import { checkAll } from '../../src-server/plane/invariants.ts';
import type { CheckedAnswer } from '../helpers/checked-call.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
let pool: CheckedAnswer['json'];
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  pool = (await plane.call('poolCreate', { body: { name: 'lumenflow_managed', capacity: 4 } })).json;
});
afterEach(async () => {
  expect(checkAll(plane.hosted.workspace.engine)).toEqual([]);
  await plane.close();
});

const fresh = (): RunnerUnderTest => new RunnerUnderTest(plane, pool.source_id);
async function tokenOf(params = { pool_id: pool.pool_id as string }): Promise<CheckedAnswer['json']> {
  const made = await plane.call('poolTokenCreate', { params, body: {} });
  expect(made.status).toBe(201);
  return made.json;
}
const revoke = (tokenId: string, more: Record<string, unknown> = {}) =>
  plane.call('poolTokenRevoke', { params: { pool_id: pool.pool_id, token_id: tokenId }, body: more });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('row 11: registration tokens of a pool', () => {
  test('one serves many runners, each with a session of its own, and none after it was revoked', async () => {
    const { token, token_id: tokenId } = await tokenOf();
    const [one, two] = [fresh(), fresh()];
    expect([(await one.redeem(token)).status, (await two.redeem(token)).status]).toEqual([200, 200]);
    expect(one.sessionId).not.toBe(two.sessionId);
    expect((await revoke(tokenId)).status).toBe(200);
    const late = await fresh().redeem(token);
    expect([late.status, late.code]).toEqual([401, 'credential.revoked']);
    expect(late.text).not.toContain(token);
    // Those that came before it was revoked live on.
    expect((await one.heartbeat()).status).toBe(200);
  });

  test('an unknown one is told apart from a mistyped one, and a refusal uses nothing up', async () => {
    const { token } = await tokenOf();
    const typo = `${token.slice(0, 8)}${token[8] === 'x' ? 'y' : 'x'}${token.slice(9)}`;
    const unknown = await fresh().redeem(makeCredential('ccp', () => 11));
    expect([unknown.status, unknown.code]).toEqual([401, 'credential.unknown']);
    for (const pasted of [typo, token.slice(0, -1), `${token} x`, 'ccp_']) {
      const answer = await fresh().redeem(token, { pasted });
      expect([answer.status, answer.code]).toEqual([400, 'credential.mistyped']);
      expect(answer.text).not.toContain(pasted.slice(4) || '\u0000');
    }
    expect((await fresh().redeem(token, { pasted: ` "${token}" ` })).status).toBe(200);
  });

  test('a proof of another token, of another key or with a made-up nonce is refused', async () => {
    const { token } = await tokenOf();
    const other = await tokenOf();
    expect((await fresh().redeem(other.token, { pasted: token })).code).toBe('proof.invalid');
    expect((await fresh().redeem(token, { nonce: 'made-up' })).code).toBe('proof.invalid');
    const stranger = fresh();
    const nonce = await stranger.hello();
    const proof = fresh().prove(`connected-compute/register/v1\n${nonce}\n${sha256(token)}`);
    const body = { register: stranger.register(nonce, proof) };
    expect((await stranger.redeem(token, { body, nonce })).code).toBe('proof.invalid');
    expect(plane.entriesOf('session.registered')).toEqual([]);
  });

  test('wrong ones count against their address, right ones never', async () => {
    const { token } = await tokenOf();
    const runner = fresh();
    await runner.redeem(token);
    for (let n = 0; n < WRONG_BEARER_PER_MINUTE; n++)
      await fresh().redeem(
        makeCredential('ccp', () => n),
        { nonce: plane.host.tokens.nonce() },
      );
    expect((await fresh().redeem(makeCredential('ccp', () => 41))).code).toBe('rate.limited');
    expect((await fresh().redeem(token)).status).toBe(200);
    expect((await runner.heartbeat()).status).toBe(200);
  });

  test('opens nothing but a registration, from no other place than its header', async () => {
    const { token } = await tokenOf();
    for (const id of ['jobs', 'heartbeat', 'sdkHeartbeat'] as const) {
      const answer = await plane.call(id, { bearer: token, ...(id === 'jobs' ? {} : { body: {} }) });
      expect([id, answer.status, answer.code]).toEqual([id, 401, 'auth.invalid']);
      expect(answer.text).not.toContain(token);
    }
    expect((await plane.call('claim', { bearer: token, key: plane.key(), body: { capacity: 1 } })).status).toBe(422);
  });

  test('seen in an address or in the output of a job it is revoked, and the entry says where', async () => {
    const [one, two] = [await tokenOf(), await tokenOf()];
    const answer = await plane.raw('GET', `/api/v1/health?token=${one.token}`, { host: `127.0.0.1:${plane.port}` });
    expect(answer.text).not.toContain(one.token);
    await expect.poll(() => plane.entriesOf('credential.pool_token_revoked').length).toBe(1);
    expect((await fresh().redeem(one.token)).code).toBe('credential.revoked');

    const runner = await plane.runner('laptop-1');
    await plane.submit();
    const { lease_id: leaseId, fence } = await runner.startOne();
    const exposed = [{ lease_id: leaseId, sha256: sha256(two.token) }];
    for (const _ of [1, 2]) await runner.heartbeat({ leases: [{ lease_id: leaseId, fence }], exposed });
    const revoked = plane.entriesOf('credential.pool_token_revoked').map((e) => e.events[0]?.body);
    expect(revoked).toMatchObject([
      { token_id: one.token_id, reason: 'It reached the plane in an address.' },
      { token_id: two.token_id, reason: `It was seen in the output of lease ${leaseId}.` },
    ]);
  });

  test('is in no answer, entry, list, file or log but the answer that issued it', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const { token, fingerprint } = await tokenOf();
    await fresh().redeem(token);
    await fresh().redeem(token, { pasted: `${token}x` });
    await plane.call('jobs', { bearer: token });
    spy.mockRestore();
    const secret = token.slice(4);
    expect(written.join('')).not.toContain(secret);
    for (const id of ['pools', 'sources', 'evidence', 'overview'] as const)
      expect((await plane.call(id)).text).not.toContain(secret);
    const shown = await plane.call('pool', { params: { pool_id: pool.pool_id } });
    expect(shown.text).not.toContain(secret);
    expect(shown.text).toContain(fingerprint);
    expect(plane.filesWith(sha256(token))).not.toEqual([]);
    expect(plane.filesWith(secret)).toEqual([]);
  });

  test('of another workspace registers there, and its pool cannot be named from here', async () => {
    const other = (await plane.call('workspaceCreate', { body: { name: 'second' } })).json.workspace_id;
    const { token, token_id: tokenId } = await tokenOf();
    const foreign = { workspace_id: other, pool_id: pool.pool_id };
    for (const [id, more] of [
      ['pool', {}],
      ['poolTokenCreate', { body: {} }],
      ['poolTokenRevoke', { body: {}, params: { ...foreign, token_id: tokenId } }],
    ] as const) {
      const answer = await plane.call(id, { params: foreign, ...more });
      expect([id, answer.status, answer.code]).toEqual([id, 404, 'not_found']);
    }
    const runner = fresh();
    await runner.redeem(token);
    const second = plane.host.workspaces().find((w) => w.workspaceId === other);
    expect(second?.workspace.engine.hot.fleet.sessions.size).toBe(0);
    expect(plane.hosted.workspace.engine.hot.fleet.seats.has(runner.sessionId)).toBe(true);
  });
});

describe('row 15: sessions of a pool', () => {
  test('a token of a session that ended with its registration token is refused, and its key brings nothing back', async () => {
    const { token, token_id: tokenId } = await tokenOf();
    const runner = fresh();
    await runner.redeem(token);
    await revoke(tokenId, { end_sessions: true });
    expect((await runner.heartbeat()).code).toBe('runner.revoked');
    expect((await runner.comeBack()).code).toBe('runner.revoked');
  });

  test('another key does not come back as the session, and the same key never gets a second one', async () => {
    const { token } = await tokenOf();
    const [runner, stranger] = [fresh(), fresh()];
    await runner.redeem(token);
    await stranger.redeem(token);
    const { sessionId } = runner;
    expect((await runner.comeBack({ signer: stranger })).code).toBe('session.key_mismatch');
    expect((await runner.redeem(token)).json.session.session_id).toBe(sessionId);
    expect((await runner.comeBack()).json.session.session_id).toBe(sessionId);
    expect(plane.entriesOf('session.registered').length).toBe(2);
  });
});

describe('row 16: claims of a pool that get nothing', () => {
  test('hardware that is too small for the class of the token is refused at the registration', async () => {
    const large = await plane.call('poolCreate', { body: { name: 'large', compute_classes: ['gpu-large'] } });
    const { token } = await tokenOf({ pool_id: large.json.pool_id });
    const answer = await fresh().redeem(token);
    expect([answer.status, answer.code]).toEqual([403, 'pool.class_mismatch']);
    expect(answer.text).not.toContain(token);
    expect(plane.entriesOf('session.registered')).toEqual([]);
  });

  test('a pool that was revoked registers nobody and answers each runner with its end', async () => {
    const { token } = await tokenOf();
    const runner = fresh();
    await runner.redeem(token);
    await plane.call('sourceRevoke', { params: { source_id: pool.source_id }, body: {} });
    expect((await runner.claim()).code).toBe('runner.revoked');
    expect((await runner.heartbeat()).code).toBe('runner.revoked');
    expect(['credential.revoked', 'runner.revoked']).toContain((await fresh().redeem(token)).code);
  });

  test('a job of a class that the pool has not stays where it is, and so does one of the other side', async () => {
    const { version } = (await plane.call('policy')).json;
    const body = { base_version: version, mode: 'byoc_only', fallback: { mode: 'never', after_ms: 0 } };
    expect((await plane.call('policyPut', { body })).status).toBe(200);
    const runner = fresh();
    await runner.redeem((await tokenOf()).token);
    const { job_id: jobId } = await plane.submit();
    await plane.submit({ compute_class: 'gpu-large' });
    const answer = await runner.claim();
    expect([answer.status, answer.headers['cc-reason']]).toEqual([204, expect.any(String)]);
    expect((await plane.job(jobId)).state).toBe('queued');
  });
});
