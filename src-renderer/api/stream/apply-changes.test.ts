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
