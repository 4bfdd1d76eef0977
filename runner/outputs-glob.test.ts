import { describe, expect, test } from 'vitest';
import { matchesPattern, mayMatchBelow } from './outputs-glob.ts';

describe('output patterns', () => {
  test.each([
    ['report/**', 'report/a.xml', true],
    ['report/**', 'report/deep/er/a.xml', true],
    ['report/**', 'reports/a.xml', false],
    ['**/*.xml', 'a.xml', true],
    ['**/*.xml', 'x/y/a.xml', true],
    ['*.xml', 'x/a.xml', false],
    ['a/**/b/*.txt', 'a/b/c.txt', true],
    ['a/**/b/*.txt', 'a/x/b/b/c.txt', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a*b*c', 'aXXbYYbc', true],
    ['a*b*c', 'aXXbYY', false],
    ['file', 'File', false],
    ['a[1].txt', 'a[1].txt', true],
    ['.hidden/*', '.hidden/x', true],
    ['*', '.hidden', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matchesPattern(pattern, path)).toBe(expected);
  });

  test('cost little for names made to be costly', () => {
    expect(matchesPattern(`${'*a'.repeat(50)}b`, 'a'.repeat(500))).toBe(false);
    expect(matchesPattern(`${'**/'.repeat(50)}b`, `${'a/'.repeat(200)}c`)).toBe(false);
  });

  test('say which directories are worth looking into', () => {
    expect(mayMatchBelow('report/**', 'report')).toBe(true);
    expect(mayMatchBelow('report/**', 'src')).toBe(false);
    expect(mayMatchBelow('**/*.xml', 'a/b')).toBe(true);
    expect(mayMatchBelow('a/*.xml', 'a/b')).toBe(false);
  });
});
