import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENTRY_LIMIT_BYTES, JSON_DEPTH_LIMIT } from '../contract/limits.ts';
import { jsonBytes } from './json-bytes.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', '\n', '\u007f', '\u2028', 'ü', '€', '😀', '\ud83d', 'a\udc00b', '__proto__', '7'),
);
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(text, fc.option(tie('value'), { nil: undefined })),
  ),
})).value as fc.Arbitrary<unknown>;

test('writes what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.dictionary(text, plain), (value) => {
      expect(jsonBytes(value).toString('utf8')).toBe(JSON.stringify(value));
    }),
  );
});

test('what does not fit is refused with its size, and leaves nothing behind', () => {
  for (const letter of ['x', 'ü', '\n']) {
    const tooLong = { text: [letter.repeat(ENTRY_LIMIT_BYTES), letter, 1] };
    const size = Buffer.byteLength(JSON.stringify(tooLong));
    expect(() => jsonBytes(tooLong)).toThrow(
      expect.objectContaining({ code: 'entry.too_large', message: expect.stringContaining(`${size} bytes`) }),
    );
    expect(jsonBytes({ a: [] }).toString('utf8')).toBe('{"a":[]}');
  }
});

test('takes a body as deep as the limit, and none deeper', () => {
  const nested = (depth: number): object => ({ events: [{ body: depth === 0 ? 1 : inner(depth) }] });
  const inner = (depth: number): object => (depth === 1 ? {} : { a: inner(depth - 1) });
  expect(jsonBytes(nested(JSON_DEPTH_LIMIT)).toString('utf8')).toBe(JSON.stringify(nested(JSON_DEPTH_LIMIT)));
  expect(() => jsonBytes(nested(JSON_DEPTH_LIMIT + 1))).toThrow(expect.objectContaining({ code: 'entry.malformed' }));
});
