import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeCredential } from '../../src-server/domain/credentials/format.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
});
afterEach(() => plane.close());

const fresh = (): RunnerUnderTest => new RunnerUnderTest(plane, '');

describe('row 11: one-time credentials', () => {
  test('a used one is refused to everybody else', async () => {
    const { credential } = await plane.enroll('laptop-1');
    expect((await fresh().redeem(credential)).status).toBe(200);
    const second = await fresh().redeem(credential);
    expect([second.status, second.code]).toEqual([401, 'credential.used']);
    expect(second.text).not.toContain(credential);
  });

  test('an answer that got lost can be asked for again by the same key, until its token is used', async () => {
    const { credential } = await plane.enroll('laptop-1');
    const runner = fresh();
    const first = await runner.redeem(credential);
    const again = await runner.redeem(credential);
    expect(again.status).toBe(200);
    expect(again.json.session.session_id).toBe(first.json.session.session_id);
    expect((await runner.heartbeat()).status).toBe(200);
    expect((await runner.redeem(credential)).code).toBe('credential.used');
  });

  test('one that was not used in its time is refused and says so', async () => {
    const { credential } = await plane.enroll('laptop-1', { ttl_ms: 60_000 });
    plane.clock.advance(60_002);
    expect((await fresh().redeem(credential)).code).toBe('credential.expired');
    const [item] = (await plane.call('enrollments')).json.items;
    expect(item.state).toBe('expired');
  });

  test('a burned one is refused, and so is that of a revoked source', async () => {
    const one = await plane.enroll('laptop-1');
    await plane.call('enrollmentBurn', { params: { enrollment_id: one.enrollment_id }, body: { reason: 'shown' } });
    expect((await fresh().redeem(one.credential)).code).toBe('credential.burned');
    const two = await plane.enroll('laptop-2');
    await plane.call('sourceRevoke', { params: { source_id: two.source_id }, body: {} });
    expect((await fresh().redeem(two.credential)).code).toBe('credential.burned');
  });

  test('a reissued one takes the place of the old one', async () => {
    const one = await plane.enroll('laptop-1');
    const two = await plane.call('enrollmentReissue', { params: { enrollment_id: one.enrollment_id }, body: {} });
    expect((await fresh().redeem(one.credential)).code).toBe('credential.burned');
    expect((await fresh().redeem(two.json.credential)).status).toBe(200);
    expect(two.json.source_id).toBe(one.source_id);
  });

  test('an unknown one is told apart from a mistyped one', async () => {
    const unknown = makeCredential('cce', () => 11);
    expect((await fresh().redeem(unknown)).code).toBe('credential.unknown');
    const { credential } = await plane.enroll('laptop-1');
    const typo = `${credential.slice(0, 8)}${credential[8] === 'x' ? 'y' : 'x'}${credential.slice(9)}`;
    const answer = await fresh().redeem(credential, { pasted: typo });
    expect([answer.status, answer.code]).toEqual([400, 'credential.mistyped']);
    expect(answer.text).not.toContain(typo);
    expect((await fresh().redeem(credential, { pasted: credential.slice(0, -1) })).code).toBe('credential.mistyped');
    expect((await fresh().redeem(credential, { pasted: `${credential} x` })).code).toBe('credential.mistyped');
    expect((await fresh().redeem(credential)).status).toBe(200);
  });

  test.each([
    ['spaces', (c: string) => ` ${c}  `],
    ['double quotes', (c: string) => `"${c}"`],
    ['single quotes and spaces', (c: string) => `'${c}' `],
  ])('%s around it are dropped', async (_, paste) => {
    const { credential } = await plane.enroll('laptop-1');
    expect((await fresh().redeem(credential, { pasted: paste(credential) })).status).toBe(200);
  });

  test('a proof of another key, of another credential or with a made-up nonce is refused and uses nothing up', async () => {
    const { credential } = await plane.enroll('laptop-1');
    const other = await plane.enroll('laptop-2');
    const stranger = fresh();
    const nonce = await stranger.hello();
    const body = { register: stranger.register(nonce, fresh().prove(`connected-compute/register/v1\n${nonce}\n`)) };
    expect((await stranger.redeem(credential, { body })).code).toBe('proof.invalid');
    expect((await stranger.redeem(other.credential, { pasted: credential })).code).toBe('proof.invalid');
    expect((await stranger.redeem(credential, { nonce: 'made-up' })).code).toBe('proof.invalid');
    expect((await stranger.redeem(credential)).status).toBe(200);
  });

  test('is in no answer, no entry and no list but the one that issued it', async () => {
    const { credential, fingerprint } = await plane.enroll('laptop-1');
    const secret = credential.slice(4);
    for (const id of ['enrollments', 'sources', 'evidence', 'overview'] as const)
      expect((await plane.call(id)).text).not.toContain(secret);
    expect((await plane.call('enrollments')).text).toContain(fingerprint);
  });

  test('a runner of an older contract is told so', async () => {
    const { credential } = await plane.enroll('laptop-1');
    const runner = fresh();
    const nonce = await runner.hello();
    const answer = await runner.redeem(credential, {
      body: { register: runner.register(nonce, 'A'.repeat(86).concat('=='), { contract: 0 }) },
    });
    expect([answer.status, answer.code]).toEqual([426, 'runner.too_old']);
  });
});

describe('row 12: the same credential redeemed by several at once', () => {
  test('exactly one wins', async () => {
    const rounds = 200;
    for (let round = 0; round < rounds; round++) {
      const { credential } = await plane.enroll(`laptop-${round}`);
      const runners = Array.from({ length: 4 }, fresh);
      const answers = await Promise.all(
        runners.map((runner) => runner.redeem(credential, { nonce: plane.host.tokens.nonce() })),
      );
      expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
      expect(new Set(answers.filter((a) => a.status !== 200).map((a) => a.code))).toEqual(new Set(['credential.used']));
      // The refusals of one round must not use up the patience for the next.
      plane.clock.advance(60_000);
    }
    expect(plane.entriesOf('credential.redeemed')).toHaveLength(rounds);
  });
});
