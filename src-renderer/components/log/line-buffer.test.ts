import { describe, expect, it } from 'vitest';
import { createLineBuffer } from './line-buffer.ts';

const linesOf = (...pieces: string[]) => {
  const buffer = createLineBuffer();
  for (const piece of pieces) buffer.append(piece);
  return buffer.lines;
};

describe('lines of output that arrives in pieces', () => {
  it('joins a line that was cut', () => expect(linesOf('one\ntw', 'o\nthree')).toEqual(['one', 'two', 'three']));
  it('keeps empty lines', () => expect(linesOf('a\n', '\n', 'b\n')).toEqual(['a', '', 'b']));
  it('takes out a colour that was cut in two', () => expect(linesOf('\u001b[3', '1mred\u001b[0m\n')).toEqual(['red']));
  it('breaks a line that never ends', () => {
    const lines = linesOf('x'.repeat(20_000), 'y'.repeat(10), '\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe('y'.repeat(10));
  });
  it('is quick for many MiB', () => {
    const buffer = createLineBuffer();
    const piece = 'a line of ordinary output, some eighty characters long, as builds write them\n'.repeat(400);
    for (let i = 0; i < 300; i += 1) buffer.append(piece);
    expect(buffer.lines).toHaveLength(120_000);
  });
});
