import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_JOB, PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

describe('row 4: a body that is not plain JSON', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/jsonx',
    'text/json',
  ])('refuses %s', async (type) => {
    const answer = await plane.call('jobSubmit', {
      body: JSON.stringify(PLAIN_JOB),
      key: plane.key(),
      headers: { 'content-type': type },
    });
    expect([answer.status, answer.code]).toEqual([415, 'media.unsupported']);
  });

  test.each(['gzip', 'br', 'deflate', 'gzip, identity'])('refuses the encoding %s', async (encoding) => {
    const answer = await plane.call('jobSubmit', {
      body: gzipSync(JSON.stringify(PLAIN_JOB)),
      key: plane.key(),
      headers: { 'content-encoding': encoding },
    });
    expect([answer.status, answer.code]).toEqual([415, 'media.unsupported']);
  });

  test('refuses compressed bytes of a blob as well', async () => {
    const answer = await plane.call('blobPut', {
      params: { sha256: '0'.repeat(64) },
      body: gzipSync('x'),
      headers: { 'content-encoding': 'gzip' },
    });
    expect([answer.status, answer.code]).toEqual([415, 'media.unsupported']);
  });

  test('takes JSON with its charset said', async () => {
    const answer = await plane.call('jobSubmit', {
      body: JSON.stringify(PLAIN_JOB),
      key: plane.key(),
      headers: { 'content-type': 'application/json; charset=UTF-8' },
    });
    expect(answer.status).toBe(201);
  });
});
