import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LogSpool } from './log-spool.ts';

describe('the log spool', () => {
  test('reads by offset across chunks', () => {
    const spool = new LogSpool();
    for (const text of ['abc', 'de', 'fghi']) spool.append(Buffer.from(text));
    expect(spool.read(0, 100).toString()).toBe('abcdefghi');
    expect(spool.read(2, 4).toString()).toBe('cdef');
    expect(spool.read(9, 4).toString()).toBe('');
    expect(() => spool.read(10, 1)).toThrow(RangeError);
  });

  test('lets go of what is durable and of nothing else', () => {
    const spool = new LogSpool();
    for (const text of ['abc', 'de', 'fghi']) spool.append(Buffer.from(text));
    spool.release(4);
    expect([spool.startOffset, spool.heldBytes]).toEqual([4, 5]);
    expect(spool.read(4, 2).toString()).toBe('ef');
    expect(() => spool.read(3, 1)).toThrow(RangeError);
    spool.release(2);
    expect(spool.startOffset).toBe(4);
    spool.release(100);
    expect([spool.startOffset, spool.heldBytes]).toEqual([9, 0]);
  });

  test('keeps up to its limit, then counts', () => {
    const spool = new LogSpool(5);
    spool.append(Buffer.from('abc'));
    expect(spool.isTruncated).toBe(false);
    spool.append(Buffer.from('defg'));
    spool.append(Buffer.from('h'));
    expect([spool.endOffset, spool.totalBytes, spool.isTruncated]).toEqual([5, 8, true]);
    expect(spool.read(0, 10).toString()).toBe('abcde');
    expect(spool.sha256).toBe(createHash('sha256').update('abcde').digest('hex'));
  });
});
