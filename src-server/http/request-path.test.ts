import { describe, expect, test } from 'vitest';
import { pathOf, queryOf } from './request-path.ts';

describe('pathOf', () => {
  test.each([
    ['/', '/', ''],
    ['/a/b?x=1&y', '/a/b', 'x=1&y'],
    ['/a/b%2Fc', '/a/b%2Fc', ''],
    ['/a/..%2Fb', '/a/..%2Fb', ''],
    ['/a/...', '/a/...', ''],
    ['/a/.b', '/a/.b', ''],
    ['/a?q=/../', '/a', 'q=/../'],
  ])('%s', (url, path, query) => {
    expect(pathOf(url)).toEqual({ path, query });
  });

  test.each([
    '',
    'a',
    'http://x/',
    '*',
    '/..',
    '/a/.',
    '/a/./b',
    '/a//b',
    '/%2e',
    '/a%5Cb',
    '/a\\b',
    '/a%00',
    '/a\u0000',
  ])('refuses %j', (url) => {
    expect(() => pathOf(url)).toThrow('not_found');
  });

  test('counts bytes', () => {
    expect(() => pathOf(`/${'é'.repeat(4_096)}`)).toThrow('url.too_long');
    expect(() => pathOf(`/${'a'.repeat(8_191)}`)).not.toThrow();
  });
});

describe('queryOf', () => {
  test('gives one value per name and no other', () => {
    expect(queryOf('a=1&b=%20x&c')).toEqual({ a: '1', b: ' x', c: '' });
    expect(() => queryOf('a=1&a=2')).toThrow('field.invalid');
    expect(() => queryOf('__proto__=1')).not.toThrow();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
