import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogError } from '../../src-server/ledger/errors.ts';
import { PLAIN_JOB, PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
});
afterEach(() => plane.close().catch(() => undefined));

/** Every append fails as the disk would, until it is taken back. */
function breakDisk(code: 'storage.full' | 'storage.failed'): () => void {
  const { log } = plane.hosted.workspace.engine;
  const { append } = log;
  log.append = () => Promise.reject(new LogError(code, 'the test broke the disk'));
  return () => {
    log.append = append;
  };
}
const submit = (key: string) => plane.call('jobSubmit', { body: PLAIN_JOB, key });

describe('row 29: the disk is full or fails', () => {
  test('full: 507 and no effect; service resumes without a restart when there is room', async () => {
    const before = await plane.submit();
    const runner = await plane.runner('laptop-1');
    const mend = breakDisk('storage.full');
    const refused = await submit('full-1');
    expect([refused.status, refused.code, refused.json.retryable]).toEqual([507, 'storage.full', true]);
    expect(refused.headers['retry-after']).toBeDefined();
    mend();
    await expect.poll(() => plane.hosted.workspace.status).toBe('open');
    const again = await submit('full-1');
    expect(again.status).toBe(201);
    const { items } = (await plane.call('jobs')).json;
    expect(items.map((j: { job_id: string }) => j.job_id)).toEqual([again.json.job_id, before.job_id]);
    expect((await runner.claim()).status).toBe(200);
  });

  test('full: nobody who waits for the same batch gets a 2xx', async () => {
    const mend = breakDisk('storage.full');
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => submit(`batch-${n}`)));
    expect(answers.every((a) => a.status === 507)).toBe(true);
    mend();
    await expect.poll(() => plane.hosted.workspace.status).toBe('open');
    expect((await plane.call('jobs')).json.items).toEqual([]);
  });

  test('failed: 503 from then on, for writes and reads, and never a 2xx', async () => {
    breakDisk('storage.failed');
    const refused = await submit('failed-1');
    expect([refused.status, refused.code]).toEqual([503, 'storage.failed']);
    expect((await submit('failed-2')).code).toBe('storage.failed');
    expect((await plane.call('jobs')).code).toBe('storage.failed');
  });
});
