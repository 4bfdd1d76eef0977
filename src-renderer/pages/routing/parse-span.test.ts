import { expect, it } from 'vitest';
import { parseSpan } from './parse-span.ts';

it.each([
  ['45', 45_000],
  ['90 s', 90_000],
  ['10min', 600_000],
  ['1.5 h', 5_400_000],
  ['1 d', 86_400_000],
  ['', null],
  ['soon', null],
  ['-3 s', null],
])('reads %j as %j', (text, ms) => expect(parseSpan(text)).toBe(ms));
