import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LOG_KEPT_LIMIT_BYTES } from '../../contract/limits.ts';
import type { Timers } from '../clock.ts';
import { FileRunLogs } from './file-run-logs.ts';

const RUN = 'run_0123456789ABCDEFGHJKMNPQRS';
let directory: string;
let logs: FileRunLogs;
/** The background syncing, by hand. */
let everySecond: () => void;
const timers = {
  after: () => () => undefined,
  every: (_ms: number, run: () => void) => {
    everySecond = run;
    return () => undefined;
  },
  soon: (run: () => void) => run(),
} satisfies Timers;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cc-runs-'));
  logs = new FileRunLogs(directory, timers);
});
afterEach(async () => {
  await logs.close();
  rmSync(directory, { recursive: true, force: true });
});

const append = (offset: number, text: string, stream: 'stdout' | 'stderr' = 'stdout') =>
  logs.append(RUN, stream, offset, Buffer.from(text));
const read = async (offset = 0, limit = 1_000) => (await logs.read(RUN, 'stdout', offset, limit)).bytes.toString();

describe('output by offset', () => {
  test('follows on, skips what is there already and names a gap', async () => {
    expect((await append(0, 'abc')).nextOffset).toBe(3);
    expect((await append(1, 'bcde')).nextOffset).toBe(5);
    expect((await append(0, 'xyz')).nextOffset).toBe(5);
    expect((await append(5, '')).nextOffset).toBe(5);
    await expect(append(6, 'g')).rejects.toMatchObject({ code: 'conflict.log_gap', more: { expected_offset: 5 } });
    expect(await read()).toBe('abcde');
    expect([await read(2, 2), await read(5), await read(99)]).toEqual(['cd', '', '']);
  });

  test('is the same bytes whatever was sent twice and in whatever order it was sent again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.array(fc.tuple(fc.nat(300), fc.nat(100)), { maxLength: 30 }),
        fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
        async (bytes, pieces, id) => {
          const run = `run_${id}`;
          let next = 0;
          for (const [from, length] of [...pieces, [0, bytes.length] as const]) {
            const piece = bytes.subarray(from, from + length);
            if (from > next) await expect(logs.append(run, 'stdout', from, piece)).rejects.toThrow('log_gap');
            else {
              next = Math.max(next, from + piece.length);
              expect((await logs.append(run, 'stdout', from, piece)).nextOffset).toBe(next);
            }
          }
          expect((await logs.read(run, 'stdout', 0, 1_000)).bytes.equals(Buffer.from(bytes))).toBe(true);
          logs.end(run);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('comes together right when several calls are under way at once', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => append(n * 4, `${1_000 + n}`)));
    expect(await read()).toBe(Array.from({ length: 50 }, (_, n) => `${1_000 + n}`).join(''));
  });

  test('keeps its streams apart, in files of their owner alone', async () => {
    await append(0, 'out');
    await append(0, 'error', 'stderr');
    expect(readFileSync(`${directory}/${RUN}/stderr.log`, 'utf8')).toBe('error');
    expect(statSync(`${directory}/${RUN}/stdout.log`).mode & 0o777).toBe(0o600);
    await expect(logs.append('run_../../x', 'stdout', 0, Buffer.from('x'))).rejects.toThrow('not an id');
  });
});

describe('what is durable', () => {
  test('is said only after it was synced', async () => {
    expect((await append(0, 'abc')).durableOffset).toBe(0);
    everySecond();
    await expect.poll(async () => (await append(3, '')).durableOffset).toBe(3);
    expect((await append(3, 'd')).durableOffset).toBe(3);
  });

  test('is all of it once the attempt ends, with its digest', async () => {
    expect(await logs.finish(RUN)).toBeNull();
    await append(0, 'abc');
    const end = await logs.finish(RUN);
    const sha256 = createHash('sha256').update('abc').digest('hex');
    expect(end?.stdout).toEqual({ size_bytes: 3, sha256, truncated: false });
    expect(end?.stderr).toEqual({ size_bytes: 0, sha256: null, truncated: false });
    expect((await append(3, '')).durableOffset).toBe(3);
  });

  test('is there after a start on the same folder', async () => {
    await append(0, 'abc');
    await logs.close();
    logs = new FileRunLogs(directory, timers);
    expect(await read()).toBe('abc');
    expect((await append(1, 'bcd')).nextOffset).toBe(4);
  });
});

describe('more than is kept', () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const fill = async (count: number): Promise<number> => {
    let next = 0;
    for (let n = 0; n < count; n++) next = (await logs.append(RUN, 'stdout', next, chunk)).nextOffset;
    return next;
  };

  test('is counted and dropped, and the count survives a start', async () => {
    const sizeBytes = await fill(11);
    expect(sizeBytes).toBe(11 * chunk.length);
    expect(statSync(`${directory}/${RUN}/stdout.log`).size).toBe(LOG_KEPT_LIMIT_BYTES);
    const end = await logs.finish(RUN);
    expect(end?.stdout).toMatchObject({ size_bytes: sizeBytes, truncated: true });
    await logs.close();
    logs = new FileRunLogs(directory, timers);
    expect((await logs.read(RUN, 'stdout', 0, 10)).isTruncated).toBe(true);
    expect((await logs.append(RUN, 'stdout', sizeBytes, Buffer.from('y'))).nextOffset).toBe(sizeBytes + 1);
    expect((await logs.read(RUN, 'stdout', LOG_KEPT_LIMIT_BYTES - 1, 10)).bytes.toString()).toBe('x');
  });

  test('is known from the runner where it sent no more than is kept, also after a start', async () => {
    const sizeBytes = await fill(10);
    expect((await logs.finish(RUN, { stdout: { size_bytes: sizeBytes } }))?.stdout.truncated).toBe(false);
    const end = await logs.finish(RUN, { stdout: { size_bytes: sizeBytes * 5 } });
    expect(end?.stdout).toMatchObject({ size_bytes: sizeBytes * 5, truncated: true });
    await logs.close();
    logs = new FileRunLogs(directory, timers);
    expect((await logs.read(RUN, 'stdout', 0, 10)).isTruncated).toBe(true);
  });

  test('is not believed of a stream that came short', async () => {
    await fill(1);
    const end = await logs.finish(RUN, { stdout: { size_bytes: 1e9 } });
    expect(end?.stdout).toMatchObject({ size_bytes: chunk.length, truncated: false });
  });
});

describe('who waits for output', () => {
  test('is woken once by growth and by the end, and not after taking it back', async () => {
    const heard: string[] = [];
    logs.onGrowth(RUN, () => heard.push('first'));
    logs.onGrowth(RUN, () => heard.push('gone'))();
    await append(0, 'a');
    await append(1, 'b');
    expect(heard).toEqual(['first']);
    logs.onGrowth(RUN, () => heard.push('second'));
    logs.end(RUN);
    expect(heard).toEqual(['first', 'second']);
    expect(await read()).toBe('ab');
  });
});
