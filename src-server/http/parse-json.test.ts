import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../contract/problems.ts';
import { parseJson } from './parse-json.ts';

const codeOf = (text: string | Buffer, namesLimit = 100): string => {
  try {
    parseJson(Buffer.from(text as string), namesLimit);
    return 'ok';
  } catch (error) {
    return error instanceof ProblemError ? error.code : String(error);
  }
};

describe('parseJson', () => {
  test('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(
          !text.includes('\\u0000') &&
            !text.includes('-0') &&
            !text.includes('__proto__') &&
            !/\\ud[89a-f]/i.test(text),
        );
        expect(parseJson(Buffer.from(text), 1_000)).toEqual(JSON.parse(text));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test('never takes what JSON.parse refuses, and never throws anything but a problem', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0ae1-. \n\t\u0000') }), (text) => {
        const code = codeOf(text);
        expect(['ok', 'json.invalid', 'json.duplicate_key', 'field.invalid']).toContain(code);
        if (code === 'ok') expect(() => JSON.parse(text)).not.toThrow();
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  test.each([
    ['{"a":1,"a":2}', 'json.duplicate_key'],
    ['{"a":1,"\\u0061":2}', 'json.duplicate_key'],
    ['[{"a":1},{"a":2}]', 'ok'],
    ['{"a":{"a":1}}', 'ok'],
    ['{"a":"a","b":"a:"}', 'ok'],
    ['{"a" \n\t: 1, "a" :2}', 'json.duplicate_key'],
    ['{"x":["a","a"]}', 'ok'],
    ['{"__proto__":1}', 'json.invalid'],
    ['{"constructor":1,"toString":2,"hasOwnProperty":3}', 'ok'],
    ['["__proto__"]', 'ok'],
    ['"\\uD83D\\uDE00"', 'ok'],
    ['"\\uD83D"', 'json.invalid'],
    ['"\\uDE00\\uD83D"', 'json.invalid'],
    ['"\\u00"', 'json.invalid'],
    ['"', 'json.invalid'],
    ['', 'json.invalid'],
    ['[-0]', 'field.invalid'],
    ['[-0.5, "a-0", 1e-05]', 'ok'],
    ['{"a":-0e5}', 'field.invalid'],
  ])('%s: %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test('counts names over all objects, and levels', () => {
    expect(codeOf('[{"a":1},{"a":1},{"a":1}]', 3)).toBe('ok');
    expect(codeOf('[{"a":1},{"a":1},{"a":1}]', 2)).toBe('json.too_complex');
    expect(codeOf(`${'['.repeat(64)}${']'.repeat(64)}`)).toBe('ok');
    expect(codeOf(`${'['.repeat(65)}${']'.repeat(65)}`)).toBe('json.too_complex');
  });

  test('points at a minus zero', () => {
    try {
      parseJson(Buffer.from('{"a/b":[1,{"c":-0}]}'), 10);
      expect.unreachable();
    } catch (error) {
      expect((error as ProblemError).more.errors?.[0]?.pointer).toBe('/a~1b/1/c');
    }
  });
});
