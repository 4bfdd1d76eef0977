import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_JOB, PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

const PLAIN = JSON.stringify(PLAIN_JOB);
const withTitle = (bytes: Buffer): Buffer => {
  const [before = '', after = ''] = PLAIN.split(PLAIN_JOB.title);
  return Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
};

describe('row 8: JSON that a lax parser would take', () => {
  test.each<[string, Buffer | string, string]>([
    ['bytes that are not UTF-8', withTitle(Buffer.from([0xc3, 0x28])), 'json.invalid'],
    ['an overlong form', withTitle(Buffer.from([0xc0, 0xaf])), 'json.invalid'],
    ['a surrogate in UTF-8', withTitle(Buffer.from([0xed, 0xa0, 0x80])), 'json.invalid'],
    ['a lone high surrogate', withTitle(Buffer.from('\\ud800')), 'json.invalid'],
    ['a lone low surrogate', withTitle(Buffer.from('\\udc00x')), 'json.invalid'],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(PLAIN)]), 'json.invalid'],
    ['a NUL', withTitle(Buffer.from([0])), 'json.invalid'],
    ['an escaped NUL', withTitle(Buffer.from('\\u0000')), 'json.invalid'],
    ['two documents', `${PLAIN}{}`, 'json.invalid'],
    ['half a document', PLAIN.slice(0, -1), 'json.invalid'],
    ['a bare NaN', PLAIN.replace('60000', 'NaN'), 'json.invalid'],
    ['a comment', `/* */${PLAIN}`, 'json.invalid'],
    ['nothing but white space', '   ', 'json.invalid'],
    ['depth 10,000', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'json.too_complex'],
    ['depth 10,000 of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'json.too_complex'],
    ['a name twice', PLAIN.replace('{', '{"title":"other",'), 'json.duplicate_key'],
    ['a name twice, once escaped', PLAIN.replace('{', '{"t\\u0069tle":"other",'), 'json.duplicate_key'],
    ['a name twice, deep inside', PLAIN.replace('"argv"', '"argv":[],"argv"'), 'json.duplicate_key'],
    ['__proto__', PLAIN.replace('{', '{"__proto__":{"polluted":true},'), 'json.invalid'],
    ['__proto__, escaped', PLAIN.replace('{', '{"\\u005f_proto__":{"polluted":true},'), 'json.invalid'],
  ])('refuses %s', async (_, body, code) => {
    const answer = await plane.call('jobSubmit', { body, key: plane.key() });
    expect([answer.status, answer.code]).toEqual([400, code]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('refuses a million names, on the route that takes the largest bodies too', async () => {
    const names = Array.from({ length: 1_000_000 }, (_, n) => `"${n.toString(36)}":1`).join();
    expect((await plane.call('jobBulk', { body: `{${names.slice(0, 8_000_000).replace(/,[^,]*$/, '')}}` })).code).toBe(
      'json.too_complex',
    );
  });

  test('takes what is well formed, escapes and pairs of surrogates included', async () => {
    const answer = await plane.call('jobSubmit', {
      body: withTitle(Buffer.from('\\ud83d\\ude00 \\"quoted\\" \\\\ 😀 constructor')),
      key: plane.key(),
    });
    expect(answer.json.title).toBe('😀 "quoted" \\ 😀 constructor');
  });

  test('takes as many names as a full list of outputs or of jobs needs', async () => {
    const items = Array.from({ length: 1_000 }, () => ({
      ...PLAIN_JOB,
      command: { argv: ['true'], env: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`E${n}`, 'x'])) },
    }));
    const answer = await plane.call('jobBulk', { body: { items } });
    expect(answer.status).toBe(200);
    expect(new Set(answer.json.results.map((r: { status: number }) => r.status))).toEqual(new Set([201]));
  });
});
