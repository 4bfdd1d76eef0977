import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry } from './entry.ts';
import { sha256Hex, ZERO_HASH } from './hashing.ts';
import { entryFields } from './testing/ledger-test-kit.ts';

const encode = (over: Parameters<typeof entryFields>[1] = {}) =>
  encodeEntry(entryFields(3, { batch: 2, ...over }), ZERO_HASH);
const change = (from: string, to: string) => Buffer.from(encode().line.toString('utf8').replace(from, to));

describe('entry', () => {
  it('writes the members in their fixed order', () => {
    const { line, hash } = encode({
      events: [{ type: 'job.submitted', body: { n: 1 } }],
      salt: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
    });
    expect(line.toString('utf8')).toBe(
      `{"v":1,"seq":3,"ws":"ws_01HZY3T7Q2M8K4N6P9R5S1V0WX","at":"2026-11-22T14:48:05.120Z","boot":"boot-1","mono":1003,"batch":2,` +
        `"actor":{"kind":"plane","id":"plane"},"ref":{"job":"job_01HZY3T7Q2M8K4N6P9R5S1V0WX","fence":3},"prev":"${ZERO_HASH}",` +
        `"salt":"00112233445566778899aabbccddeeff","events":[{"type":"job.submitted","body":{"n":1}}]}`,
    );
    expect(hash).toBe(sha256Hex(line));
  });

  it('reads back what it wrote, for any JSON without floats', () => {
    const toIntegers = (_key: string, value: unknown) =>
      typeof value === 'number' ? Math.trunc(value % 1e15) + 0 : value;
    const body = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(body, fc.string(), (value, text) => {
        const plain = JSON.parse(JSON.stringify(value), toIntegers) as Record<string, unknown>;
        const { line } = encode({ ref: { text }, events: [{ type: 't', body: plain }] });
        expect(line.includes(10)).toBe(false);
        const entry = decodeEntry(line);
        expect(JSON.stringify(entry)).toBe(line.toString('utf8'));
      }),
    );
  });

  it.each([
    ['a float', { n: 1.5 }],
    ['NaN', { n: Number.NaN }],
    ['an unsafe integer', { n: 2 ** 53 }],
    ['-0', { n: [-0] }],
    ['a bigint', { n: 1n }],
    ['undefined in an array', { n: [undefined] }],
    ['a Date', { n: new Date(0) }],
    ['a function', { n: () => 1 }],
  ])('refuses %s in a body', (_, body) => {
    expect(() => encode({ events: [{ type: 't', body }] })).toThrow(
      expect.objectContaining({ code: 'entry.malformed' }),
    );
  });

  it('refuses a cycle', () => {
    const body: Record<string, unknown> = {};
    body.self = body;
    expect(() => encode({ events: [{ type: 't', body }] })).toThrow(
      expect.objectContaining({ code: 'entry.malformed' }),
    );
  });

  it('refuses more than 64 KiB, and takes exactly 64 KiB', () => {
    const ofLength = (n: number) => encode({ events: [{ type: 't', body: { s: 'x'.repeat(n) } }] });
    const room = 64 * 1024 - ofLength(0).line.length;
    expect(decodeEntry(ofLength(room).line).seq).toBe(3);
    expect(() => ofLength(room + 1)).toThrow(expect.objectContaining({ code: 'entry.too_large' }));
    expect(() => decodeEntry(Buffer.alloc(64 * 1024 + 1, 32))).toThrow(
      expect.objectContaining({ code: 'entry.too_large' }),
    );
  });

  it.each([
    ['batch above seq', { batch: 4 }],
    ['a negative seq', { seq: -1 }],
    ['a bad instant', { at: '2026-11-22' }],
    ['no event', { events: [] }],
    ['a short salt', { salt: Buffer.alloc(15) }],
    ['a float in ref', { ref: { fence: 0.5 } }],
    ['an unknown actor', { actor: { kind: 'robot' as never, id: 'x' } }],
  ])('refuses %s', (_, over) => {
    expect(() => encode(over)).toThrow(expect.objectContaining({ code: 'entry.malformed' }));
  });

  it('refuses lines that are not entries', () => {
    const bad = [
      Buffer.from(''),
      Buffer.from('[]'),
      Buffer.from('{"v":1}'),
      change('"seq":3,', ''),
      change('"seq":3', '"seq":3.5'),
      change('{"v":1,"seq":3', '{"seq":3,"v":1'),
      change('"events"', '"more":1,"events"'),
      change('"v":1', '"v":0'),
      Buffer.concat([encode().line, Buffer.from('\n')]),
    ];
    const broken = Buffer.from(encode().line);
    broken[broken.indexOf('Gr') + 2] = 0xff;
    for (const line of [...bad, broken])
      expect(() => decodeEntry(line)).toThrow(expect.objectContaining({ code: 'entry.malformed' }));
  });

  it('tells a newer version apart', () => {
    expect(() => decodeEntry(change('"v":1', '"v":2'))).toThrow(expect.objectContaining({ code: 'schema.newer' }));
    expect(() => decodeEntry(Buffer.from('{"v":7,"other":true}'))).toThrow(
      expect.objectContaining({ code: 'schema.newer' }),
    );
  });
});
