import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HELLO_PER_SECOND, SESSION_TOKEN_TTL_MS } from '../../src-server/contract/limits.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  runner = await plane.runner('laptop-1');
});
afterEach(() => plane.close());

const session = (nonce: string): string => `connected-compute/session/v1\n${runner.sessionId}\n${nonce}`;

describe('row 15: session tokens', () => {
  test('one past its time is refused; the key brings the session back', async () => {
    plane.clock.advance(SESSION_TOKEN_TTL_MS + 1);
    const answer = await runner.heartbeat();
    expect([answer.status, answer.code]).toEqual([401, 'session.expired']);
    const { sessionId } = runner;
    expect((await runner.comeBack()).status).toBe(200);
    expect(runner.sessionId).toBe(sessionId);
    expect((await runner.heartbeat()).status).toBe(200);
  });

  test('a renewed one stays good until its successor is used', async () => {
    const { nonce } = (await runner.heartbeat()).json;
    const renewed = await runner.heartbeat({ renew: { nonce, proof: runner.prove(session(nonce)) } });
    const before = runner.token;
    expect((await runner.heartbeat()).status).toBe(200);
    runner.token = renewed.json.session_token;
    expect((await runner.heartbeat()).status).toBe(200);
    runner.token = before;
    expect((await runner.heartbeat()).code).toBe('session.expired');
  });

  test('renewal needs the key of the session and a nonce that was given out and not used', async () => {
    const stranger = await plane.runner('laptop-2');
    const { nonce } = (await runner.heartbeat()).json;
    const wrongKey = await runner.heartbeat({ renew: { nonce, proof: stranger.prove(session(nonce)) } });
    expect([wrongKey.status, wrongKey.code]).toEqual([401, 'proof.invalid']);
    const usedUp = await runner.heartbeat({ renew: { nonce, proof: runner.prove(session(nonce)) } });
    expect(usedUp.code).toBe('proof.invalid');
    const madeUp = await runner.heartbeat({ renew: { nonce: 'made-up', proof: runner.prove(session('made-up')) } });
    expect(madeUp.code).toBe('proof.invalid');
    const late = (await runner.heartbeat()).json.nonce as string;
    plane.clock.advance(60_001);
    expect((await runner.heartbeat({ renew: { nonce: late, proof: runner.prove(session(late)) } })).code).toBe(
      'proof.invalid',
    );
    expect((await runner.heartbeat()).status).toBe(200);
  });

  test('a return with another key is refused, and names no stranger', async () => {
    const stranger = await plane.runner('laptop-2');
    expect((await runner.comeBack({ signer: stranger })).code).toBe('session.key_mismatch');
    expect((await runner.comeBack({ sessionId: 'ses_0123456789ABCDEFGHJKMNPQRS' })).code).toBe('auth.invalid');
    expect((await runner.comeBack({ nonce: 'made-up' })).code).toBe('proof.invalid');
  });

  test('a goodbye ends the token at once, and the key brings the session back', async () => {
    expect((await runner.call('sessionEnd', { body: { reason: 'done' } })).status).toBe(200);
    expect((await runner.heartbeat()).code).toBe('session.expired');
    const source = await plane.call('source', { params: { source_id: runner.sourceId } });
    expect([source.json.state, source.json.session.state]).toEqual(['offline', 'lost']);
    expect((await runner.comeBack()).status).toBe(200);
    const back = await plane.call('source', { params: { source_id: runner.sourceId } });
    expect([back.json.state, back.json.session.state]).toEqual(['online', 'active']);
  });

  test('no token outlives a restart of the plane; the key does', async () => {
    await plane.stop();
    const again = await PlaneUnderTest.start({ dataDir: plane.dataDir });
    expect((await again.call('heartbeat', { bearer: runner.token, body: {} })).code).toBe('session.expired');
    const nonce = again.host.tokens.nonce();
    const answer = await again.call('claim', {
      bearer: null,
      headers: { authorization: `Runner ${runner.sessionId}` },
      key: again.key(),
      body: { register: runner.register(nonce, runner.prove(session(nonce))), capacity: 4, max: 0 },
    });
    expect(answer.json.session.session_id).toBe(runner.sessionId);
    plane = again;
  });
});

describe('hello: the plane proves itself first', () => {
  const spki = Buffer.from('302a300506032b6570032100', 'hex');
  const say = (clientNonce: string) => plane.call('hello', { bearer: null, body: { client_nonce: clientNonce } });
  const originHash = (origin: string): string => createHash('sha256').update(origin).digest('base64url');

  test('with a signature over both nonces by the key of its fingerprint', async () => {
    const clientNonce = randomBytes(32).toString('base64url');
    const { json } = await say(clientNonce);
    const raw = Buffer.from(json.plane_public_key, 'base64');
    const key = createPublicKey({ key: Buffer.concat([spki, raw]), format: 'der', type: 'spki' });
    const text = `connected-compute/hello/v1\n${clientNonce}\n${json.nonce}`;
    expect(verify(null, Buffer.from(text), key, Buffer.from(json.signature, 'base64'))).toBe(true);
    const fingerprint = `SHA256:${createHash('sha256').update(raw).digest('base64').replace(/=+$/, '')}`;
    expect(fingerprint).toBe(plane.host.key.fingerprint);
  });

  test('and refuses to sign for an origin that is not its own', async () => {
    const nonce = randomBytes(32).toString('base64url');
    expect((await say(`${nonce}.${originHash(plane.url)}`)).status).toBe(200);
    expect((await say(`${nonce}.${originHash(`http://localhost:${plane.port}`)}`)).status).toBe(200);
    const relayed = await say(`${nonce}.${originHash('https://evil.example')}`);
    expect([relayed.status, relayed.code]).toEqual([401, 'proof.invalid']);
  });

  test('ten times a second for one address', async () => {
    plane.clock.advance(1_000);
    const answers = [];
    for (let n = 0; n <= HELLO_PER_SECOND; n++) answers.push(await say(randomBytes(32).toString('base64url')));
    expect(answers.at(-1)?.code).toBe('rate.limited');
    expect(answers.slice(0, -1).every((a) => a.status === 200)).toBe(true);
    plane.clock.advance(1_000);
    expect((await say(randomBytes(32).toString('base64url'))).status).toBe(200);
  });
});
