import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogError } from '../../src-server/ledger/errors.ts';
import { PLAIN_JOB, PlaneUnderTest, UNBUILT_JOB } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

type Results = { status: number; problem?: { code: string }; job_id?: string }[];
const stored = (n: number) => ({ ...PLAIN_JOB, inputs: [{ path: 'a.txt', text: `input ${n}` }] });

test('an item that is refused while later ones are still stored stands in its place, and the plane lives on', async () => {
  const items = [UNBUILT_JOB, stored(1), UNBUILT_JOB, stored(2), {}];
  const { json } = await plane.call('jobBulk', { body: { items } });
  expect((json.results as Results).map((r) => r.problem?.code ?? r.status)).toEqual([
    'feature.not_built',
    201,
    'feature.not_built',
    201,
    'field.invalid',
  ]);
});

test('a thousand jobs are submitted in their order, each once', async () => {
  const items = Array.from({ length: 1_000 }, (_, n) => ({ ...PLAIN_JOB, wu_id: `WU-${n}` }));
  const results = (await plane.call('jobBulk', { body: { items } })).json.results as Results;
  expect(new Set(results.map((r) => r.job_id)).size).toBe(1_000);
  expect((await plane.job(results[7]?.job_id ?? '')).wu_id).toBe('WU-7');
  const many = await plane.call('jobBulk', { body: { items: [...items, PLAIN_JOB] } });
  expect([many.status, many.code]).toEqual([422, 'field.invalid']);
});

test('a disk that is full in between refuses the rest and nothing else', async () => {
  const { log } = plane.hosted.workspace.engine;
  const { append } = log;
  log.append = () => Promise.reject(new LogError('storage.full', 'the test broke the disk'));
  const { json } = await plane.call('jobBulk', { body: { items: Array.from({ length: 20 }, (_, n) => stored(n)) } });
  log.append = append;
  expect(new Set((json.results as Results).map((r) => r.problem?.code))).toEqual(new Set(['storage.full']));
  await expect.poll(() => plane.hosted.workspace.status).toBe('open');
  expect((await plane.submit()).state).toBe('queued');
});
