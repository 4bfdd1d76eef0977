import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { GIVEN_UP, PlaneClient } from './plane-client.ts';
import { FakePlane } from './testing/fake-plane.ts';
import { problem } from './testing/fake-wire.ts';

let plane: FakePlane;
let client: PlaneClient;

beforeEach(async () => {
  plane = new FakePlane();
  await plane.listen();
  client = new PlaneClient(plane.url, systemClock);
});
afterEach(async () => {
  client.close();
  await plane.close();
});

describe('the client of the plane', () => {
  test('sends JSON and reads JSON', async () => {
    plane.intercept = ({ json }) => ({ status: 200, json: { echo: json } });
    expect(await client.send({ method: 'POST', path: '/x?y=1', json: { a: 'ü' } })).toMatchObject({
      status: 200,
      json: { echo: { a: 'ü' } },
    });
  });

  test('tells a problem with its code, words, wait and members', async () => {
    plane.intercept = () => ({
      ...problem(409, 'conflict.log_gap', { expected_offset: 7 }),
      headers: { 'retry-after': '3' },
    });
    const sent = client.send({ method: 'PUT', path: '/x', json: {} });
    await expect(sent).rejects.toMatchObject({
      status: 409,
      code: 'conflict.log_gap',
      retryAfterMs: 3_000,
      members: { expected_offset: 7 },
    });
  });

  test('tells an answer without a problem document by its status', async () => {
    plane.intercept = () => ({ status: 502, bytes: Buffer.from('<html>') });
    await expect(client.send({ method: 'GET', path: '/' })).rejects.toMatchObject({
      code: 'http.502',
      retryable: true,
    });
  });

  test('does not follow a redirect', async () => {
    plane.intercept = () => ({ status: 302, headers: { location: `${plane.url}/elsewhere` } });
    await expect(client.send({ method: 'GET', path: '/' })).rejects.toMatchObject({ status: 302 });
    expect(plane.seen).toHaveLength(1);
  });

  test('calls silence, a cut connection, an abort and a non-answer by their names', async () => {
    const answers = { hang: 'hang', cut: 'cut', text: { status: 200, bytes: Buffer.from('not json') } } as const;
    plane.intercept = ({ path }) => answers[path.slice(1) as keyof typeof answers];
    await expect(client.send({ method: 'GET', path: '/hang', timeoutMs: 50 })).rejects.toMatchObject({
      reason: 'timed out',
    });
    await expect(client.send({ method: 'GET', path: '/cut' })).rejects.toMatchObject({ name: 'PlaneUnreachable' });
    await expect(client.send({ method: 'GET', path: '/text' })).rejects.toMatchObject({
      reason: 'the answer is not JSON',
    });
    const abort = new AbortController();
    const sent = client.send({ method: 'GET', path: '/hang', signal: abort.signal });
    abort.abort();
    await expect(sent).rejects.toMatchObject({ reason: GIVEN_UP });
    await expect(client.send({ method: 'GET', path: '/hang', signal: abort.signal })).rejects.toMatchObject({
      reason: GIVEN_UP,
    });
  });

  test('uploads with the exact length, and a path segment as it was encoded', async () => {
    plane.intercept = () => ({ status: 200, json: {} });
    const bytes = { stream: () => Readable.from([Buffer.from('ab'), Buffer.from('c')]), lengthBytes: 3 };
    await client.send({ method: 'PUT', path: `/artifacts/${encodeURIComponent('a/b c')}`, bytes });
    expect(plane.seen[0]).toMatchObject({ path: '/artifacts/a%2Fb%20c', headers: { 'content-length': '3' } });
    expect(plane.seen[0]?.body.toString()).toBe('abc');
  });

  test('downloads in pieces and hands a problem over as one', async () => {
    plane.intercept = ({ path }) =>
      path === '/none' ? problem(404, 'not_found') : { status: 200, bytes: Buffer.alloc(300_000, 'x') };
    let sizeBytes = 0;
    const sink = async (chunk: Buffer) => {
      sizeBytes += chunk.length;
    };
    await client.download({ method: 'GET', path: '/bytes' }, sink);
    expect(sizeBytes).toBe(300_000);
    await expect(client.download({ method: 'GET', path: '/none' }, sink)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('hands over what the sink of a download throws', async () => {
    plane.intercept = () => ({ status: 200, bytes: Buffer.alloc(300_000) });
    const sink = async () => {
      throw new Error('disk full');
    };
    await expect(client.download({ method: 'GET', path: '/bytes' }, sink)).rejects.toThrow('disk full');
  });
});
