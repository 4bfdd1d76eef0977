import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import type { StreamChange } from '../../../src-server/contract/stream.ts';
import { keys } from '../keys.ts';
import { noteSeq } from '../seqs.ts';
import { applyChanges } from './apply-changes.ts';
import { followAnswers } from './follow-answers.ts';

const row = (state: string, id = 'job_1') => ({ job_id: id, seq: 1, wu_id: 'WU-1', title: 'Unit tests', state });
const change = (seq: number, state: string) =>
  ({ seq, at: '', types: ['job.state'], ref: {}, rows: { jobs: [row(state)] } }) as unknown as StreamChange;

const setUp = (ws: string) => {
  const client = new QueryClient();
  const asked: string[] = [];
  const refresher = { refresh: (key: readonly unknown[]) => asked.push(String(key[2])), stop: () => undefined };
  const followed = followAnswers(client, ws, refresher);
  const told = (...changes: StreamChange[]) => {
    followed.note(changes);
    applyChanges(client, ws, changes, refresher);
  };
  /** An answer that is on its way until it is sent. */
  const fetching = (key: readonly unknown[]) => {
    let send = (_data: unknown): void => undefined;
    const answer = new Promise((resolve) => {
      send = resolve;
    });
    const done = client.fetchQuery({ queryKey: key, queryFn: () => answer, staleTime: 0 });
    return async (seq: number, data: unknown) => {
      noteSeq(ws, key, seq);
      send(data);
      await done;
    };
  };
  return { client, asked, told, fetching, followed };
};

it('lays what came while a first answer was on its way over it', async () => {
  const { client, asked, told, fetching } = setUp('ws_first');
  const key = keys.job('ws_first', 'job_1');
  const answered = fetching(key);
  told(change(10, 'running'), change(11, 'succeeded'));
  asked.length = 0;
  await answered(10, row('running'));
  expect(client.getQueryData(key)).toMatchObject({ state: 'succeeded' });
  expect(asked).toContain('job');
});

it('knows of answers that were on their way before it', async () => {
  const client = new QueryClient();
  const key = keys.job('ws_early', 'job_1');
  let send = (_data: unknown): void => undefined;
  const answer = new Promise((resolve) => {
    send = resolve;
  });
  const done = client.fetchQuery({ queryKey: key, queryFn: () => answer });
  const refresher = { refresh: () => undefined, stop: () => undefined };
  const followed = followAnswers(client, 'ws_early', refresher);
  followed.note([change(3, 'failed')]);
  noteSeq('ws_early', key, 2);
  send(row('running'));
  await done;
  expect(client.getQueryData(key)).toMatchObject({ state: 'failed' });
  followed.stop();
});

it('keeps what a list was told while it was fetched again', async () => {
  const { client, told, fetching } = setUp('ws_list');
  const key = keys.jobs('ws_list', {});
  const pages = (state: string) => ({ pages: [{ items: [row(state)], next_cursor: null }], pageParams: [undefined] });
  client.setQueryData(key, pages('queued'));
  const answered = fetching(key);
  told(change(12, 'running'));
  expect(client.getQueryData(key)).toEqual(pages('running'));
  await answered(11, pages('queued'));
  expect(client.getQueryData(key)).toEqual(pages('running'));
});

it('leaves an answer alone that is newer, and keeps nothing while none is on its way', async () => {
  const { client, told, fetching, followed } = setUp('ws_newer');
  const key = keys.job('ws_newer', 'job_1');
  const answered = fetching(key);
  told(change(20, 'running'));
  expect(followed.keptCount()).toBe(1);
  await answered(21, row('failed'));
  expect(client.getQueryData(key)).toMatchObject({ state: 'failed' });
  expect(followed.keptCount()).toBe(0);
  told(change(22, 'queued'));
  expect(followed.keptCount()).toBe(0);
  followed.stop();
});
