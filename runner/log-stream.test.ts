import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { PlaneProblem, PlaneUnreachable } from './errors.ts';
import { encodeChunk, LogStream } from './log-stream.ts';
import type { PlaneRequest } from './plane-client.ts';
import { FakeClock } from './testing/fake-clock.ts';

interface Put {
  offset: number;
  data: string;
  encoding: 'utf8' | 'base64';
}
let clock: FakeClock;
let source: PassThrough;
let puts: Put[];
let told: string[];
let answer: (put: Put, nth: number) => unknown;
let stream: LogStream;

const bytesOf = ({ data, encoding }: Put) => Buffer.from(data, encoding);
const problem = (code: string, members: object = {}) =>
  new PlaneProblem(409, code, `${code}.`, false, null, { ...members });

beforeEach(() => {
  clock = new FakeClock();
  source = new PassThrough();
  puts = [];
  told = [];
  answer = (put) => ({
    next_offset: put.offset + bytesOf(put).length,
    durable_offset: put.offset + bytesOf(put).length,
  });
  const send = async ({ json }: PlaneRequest) => {
    const put = json as Put;
    puts.push(put);
    const body = answer(put, puts.length);
    if (body instanceof Error) throw body;
    return { status: 200, headers: {}, json: body };
  };
  stream = new LogStream('/log', 41, 'stdout', {
    send,
    clock,
    chance: { fraction: () => 0.5 },
    onSuperseded: () => told.push('superseded'),
    onBroken: (detail) => told.push(detail),
    onGap: (detail) => told.push(detail),
  });
  stream.attach(source);
});

describe('a log stream', () => {
  test('gathers small writes and sends them with their offset', async () => {
    source.write('one\n');
    await clock.advance(50);
    source.write('two\n');
    await clock.advance(200);
    source.write('three\n');
    await clock.advance(300);
    expect(puts).toMatchObject([
      { offset: 0, data: 'one\ntwo\n', encoding: 'utf8', fence: 41, stream: 'stdout' },
      { offset: 8, data: 'three\n' },
    ]);
  });

  test('sends at most 256 KiB at a time and finishes with the last byte', async () => {
    source.end(Buffer.alloc(600 * 1024, 'x'));
    await clock.settle();
    const finished = stream.finish();
    await clock.advance(1_000);
    await finished;
    expect(puts.map(({ offset }) => offset / 1024)).toEqual([0, 256, 512]);
  });

  test('makes the job wait while the plane does not make its output durable', async () => {
    let durable = 0;
    answer = (put) => ({ next_offset: put.offset + bytesOf(put).length, durable_offset: durable });
    source.write(Buffer.alloc(5 * 1024 * 1024, 'x'));
    await clock.advance(1_000);
    expect(source.isPaused()).toBe(true);
    durable = 5 * 1024 * 1024;
    await clock.advance(1_000);
    expect(source.isPaused()).toBe(false);
    expect(stream.spool.heldBytes).toBe(0);
  });

  test('sends again from where the plane lost it', async () => {
    answer = (put, nth) => {
      if (nth === 2) return problem('conflict.log_gap', { expected_offset: 2 });
      return {
        next_offset: put.offset + bytesOf(put).length,
        durable_offset: nth === 1 ? 1 : put.offset + bytesOf(put).length,
      };
    };
    source.write('abcd');
    await clock.advance(300);
    source.write('ef');
    await clock.advance(2_000);
    expect(puts.map(({ offset, data }) => [offset, data])).toEqual([
      [0, 'abcd'],
      [4, 'ef'],
      [2, 'cdef'],
    ]);
  });

  test('tries again over lost answers', async () => {
    answer = (put, nth) =>
      nth < 4 ? new PlaneUnreachable('ECONNREFUSED') : { next_offset: put.offset + 1, durable_offset: 1 };
    source.write('a');
    await clock.advance(10_000);
    expect(puts).toHaveLength(4);
  });

  test('stops at a fence that no longer holds, and still reads what the job writes', async () => {
    answer = () => problem('conflict.lease_superseded');
    source.write('a');
    await clock.advance(300);
    source.write(Buffer.alloc(8 * 1024 * 1024));
    await clock.advance(1_000);
    expect(puts).toHaveLength(1);
    expect(told).toEqual(['superseded']);
    expect(source.isPaused()).toBe(false);
    expect(stream.spool.totalBytes).toBe(8 * 1024 * 1024 + 1);
  });

  test('shows a gap where the plane wants bytes that are durable there by its own word, and sends what follows', async () => {
    answer = (put, nth) => {
      if (nth === 2) return problem('conflict.log_gap', { expected_offset: 0 });
      const end = put.offset + bytesOf(put).length;
      return { next_offset: end, durable_offset: end };
    };
    const lost = 'x'.repeat(80);
    source.write(lost);
    await clock.advance(300);
    source.write('e');
    await clock.advance(3_000);
    expect(told).toEqual(['80 bytes of stdout are lost; the log shows the gap.']);
    const last = puts.at(-1) as Put;
    expect([last.offset, bytesOf(last).length]).toEqual([0, 81]);
    expect(last.data.trimStart()).toBe('[gap: 80 bytes of output were lost here]\ne');
  });
});

describe('the encoding of a chunk', () => {
  test.each([
    ['text', Buffer.from('zwölf €\n'), 'utf8'],
    ['a byte order mark', Buffer.from('\ufeffa'), 'utf8'],
    ['half a character', Buffer.from('€').subarray(0, 2), 'base64'],
    ['bytes that JSON would swell', Buffer.alloc(1_000), 'base64'],
  ])('keeps %s as it is', (_name, bytes, encoding) => {
    const chunk = encodeChunk(bytes);
    expect(chunk.encoding).toBe(encoding);
    expect(Buffer.from(chunk.data, chunk.encoding)).toEqual(bytes);
  });
});
