import { describe, expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

describe('canonical JSON', () => {
  test('orders names by UTF-16 code units, as the example of RFC 8785 does', () => {
    const value = JSON.parse(
      '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
    );
    const names = [...canonicalJson(value).matchAll(/:"([A-Z][^"]*)"/g)].map((match) => match[1]);
    expect(names).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  test('writes strings as RFC 8785 does', () => {
    expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
  });

  test('is the same for the same value in another order, with no white space', () => {
    expect(canonicalJson(JSON.parse('{ "b": [1, {"y": null, "x": true}], "a": -5 }'))).toBe(
      '{"a":-5,"b":[1,{"x":true,"y":null}]}',
    );
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(canonicalJson(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}');
  });

  test.each([1.5, -0, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '\ud800', 'a\udc00b', undefined, () => 1, 1n])(
    'has no form for %s',
    (value) => {
      expect(() => canonicalJson({ value: [value] })).toThrow(TypeError);
    },
  );

  test('is bounded in depth', () => {
    let value: unknown = 1;
    for (let i = 0; i < 100; i += 1) value = [value];
    expect(() => canonicalJson(value)).toThrow(/nested/);
  });
});
