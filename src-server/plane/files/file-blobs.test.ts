import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemRandom } from '../random.ts';
import { FileBlobs } from './file-blobs.ts';

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
let directory: string;
let blobs: FileBlobs;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cc-blobs-'));
  blobs = new FileBlobs(directory, systemRandom);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const unfinished = (): string[] => readdirSync(join(directory, 'tmp'));
const LIMITS = { maxBytes: 1_000_000 };

describe('blobs', () => {
  test.each([
    ['at once', (bytes: Buffer) => bytes],
    ['as a stream', (bytes: Buffer) => Readable.from([bytes.subarray(0, 7), bytes.subarray(7)])],
  ])('are kept under their digest when they come %s', async (_, form) => {
    const bytes = Buffer.from('some bytes, öäü');
    const sha256 = digestOf(bytes);
    expect(await blobs.put(form(bytes), { ...LIMITS, expectedSha256: sha256 })).toEqual({
      sha256,
      sizeBytes: bytes.length,
    });
    expect(await blobs.sizeOf(sha256)).toBe(bytes.length);
    expect((await buffer(blobs.open(sha256))).equals(bytes)).toBe(true);
    expect(statSync(join(directory, 'sha256', sha256.slice(0, 2), sha256)).mode & 0o777).toBe(0o600);
    expect(unfinished()).toEqual([]);
  });

  test('may be empty, and may come twice', async () => {
    const empty = digestOf(Buffer.alloc(0));
    expect((await blobs.put(Buffer.alloc(0), LIMITS)).sha256).toBe(empty);
    await Promise.all([blobs.put(Buffer.alloc(0), LIMITS), blobs.put(Buffer.alloc(0), LIMITS)]);
    expect(await blobs.sizeOf(empty)).toBe(0);
  });

  test('of another digest, over the limit or cut short leave nothing', async () => {
    const wrong = { ...LIMITS, expectedSha256: digestOf(Buffer.from('other')) };
    await expect(blobs.put(Buffer.from('some'), wrong)).rejects.toMatchObject({ code: 'digest.mismatch' });
    await expect(blobs.put(Buffer.alloc(11), { maxBytes: 10 })).rejects.toMatchObject({ code: 'body.too_large' });
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('the connection broke');
      })(),
    );
    await expect(blobs.put(broken, LIMITS)).rejects.toThrow('broke');
    expect(unfinished()).toEqual([]);
    expect(await blobs.sizeOf(digestOf(Buffer.from('half')))).toBeNull();
  });

  test('that are not there are not there, whatever is asked for', async () => {
    for (const name of ['0'.repeat(64), '../../etc/passwd', '', 'A'.repeat(64)])
      expect(await blobs.sizeOf(name)).toBeNull();
    expect(() => blobs.open('../../etc/passwd')).toThrow('not_found');
  });

  test('that an earlier process did not finish are swept at the start', () => {
    mkdirSync(join(directory, 'tmp'), { recursive: true });
    writeFileSync(join(directory, 'tmp', 'left-over'), 'x');
    blobs = new FileBlobs(directory, systemRandom);
    expect(unfinished()).toEqual([]);
  });

  test('on a disk that fails are a problem with a next step', async () => {
    rmSync(join(directory, 'tmp'), { recursive: true });
    writeFileSync(join(directory, 'tmp'), 'a file where the folder was');
    await expect(blobs.put(Buffer.from('x'), LIMITS)).rejects.toThrow();
  });
});
