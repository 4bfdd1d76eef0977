import { type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlaneUnderTest } from '../../test/helpers/plane-under-test.ts';
import { streamChange, streamPulse, streamReset } from '../contract/stream.ts';

let plane: PlaneUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
});
afterEach(() => plane.close());

interface Event {
  event: string;
  id: string | undefined;
  data: ReturnType<typeof JSON.parse>;
}

/** A reader of the stream that keeps every event. */
async function follow(headers: Record<string, string> = {}, query = '') {
  const events: Event[] = [];
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request({
      port: plane.port,
      path: `/api/v1/workspaces/${plane.workspaceId}/stream${query}`,
      headers: { authorization: `Bearer ${plane.adminToken}`, ...headers },
    });
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end();
  });
  let text = '';
  let isEnded = false;
  response.setEncoding('utf8');
  response.on('error', () => undefined);
  response.on('close', () => {
    isEnded = true;
  });
  response.on('data', (chunk: string) => {
    text += chunk;
    for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, at)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(at + 2);
      const event = fields.get('event');
      if (event !== undefined) events.push({ event, id: fields.get('id'), data: JSON.parse(fields.get('data') ?? '') });
    }
  });
  return {
    response,
    events,
    changes: () => events.filter((e) => e.event === 'change'),
    isEnded: () => isEnded,
    close: () => response.destroy(),
  };
}

describe('the stream of a workspace', () => {
  test('tells every change with its rows, in order, once it is on disk', async () => {
    const reader = await follow();
    expect(reader.response.headers['content-type']).toBe('text/event-stream');
    const job = await plane.submit();
    const runner = await plane.runner('laptop-1');
    await runner.complete(await runner.startOne());
    await expect.poll(() => reader.changes().some((e) => e.data.types.includes('job.settled'))).toBe(true);
    const seqs = reader.changes().map((e) => Number(e.id));
    expect(seqs).toEqual(seqs.map((_, n) => (seqs[0] as number) + n));
    for (const { data } of reader.changes()) streamChange.parse(data);
    // A checkpoint may have been signed since.
    const settled = reader.changes().find((e) => e.data.types.includes('job.settled'))?.data;
    expect(settled.rows.jobs[0]).toMatchObject({ job_id: job.job_id, state: 'succeeded' });
    reader.close();
  });

  test('resumes after the seq of a read or the id of the last event, without gap or repeat', async () => {
    const seq = String((await plane.call('jobs')).headers['cc-seq']);
    await plane.submit();
    await plane.submit();
    for (const reader of [await follow({}, `?after=${seq}`), await follow({ 'last-event-id': seq })]) {
      await plane.submit();
      await expect.poll(() => reader.changes().length).toBeGreaterThanOrEqual(3);
      expect(reader.changes()[0]?.id).toBe(String(Number(seq) + 1));
      reader.close();
    }
  });

  test('says reset when the point is no longer known', async () => {
    await plane.submit();
    await plane.stop();
    plane = await PlaneUnderTest.start({ dataDir: plane.dataDir });
    const reader = await follow({}, '?after=0');
    await expect.poll(() => reader.events[0]?.event).toBe('reset');
    streamReset.parse(reader.events[0]?.data);
    await plane.submit();
    await expect.poll(() => reader.changes().length).toBeGreaterThanOrEqual(1);
    reader.close();
  });

  test('pulses what only time moved', async () => {
    const runner = await plane.runner('laptop-1');
    const reader = await follow();
    await runner.heartbeat();
    await expect.poll(() => reader.events.find((e) => e.event === 'pulse'), { timeout: 6_000 }).toBeDefined();
    const pulse = reader.events.find((e) => e.event === 'pulse');
    expect(pulse?.id).toBeUndefined();
    expect(Object.keys(streamPulse.parse(pulse?.data).sources)).toEqual([runner.sourceId]);
    reader.close();
  });

  test('ends when the plane stops, and forgets a reader that left', async () => {
    const left = await follow();
    left.close();
    const { feed } = plane.hosted.workspace;
    await expect.poll(() => feed.listenerCount).toBe(0);
    const reader = await follow();
    await plane.stop();
    await expect.poll(() => reader.isEnded()).toBe(true);
    plane = await PlaneUnderTest.start({ dataDir: plane.dataDir });
  });

  test('cuts a reader that does not read', { timeout: 600_000 }, async () => {
    const reader = await follow();
    reader.response.pause();
    const { feed } = plane.hosted.workspace;
    const argv = ['echo', 'x'.repeat(8_000)];
    for (let n = 0; n < 200 && feed.listenerCount > 0; n++) {
      const items = Array.from({ length: 200 }, () => ({ wu_id: 'WU-1', title: 't'.repeat(200), command: { argv } }));
      await plane.call('jobBulk', { body: { items } });
    }
    expect(feed.listenerCount).toBe(0);
  });
});
