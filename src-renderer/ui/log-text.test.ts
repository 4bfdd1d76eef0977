import { describe, expect, it } from 'vitest';
import { cleanLogLine, splitLog } from './log-text.ts';

describe('a line of output', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;https://x.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['10%\r50%\r100%', '100%'],
    ['windows\r', 'windows'],
    ['tab\tstays', 'tab\tstays'],
    ['bell\u0007', 'bell\u2407'],
    ['nul\u0000', 'nul\u2400'],
    ['user\u202Etxt.exe', 'user‹202E›txt.exe'],
    ['\u001b', '\u241b'],
  ])('%j shows as %j', (raw, shown) => expect(cleanLogLine(raw)).toBe(shown));
});

it('splits at newlines and keeps an unfinished last line', () => {
  expect(splitLog('a\nb\n')).toEqual(['a', 'b']);
  expect(splitLog('a\n\nb')).toEqual(['a', '', 'b']);
});
it('cuts an endless line and says so', () => {
  expect(splitLog('x'.repeat(5_000))[0]).toMatch(/^x{4000} … 1000 more characters$/);
});
