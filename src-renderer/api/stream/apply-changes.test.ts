import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import type { StreamChange } from '../../../src-server/contract/stream.ts';
import { keys } from '../keys.ts';
import { noteSeq } from '../seqs.ts';
import { applyChanges } from './apply-changes.ts';

const WS = 'ws_test';
const job = (state: string) => ({ job_id: 'job_1', wu_id: 'WU-1', title: 'Unit tests', state, source_id: null });
const change = (seq: number, state: string) =>
  ({ seq, at: '', types: ['job.state'], ref: {}, rows: { jobs: [job(state)] } }) as unknown as StreamChange;
const setUp = () => {
  const client = new QueryClient();
  const key = keys.jobs(WS, {});
  client.setQueryData(key, { pages: [{ items: [job('queued')], next_cursor: null, counts: {} }], pageParams: [] });
  noteSeq(WS, key, 10);
  const asked: string[] = [];
  const refresher = { refresh: (asks: readonly unknown[]) => asked.push(String(asks[2])), stop: () => undefined };
  const state = () => client.getQueryData<{ pages: { items: { state: string }[] }[] }>(key)?.pages[0]?.items[0]?.state;
  return { client, refresher, asked, state };
};

it('applies a batch in order and asks for the aggregates', () => {
  const { client, refresher, asked, state } = setUp();
  applyChanges(client, WS, [change(11, 'claimed'), change(12, 'running')], refresher);
  expect(state()).toBe('running');
  expect(asked).toContain('overview');
});
it('never lays an older change over a newer answer', () => {
  const { client, refresher, state } = setUp();
  applyChanges(client, WS, [change(9, 'failed'), change(10, 'failed')], refresher);
  expect(state()).toBe('queued');
});

it('asks for single jobs only where one is on screen, however many change', () => {
  const { client, refresher, asked } = setUp();
  client.setQueryData(keys.jobPart(WS, 'job_1', 'explain'), {});
  const storm = Array.from({ length: 500 }, (_, n) => change(11 + n, 'queued'));
  for (const [n, { rows }] of storm.entries()) if (n > 0 && rows.jobs?.[0]) rows.jobs[0].job_id = `job_${n + 1}`;
  applyChanges(client, WS, storm, refresher);
  expect(asked.filter((resource) => resource === 'job-part')).toHaveLength(1);
  expect(asked.length).toBeLessThan(10);
});

it('forgets lists that no screen shows, but for the newest', () => {
  const { client, refresher } = setUp();
  const texts = ['s', 'st', 'sto', 'stor', 'storm'];
  for (const [updatedAt, q] of texts.entries())
    client.setQueryData(keys.jobs(WS, { q }), { pages: [], pageParams: [] }, { updatedAt });
  client.setQueryData(keys.sources(WS, {}), { pages: [], pageParams: [] });
  applyChanges(client, WS, [change(11, 'running')], refresher);
  const left = [{}, ...texts.map((q) => ({ q }))].filter(
    (query) => client.getQueryData(keys.jobs(WS, query)) !== undefined,
  );
  expect(left).toEqual([{}, { q: 'stor' }, { q: 'storm' }]);
  expect(client.getQueryData(keys.sources(WS, {}))).toBeDefined();
});

it('leaves rows that did not change the objects they were', () => {
  const { client, refresher, state } = setUp();
  const key = keys.jobs(WS, {});
  type List = { pages: { items: object[]; next_cursor: null; counts: object }[]; pageParams: unknown[] };
  const other = { ...job('held'), job_id: 'job_2' };
  client.setQueryData<List>(key, (list) => ({
    pages: [{ items: [...(list?.pages[0]?.items ?? []), other], next_cursor: null, counts: {} }],
    pageParams: [],
  }));
  const before = client.getQueryData<List>(key)?.pages[0]?.items[1];
  applyChanges(client, WS, [change(11, 'running')], refresher);
  expect(state()).toBe('running');
  expect(client.getQueryData<List>(key)?.pages[0]?.items[1]).toBe(before);
});
