import { describe, expect, test } from 'vitest';
import type { Clock } from '../plane/clock.ts';
import { AnswerCache } from './answer-cache.ts';
import { RateLimit } from './rate-limit.ts';

const fakeClock = () => {
  const clock = { nowMs: 0, monoMs: () => clock.nowMs, wallMs: () => clock.nowMs };
  return clock satisfies Clock;
};
const request = (key: string, text = 'r') => ({ key, request: text });

describe('AnswerCache', () => {
  test('runs once, then repeats the answer', () => {
    const cache = new AnswerCache(fakeClock());
    expect(cache.begin(request('k'))).toBeNull();
    expect(() => cache.begin(request('k'))).toThrow('idempotency.in_progress');
    cache.end(request('k'), { status: 200, body: '{"a":1}' }, null);
    expect(cache.begin(request('k'))).toEqual({ status: 200, body: '{"a":1}' });
    expect(() => cache.begin(request('k', 'other'))).toThrow('idempotency.key_reused');
  });

  test('frees the key of a request without effect, and after a day', () => {
    const clock = fakeClock();
    const cache = new AnswerCache(clock);
    cache.begin(request('k'));
    cache.forget(request('k'));
    expect(cache.begin(request('k'))).toBeNull();
    cache.end(request('k'), { status: 200, body: '1' }, null);
    clock.nowMs = 86_400_000;
    expect(cache.begin(request('k', 'other'))).toBeNull();
  });

  test('keeps no secret', () => {
    const cache = new AnswerCache(fakeClock());
    cache.begin(request('k'));
    cache.end(request('k'), { status: 201, body: 'cce_secret' }, { enrollment_id: 'enr_1' });
    expect(() => cache.begin(request('k'))).toThrow('idempotency.secret_not_repeatable');
    expect(JSON.stringify([...(cache as unknown as { kept: Map<string, unknown> }).kept])).not.toContain('cce_secret');
  });

  test('forgets the oldest when answers grow too many or too large', () => {
    const cache = new AnswerCache(fakeClock());
    const large = 'x'.repeat(9 * 1024 * 1024);
    for (let n = 0; n < 5; n++) {
      cache.begin(request(`k${n}`));
      cache.end(request(`k${n}`), { status: 200, body: large }, null);
    }
    expect(cache.begin(request('k0'))).toBeNull();
    expect(cache.begin(request('k4'))?.body).toBe(large);
    for (let n = 0; n < 10_001; n++) cache.begin(request(`many-${n}`));
    expect(cache.begin(request('k4'))).toBeNull();
  });
});

describe('RateLimit', () => {
  test('lets a number through per window and address', () => {
    const clock = fakeClock();
    const limit = new RateLimit(clock, 2, 1_000);
    expect([limit.note('a'), limit.note('a'), limit.note('a'), limit.note('b')]).toEqual([null, null, 1_000, null]);
    clock.nowMs = 400;
    expect(limit.note('a')).toBe(600);
    clock.nowMs = 1_000;
    expect(limit.note('a')).toBeNull();
  });
});
