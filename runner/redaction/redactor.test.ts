import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MARKER, RedactionRules, Redactor, redactText } from './redactor.ts';
import { unusableSecretReason } from './secret-forms.ts';

const SECRET = 'hunter2/+"Zebra \\ü%40';
const CREDENTIAL = `cce_${'Ab3'.repeat(12)}Xy`;
const rulesOf = (...values: string[]) => new RedactionRules(values.map((value, at) => ({ name: `S${at}`, value })));

function redact(chunks: readonly Buffer[], rules: RedactionRules, found: string[] = []): string {
  const redactor = new Redactor(rules, (sha256) => found.push(sha256));
  const parts = chunks.map((chunk) => redactor.push(chunk));
  return Buffer.concat([...parts, redactor.end()]).toString('latin1');
}
const cutAt = (bytes: Buffer, at: number) => [bytes.subarray(0, at), bytes.subarray(at)];
const base64At = (value: string, offset: number) => {
  const text = Buffer.concat([Buffer.from('xyz'.slice(0, offset)), Buffer.from(value), Buffer.from('q')]);
  return text.toString('base64');
};
const unicode = (value: string) =>
  value
    .split('')
    .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`)
    .join('');

/** Every encoding, and what of it must not be seen. */
const FORMS: readonly [string, (value: string) => string][] = [
  ['raw', (v) => v],
  ['base64', (v) => base64At(v, 0)],
  ['base64 one byte later', (v) => base64At(v, 1)],
  ['base64 two bytes later', (v) => base64At(v, 2)],
  ['base64url', (v) => Buffer.from(v).toString('base64url')],
  ['URL-encoded', (v) => encodeURIComponent(v)],
  ['URL-encoded as a form', (v) => new URLSearchParams([['', v]]).toString().slice(1)],
  ['URL-encoded byte by byte', (v) => [...Buffer.from(v)].map((b) => `%${b.toString(16).padStart(2, '0')}`).join('')],
  ['JSON', (v) => JSON.stringify(v).slice(1, -1)],
  ['JSON with solidus and unicode escapes', (v) => unicode(v)],
  ['hex', (v) => Buffer.from(v).toString('hex')],
  ['hex in capitals', (v) => Buffer.from(v).toString('hex').toUpperCase()],
  ['a hex dump', (v) => Buffer.from(v).toString('hex').replace(/..../g, '$& ')],
];

describe('a secret', () => {
  test.each(FORMS)('in the form %s is hidden, wherever the stream is cut', (_name, form) => {
    const rules = rulesOf(SECRET);
    const text = Buffer.from(`before ${form(SECRET)} after`);
    const shown = redact([text], rules);
    expect(shown).toMatch(/^before .{0,4}\[redacted\].{0,4} after$/);
    for (let at = 0; at <= text.length; at += 1) expect(redact(cutAt(text, at), rules)).toBe(shown);
    expect(
      redact(
        [...text].map((byte) => Buffer.from([byte])),
        rules,
      ),
    ).toBe(shown);
  });

  test.each(FORMS)('in the form %s is hidden with colours and line breaks inside', (_name, form) => {
    const coded = Buffer.from(form(SECRET))
      .toString('latin1')
      .replace(/(.{5})(.{4})/g, '$1\u001b[1;31m$2\r\n');
    const shown = redact([Buffer.from(`<${coded}>`, 'latin1')], rulesOf(SECRET));
    expect(shown).toMatch(/^<[^>]{0,14}\[redacted\][^>]{0,14}>$/);
    expect(shown.length).toBeLessThan(40);
  });

  test('of several lines is hidden line by line, as a whole and in base64 that is wrapped', () => {
    const pem = `-----BEGIN KEY-----\n${randomBytes(300).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END KEY-----\n`;
    const rules = rulesOf(pem);
    const line = pem.split('\n')[2] as string;
    for (const text of [pem, line, pem.replaceAll('\n', '\r\n'), JSON.stringify(pem)])
      expect(redact([Buffer.from(text)], rules)).not.toContain(line.slice(0, 20));
    const wrapped = Buffer.from(pem).toString('base64').replace(/.{76}/g, '$&\n');
    expect(redact([Buffer.from(wrapped)], rules).length).toBeLessThan(30);
  });

  test('that begins in another secret, follows itself or overlaps is hidden whole', () => {
    const rules = rulesOf('abcdef-one', 'f-one-two-three', 'aaaaaaa');
    expect(redact([Buffer.from('xabcdef-one-two-threex')], rules)).toBe('x[redacted]x');
    expect(redact(cutAt(Buffer.from(`x${'a'.repeat(500)}x`), 250), rules)).toBe('x[redacted]x');
    expect(redact([Buffer.from('abcdef-oneabcdef-one')], rules)).toBe('[redacted]');
  });

  test('of which a job could write no more than a part is hidden as well, at the end of a log', () => {
    expect(redact([Buffer.from('key: correct-horse-ba')], rulesOf('correct-horse-battery'))).toBe('key: [redacted]');
    expect(redact([Buffer.from('in correct')], rulesOf('correct-horse-battery'))).toBe('in correct');
  });

  test('leaves all other bytes as they are, in any cut (property)', () => {
    const rules = rulesOf('correct-horse-battery', 'hunter22');
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (chunks) => {
        const whole = Buffer.concat(chunks);
        expect(
          Buffer.from(
            redact(
              chunks.map((chunk) => Buffer.from(chunk)),
              rules,
            ),
            'latin1',
          ),
        ).toEqual(whole);
      }),
    );
  });

  test('is nowhere in what is shown, whatever stands around it and however it is cut (property)', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40, unit: 'binary' }).filter((v) => unusableSecretReason(v) === null),
        fc.nat(FORMS.length - 1),
        // A lone opener of an escape in front changes what the text behind it means.
        fc.uint8Array({ maxLength: 30 }).filter((bytes) => ![0x1b, 0x25, 0x5c].some((byte) => bytes.includes(byte))),
        fc.array(fc.nat(200), { maxLength: 5 }),
        (value, which, around, cuts) => {
          const form = FORMS[which]?.[1](value) ?? '';
          const text = Buffer.concat([around, Buffer.from('\n'), Buffer.from(form), Buffer.from('\n'), around]);
          const places = [0, ...cuts.map((c) => c % text.length).sort((a, b) => a - b), text.length];
          const chunks = places.slice(1).map((end, at) => text.subarray(places[at], end));
          expect(redact(chunks, rulesOf(value))).toContain(MARKER.toString());
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what looks like a credential of a plane', () => {
  const digest = createHash('sha256').update(CREDENTIAL).digest('hex');

  test.each([
    ['as it is', CREDENTIAL],
    ['in base64', base64At(CREDENTIAL, 0)],
    ['in base64, one byte later', base64At(CREDENTIAL, 1)],
    ['in base64url, two bytes later', base64At(CREDENTIAL, 2).replaceAll('+', '-').replaceAll('/', '_')],
    ['in colour', CREDENTIAL.replace('Ab3', 'A\u001b[0mb3')],
  ])('is hidden %s and told by its digest, in every cut, without any secret', (_name, form) => {
    const text = Buffer.from(`token=${form}\n`);
    for (let at = 0; at <= text.length; at += 1) {
      const found: string[] = [];
      expect(redact(cutAt(text, at), rulesOf(), found)).toMatch(/^token=.{0,4}\[redacted\].{0,4}\n$/);
      expect(found).toContain(digest);
    }
  });

  test.each(['half_ofTheTimeItWorksWithoutTrouble', 'cce_', 'lf_short', 'ccs_not a token'])('is not %s', (text) => {
    expect(redactText(text, rulesOf())).toBe(text);
  });
});

test.each([
  ['short', 'has under 6 characters'],
  ['      x', 'is almost only blank'],
  ['with\0nul', 'holds a NUL'],
  ['x'.repeat(8 * 1024 + 1), 'is longer than 8 KiB'],
])('%j cannot be a secret', (value, reason) => {
  expect(unusableSecretReason(value)).toContain(reason);
});
