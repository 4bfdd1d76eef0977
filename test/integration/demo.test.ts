import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Demo } from '../../src-server/contract/demo.ts';
import type { RouteSpec } from '../../src-server/contract/routes/route-spec.ts';
import { ROUTES, type RouteId } from '../../src-server/contract/routes.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
let demo: Demo;
const entriesBefore = () => plane.hosted.workspace.engine.nextSeq;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
  demo = (await plane.call('demoStart', { body: { scenario: 'lease-expiry-and-fencing' } })).json;
});
afterAll(() => plane.close());
const inDemo = () => ({ workspace_id: demo.workspace_id });
const steer = async (body: unknown): Promise<Demo> =>
  (await plane.call('demoSteer', { params: inDemo(), body })).json as Demo;

test('every story is offered with its length', async () => {
  const { items } = (await plane.call('demoScenarios')).json as { items: { duration_ms: number }[] };
  expect(items).toHaveLength(7);
  for (const { duration_ms: ms } of items) expect(ms).toBeGreaterThan(0);
});

test('its workspace is read like any other, and stands in the session apart from the real ones', async () => {
  const shown = await steer({ do: 'seek', at_ms: 20_000 });
  const [job] = shown.jobs;
  expect(job?.state).toBe('running');
  const read = await plane.call('job', { params: { ...inDemo(), job_id: job?.job_id ?? '' } });
  expect(read.json).toMatchObject({ state: 'running', source_name: 'laptop-1' });
  expect((await plane.call('evidence', { params: inDemo() })).json.items).toHaveLength(shown.entries);
  const session = (await plane.call('session')).json;
  expect(session.demos).toContain(demo.workspace_id);
  expect(session.workspaces.map((w: { workspace_id: string }) => w.workspace_id)).not.toContain(demo.workspace_id);
});

test('nothing can be done in it but by its story, and nothing of it is written to the ledger', async () => {
  const before = entriesBefore();
  const writes = (Object.entries(ROUTES) as [RouteId, RouteSpec][]).filter(
    ([, { path, method, right }]) =>
      path.includes('{workspace_id}') && method !== 'GET' && right !== undefined && right !== 'view',
  );
  expect(writes.length).toBeGreaterThan(20);
  for (const [id, { body }] of writes) {
    const names = [...ROUTES[id].path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 'x']);
    const answer = await plane.call(id, {
      params: { ...Object.fromEntries(names), ...inDemo() },
      ...(body === undefined ? {} : { body: body === 'bytes' ? Buffer.from('x') : {} }),
      key: plane.key(),
    });
    expect([id, answer.code]).toEqual([id, 'conflict.state']);
  }
  await steer({ do: 'seek', at_ms: 100_000 });
  await steer({ do: 'chaos', runner: 'laptop-1', kind: 'kill', on: true });
  expect(entriesBefore()).toBe(before);
});

test('going back shows the workspace as it was, and an older reader of its stream starts afresh', async () => {
  const { entries, run } = await steer({ do: 'seek', at_ms: 100_000 });
  const back = await steer({ do: 'seek', at_ms: 1_000 });
  expect(back.run).toBe(run + 1);
  expect(back.entries).toBeLessThan(entries);
  const path = ROUTES.stream.path.replace('{workspace_id}', demo.workspace_id);
  const url = `${plane.url}${path}?after=${entries - 1}`;
  const gone = new AbortController();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${plane.adminToken}` }, signal: gone.signal });
  const first = new TextDecoder().decode((await answer.body?.getReader().read())?.value);
  gone.abort();
  expect(first).toContain('event: reset');
});

test('what there is not is told with the next step', async () => {
  const unknown = await plane.call('demoStart', { body: { scenario: 'nope' } });
  expect([unknown.status, unknown.json.detail]).toEqual([404, expect.stringContaining('/api/v1/demo/scenarios')]);
  const nobody = await plane.call('demoSteer', {
    params: inDemo(),
    body: { do: 'chaos', runner: 'nobody', kind: 'kill', on: true },
  });
  expect([nobody.status, nobody.json.detail]).toEqual([404, expect.stringContaining('Let the story go on')]);
  expect((await plane.call('demo')).code).toBe('not_found');
  expect((await plane.call('demoEnd', { params: inDemo() })).status).toBe(204);
  expect((await plane.call('demo', { params: inDemo() })).code).toBe('not_found');
});
