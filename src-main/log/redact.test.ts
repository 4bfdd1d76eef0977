import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { redact, redactText } from './redact.ts';

const BODY = '0123456789abcdefghijABCDEFGHIJ01';

describe('texts', () => {
  it.each([
    `cco_${BODY}`,
    `cce_${BODY}abc123`,
    `ccs_${BODY}`,
    `ccp_${BODY}`,
    `lf_${BODY}`,
    `Authorization: Bearer ${BODY}`,
    `http://127.0.0.1:41837/sign-in#${BODY}`,
    `-----BEGIN PRIVATE KEY-----\n${BODY}\n-----END PRIVATE KEY-----`,
    `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${BODY}`,
  ])('hides the secret of %s', (text) => {
    expect(redactText(`before ${text} after`)).not.toContain(BODY);
  });

  it('leaves ids and plain words alone', () => {
    const text = 'job_01JD3Z0000ABCDEFGHJKMNPQRS was assigned to laptop-1, bearer of good news';
    expect(redactText(text)).toBe(text);
  });
});

it('hides fields by their name, at every depth', () => {
  const hidden = redact({ operator_token: BODY, more: [{ session_key: BODY, url: 'http://127.0.0.1' }] });
  expect(JSON.stringify(hidden)).not.toContain(BODY);
  expect(hidden).toMatchObject({ more: [{ url: 'http://127.0.0.1' }] });
});

it('survives rings and any other value', () => {
  const ring: Record<string, unknown> = {};
  ring.self = ring;
  expect(() => JSON.stringify(redact(ring))).not.toThrow();
  fc.assert(fc.property(fc.anything({ withBigInt: true }), (value) => void JSON.stringify(redact(value))));
});

it('writes one JSON line to every sink, also when one fails', () => {
  const lines: string[] = [];
  const failing = () => {
    throw new Error('ENOSPC');
  };
  const log = createLogger({ instant: () => '2026-01-01T00:00:00.000Z' }, [failing, (line) => lines.push(line)]);
  log.error('plane.crashed', { cause: new Error(`with cco_${BODY}`), line: 'a\nb' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('\n');
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    at: '2026-01-01T00:00:00.000Z',
    level: 'error',
    event: 'plane.crashed',
    cause: { name: 'Error', message: 'with cco_[hidden]' },
    line: 'a\nb',
  });
});
