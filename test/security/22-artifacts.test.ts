import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { dial, readAnswer } from '../helpers/raw-http.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
let lease: Awaited<ReturnType<RunnerUnderTest['startOne']>>;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
  runner = await plane.runner('laptop-1');
  await plane.submit();
  lease = await runner.startOne();
});
afterAll(() => plane.close());

const bytes = Buffer.from('the output\n');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const leftovers = (): string[] => readdirSync(join(plane.dataDir, 'blobs/tmp'));

describe('row 22: artifacts at the plane', () => {
  test.each([
    '../../x',
    '/etc/passwd',
    'C:x',
    'C:/x',
    'CON',
    'sub/nul.txt',
    'a//b',
    'a/./b',
    'name.',
    'line\nbreak',
    'x'.repeat(513),
  ])('the path %j is not taken', async (path) => {
    const answer = await runner.artifact(lease, path, bytes);
    expect([answer.status, answer.code]).toEqual([422, 'artifact.path_unsafe']);
  });

  test.each(['..', 'a\\b', '..\\..\\x', 'nul\u0000'])('the path %j leads nowhere', async (path) => {
    expect((await runner.artifact(lease, path, bytes)).code).toBe('not_found');
  });

  test('another digest than that of the bytes is refused, and leaves nothing on the disk', async () => {
    const answer = await runner.artifact(
      lease,
      'out.txt',
      bytes,
      createHash('sha256').update('other').digest('base64'),
    );
    expect([answer.status, answer.code]).toEqual([422, 'digest.mismatch']);
    expect(leftovers()).toEqual([]);
    expect((await plane.call('artifact', { params: { sha256 } })).status).toBe(404);
  });

  test('without its digest or its fence it is refused', async () => {
    const params = { lease_id: lease.lease_id, path: 'out.txt' };
    const noDigest = await runner.call('artifactPut', {
      params,
      body: bytes,
      headers: { 'cc-fence': `${lease.fence}` },
    });
    expect(noDigest.json.errors[0].pointer).toBe('Repr-Digest');
    const noFence = await runner.call('artifactPut', { params, body: bytes });
    expect(noFence.json.errors[0].pointer).toBe('/fence');
  });

  test('an upload that breaks off leaves nothing on the disk', async () => {
    const socket = await dial(plane.port);
    socket.write(
      `PUT /api/v1/runtime/leases/${lease.lease_id}/artifacts/big HTTP/1.1\r\nHost: 127.0.0.1:${plane.port}\r\nAuthorization: Bearer ${runner.token}\r\nCC-Fence: ${lease.fence}\r\nRepr-Digest: sha-256=:${'A'.repeat(43)}=:\r\nContent-Length: 100000\r\n\r\nhalf`,
    );
    await expect.poll(leftovers).toHaveLength(1);
    socket.destroy();
    await expect.poll(leftovers).toEqual([]);
  });

  test('one over 1 GiB is refused by its length, before it is sent', async () => {
    const socket = await dial(plane.port);
    socket.write(
      `PUT /api/v1/runtime/leases/${lease.lease_id}/artifacts/big HTTP/1.1\r\nHost: 127.0.0.1:${plane.port}\r\nAuthorization: Bearer ${runner.token}\r\nCC-Fence: ${lease.fence}\r\nRepr-Digest: sha-256=:${'A'.repeat(43)}=:\r\nContent-Length: ${2 ** 30 + 1}\r\n\r\n`,
    );
    expect((await readAnswer(socket)).code).toBe('body.too_large');
  });

  test('a digest or size that was declared and not stored, or a twin in another case, settles nothing', async () => {
    await runner.artifact(lease, 'out.txt', bytes);
    const good = { path: 'out.txt', sha256, size_bytes: bytes.length };
    const end = (outputs: unknown[]) => runner.complete(lease, { outputs });
    expect((await end([{ ...good, sha256: '0'.repeat(64) }])).code).toBe('digest.mismatch');
    expect((await end([{ ...good, size_bytes: 1 }])).code).toBe('digest.mismatch');
    expect((await end([good, { ...good, path: 'OUT.txt' }])).code).toBe('artifact.path_unsafe');
    expect((await end([{ ...good, path: '../out.txt' }])).code).toBe('field.invalid');
    expect(plane.entriesOf('job.settled')).toEqual([]);
  });

  test('what was stored is kept and handed out as an attachment that no browser reads', async () => {
    const answer = await runner.complete(lease, { outputs: [{ path: 'out.txt', sha256, size_bytes: bytes.length }] });
    expect(answer.json.job_state).toBe('succeeded');
    expect((await plane.job(lease.job_id)).attempts[0].artifacts).toEqual([
      { path: 'out.txt', sha256, size_bytes: bytes.length },
    ]);
    const download = await plane.call('artifact', { params: { sha256 } });
    expect(download.bytes).toEqual(bytes);
    expect(download.headers['content-disposition']).toMatch(/^attachment/);
    expect(download.headers['x-content-type-options']).toBe('nosniff');
    expect(download.headers['content-type']).toBe('application/octet-stream');
  });

  test('an input is handed out to the lease of its job alone', async () => {
    await plane.submit({ inputs: [{ path: 'in.txt', text: 'for you' }] });
    const own = await runner.startOne();
    const { spec } = await plane.job(own.job_id);
    const params = { lease_id: own.lease_id, sha256: spec.inputs[0].sha256 };
    expect((await runner.call('input', { params })).text).toBe('for you');
    expect((await runner.call('input', { params: { ...params, sha256 } })).code).toBe('not_found');
    const other = await plane.runner('laptop-2');
    expect((await other.call('input', { params })).code).toBe('not_found');
  });
});
