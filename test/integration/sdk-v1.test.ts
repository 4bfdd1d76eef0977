import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAll } from '../../src-server/plane/invariants.ts';
import { endMostSilentSdk, endUnseenSdk } from '../../src-server/plane/sdk/unseen.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { SdkV1Client } from '../helpers/sdk-v1-client.ts';

let plane: PlaneUnderTest;
let client: SdkV1Client;
let prefix: string;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
  const made = (await plane.call('apiKeyCreate', { body: {} })).json;
  prefix = made.prefix;
  client = new SdkV1Client(plane.url, made.api_key, plane.workspaceId);
});
afterAll(async () => {
  expect(checkAll(plane.hosted.workspace.engine)).toEqual([]);
  await plane.close();
});

const itemsOf = (type: string): unknown[] =>
  plane
    .entriesOf(type)
    .flatMap((entry) =>
      (entry.events.flatMap((e) => e.body.items) as string[]).map((text) => JSON.parse(text) as unknown),
    );

async function setFourEyes(fourEyes: boolean): Promise<void> {
  const { version, mode, fallback } = (await plane.call('policy')).json;
  const put = await plane.call('policyPut', { body: { base_version: version, mode, fallback, four_eyes: fourEyes } });
  expect([put.status, put.json.four_eyes]).toEqual([200, fourEyes]);
}

describe('a client written from the open contract alone', () => {
  test('authenticates, reads policies and config in both variants', async () => {
    const identity = await client.authenticate();
    expect(identity).toMatchObject({
      status: 200,
      body: { workspace_id: plane.workspaceId, org_id: 'acme', agent_id: 'agent-7' },
    });
    const again = new SdkV1Client(plane.url, identity.body.token, plane.workspaceId);
    const policies = await again.send('GET', '/policies');
    expect(policies.body).toMatchObject({ default_decision: 'allow' });
    expect(policies.body.rules).toContainEqual({
      id: 'tier.managed',
      decision: 'allow',
      reason: 'Routing policy 1 is byoc_first.',
    });
    expect((await again.post('/policies')).body).toEqual(policies.body);
    const config = await again.send('GET', `/config?workspace_id=${plane.workspaceId}&org_id=acme`);
    expect(config.body.control_plane).toMatchObject({ endpoint: plane.url, org_id: 'acme' });
    expect((await again.post('/config', { org_id: 'acme' })).body).toEqual(config.body);
  });

  test('registers, beats and leaves sessions in both variants', async () => {
    const one = await client.post('/sessions/register', { session_id: 'agent-7/1', agent_id: 'agent-7' });
    expect(one).toMatchObject({ status: 200, body: { session_id: 'agent-7/1', session: { status: 'active' } } });
    const two = await client.post('/sessions', { agent_id: 'agent-7', wu_id: 'WU-1' });
    const beat = await client.heartbeat('agent-7/1');
    expect(beat.body).toMatchObject({ status: 'ok', next_heartbeat_ms: 15_000 });
    expect(Object.keys(beat.body).sort()).toEqual(['next_heartbeat_ms', 'server_time', 'status']);
    const ids = async () =>
      (await client.send('GET', '/sessions')).body.sessions.map((s: { session_id: string }) => s.session_id);
    expect(await ids()).toEqual(['agent-7/1', two.body.session_id]);
    const shown = (await plane.call('sdkSessionList')).json.items;
    expect(shown.map((s: { api_key: string }) => s.api_key)).toEqual([prefix, prefix]);
    expect((await plane.call('sources')).json.items).toEqual([]);
    expect((await client.post('/sessions/deregister', { session_id: two.body.session_id })).status).toBe(200);
    expect((await client.send('DELETE', `/sessions/${encodeURIComponent('agent-7/1')}`)).status).toBe(200);
    expect(await ids()).toEqual([]);
    expect((await client.post('/sessions/deregister', { session_id: 'agent-7/1' })).status).toBe(404);
  });

  test('hears in the heartbeat what the routing decided on its WU', async () => {
    const assignment = async (): Promise<unknown> =>
      (await client.heartbeat('agent-7/2', { wu_id: 'WU-9' })).body.assignment;
    expect(await assignment()).toBeUndefined();
    const runner = await plane.runner('laptop-1');
    const { job_id: jobId } = await plane.submit({ wu_id: 'WU-9' });
    expect(await assignment()).toMatchObject({
      wu_id: 'WU-9',
      action: 'claim',
      hint: expect.stringMatching(/^Assigned to laptop-1/),
    });
    const lease = await runner.startOne();
    expect(await assignment()).toMatchObject({ action: 'continue' });
    await plane.call('jobCancel', { params: { job_id: jobId }, body: {} });
    expect(await assignment()).toMatchObject({ action: 'abort' });
    await runner.complete(lease, { outcome: 'canceled', exit_code: null });
    expect(await assignment()).toMatchObject({ action: 'abort' });
    await plane.submit({ wu_id: 'WU-9', compute_class: 'gpu-large' });
    expect(await assignment()).toBeUndefined();
  });

  test('hears what is left to use: the least of its limits and the wallet, at the price of the workspace', async () => {
    const left = async (more: object = {}): Promise<unknown> =>
      (await client.heartbeat('agent-7/3', more)).body.budget_remaining_usd;
    const putLimits = async (...limits: [scope: string, mcu: number][]): Promise<void> => {
      const body = { limits: limits.map(([scope, mcu]) => ({ scope, window: 'total', limit_mcu: mcu })) };
      expect((await plane.call('budgetsPut', { body })).status).toBe(200);
    };
    const topUp = async (mcu: number): Promise<void> =>
      expect((await plane.call('walletTopUp', { body: { mcu } })).status).toBe(201);
    const setPrice = async (micros: number): Promise<void> =>
      expect((await plane.call('settingsPatch', { body: { usd_micros_per_cu: micros } })).status).toBe(200);

    // Limits without a price say nothing in dollars, and a price without limits limits nothing.
    await putLimits(['workspace', 90_000]);
    expect(await left()).toBeUndefined();
    await setPrice(50_000);
    expect(await left()).toBe(4.5);
    await putLimits();
    expect(await left()).toBeUndefined();
    // A limit of another side or of another WU is not its own.
    await putLimits(['tier:byoc', 1], ['wu:WU-77', 1], ['tier:managed', 40_000]);
    expect(await left()).toBe(2);
    await putLimits(['workspace', 90_000], ['wu:WU-31', 20_001], ['tier:managed', 40_000]);
    expect(await left()).toBe(2);
    expect(await left({ wu_id: 'WU-31' })).toBe(1.00005);
    await topUp(7_000);
    expect(await left()).toBe(0.35);

    // What a job holds is not left; what it used stays gone. The wallet pays what was used on the managed side.
    const { version } = (await plane.call('policy')).json;
    const managed = { base_version: version, mode: 'managed_only', fallback: { mode: 'never', after_ms: 0 } };
    expect((await plane.call('policyPut', { body: managed })).status).toBe(200);
    await putLimits(['wu:WU-31', 5_000]);
    const pool = await plane.runner('managed-1', { kind: 'managed_pool' });
    await plane.submit({ wu_id: 'WU-31', max_runtime_ms: 240_000 });
    const lease = await pool.startOne();
    expect(await left()).toBe(0.05);
    plane.clock.advance(30_000);
    await pool.complete(lease, { usage: { runtime_ms: 30_000 } });
    expect(await left()).toBe(0.225);
    await putLimits(['wu:WU-31', 100]);
    expect(await left()).toBe(0);
    await putLimits();
    expect(await left()).toBe(0.325);
    const { rebuildHot } = await import('../../src-server/plane/hot/rebuild.ts');
    expect(rebuildHot(plane.hosted.workspace.engine.state).isWalletFunded).toBe(true);
    await setPrice(0);
    expect(await left()).toBeUndefined();
    const { version: now } = (await plane.call('policy')).json;
    expect(
      (await plane.call('policyPut', { body: { ...managed, base_version: now, mode: 'byoc_first' } })).status,
    ).toBe(200);
  });

  test('leaves events, evidence and measurements in the log as they came', async () => {
    const events = [{ kind: 'task_started', at: 1.5, nested: { a: [1, 'x'] } }, { kind: 'task_ended' }];
    expect((await client.post('/events', { events })).body).toEqual({ accepted: 2 });
    expect(itemsOf('sdk.events_received')).toEqual(events);
    const refs = ['sha256:abc', { ref: 'file:report.json' }];
    expect((await client.post('/evidence', { evidence_refs: refs })).body).toEqual({ accepted: 2 });
    const receipts = [{ receipt_id: 'r1', wu_id: 'WU-9', signature: 'x' }];
    expect((await client.post('/evidence', { receipts })).body).toEqual({ accepted: 1 });
    expect(itemsOf('sdk.evidence_received')).toEqual([...refs, ...receipts]);
    const records = [{ metric: 'tokens', value: 12.25, timestamp: '2026-11-23T03:00:00Z', tags: { model: 'm' } }];
    expect((await client.post('/telemetry', { records })).body).toEqual({ accepted: 1 });
    expect(itemsOf('sdk.telemetry_received')).toEqual(records);
    const many = Array.from({ length: 1_000 }, (_, n) => ({ n, text: 'x'.repeat(100) }));
    expect((await client.post('/events', { events: many })).body).toEqual({ accepted: 1_000 });
    expect(itemsOf('sdk.events_received').slice(2)).toEqual(many);
    expect(plane.entriesOf('sdk.events_received')[0]).toMatchObject({
      actor: { kind: 'api_key', id: `api_key:${prefix}` },
    });
  });

  test('asks a person, and the answer comes round', async () => {
    const asked = await client.post('/approvals/request', {
      type: 'deploy',
      subject: 'Release 1.2',
      context: { cost: 0.5 },
      requester_id: 'agent-7',
      requester_type: 'agent',
    });
    expect(asked.body).toMatchObject({
      type: 'deploy',
      status: 'pending',
      subject: 'Release 1.2',
      context: { cost: 0.5 },
    });
    const id = asked.body.approval_id;
    const inbox = (await plane.call('approvals', { query: { status: 'pending' } })).json.items;
    expect(inbox).toMatchObject([{ approval_id: id, kind: 'sdk', requested_by: `api_key:${prefix}` }]);
    const decided = await plane.call('approvalDecide', {
      params: { approval_id: id },
      body: { decision: 'approved', reason: 'go' },
    });
    expect(decided.status).toBe(200);
    const list = await client.post('/approvals/list', { status: 'approved' });
    expect(list.body.approvals).toMatchObject([
      { approval_id: id, status: 'approved', reviewer_id: 'ada', reviewer_type: 'operator', decision_reason: 'go' },
    ]);
  });

  test('answers its own question, as the key and not as whom it says', async () => {
    const { approval_id: id } = (await client.post('/approvals/request', { subject: 'x' })).body;
    const answer = { approval_id: id, decision: 'rejected', decision_reason: 'no', reviewer_id: 'the-boss' };
    const resolved = await client.post('/approvals/resolve', answer);
    expect(resolved.body).toMatchObject({
      status: 'rejected',
      reviewer_id: `api_key:${prefix}`,
      decision_reason: 'no',
    });
    expect((await client.post('/approvals/resolve', answer)).status).toBe(200);
    expect((await client.post('/approvals/resolve', { ...answer, decision: 'approved' })).status).toBe(409);
  });
});

describe('what a client of SDK v1 cannot do', () => {
  test.each([
    ['an operator token', () => plane.adminToken],
    ['a key that nobody made', () => `lf_${'a'.repeat(38)}`],
    ['no key of this form', () => 'lf_short'],
  ])('%s gets 401, and nothing is recorded', async (_, token) => {
    const before = plane.causedEntries;
    const wrong = new SdkV1Client(plane.url, token(), plane.workspaceId);
    for (const path of ['/authenticate', '/heartbeat', '/events', '/evidence', '/telemetry', '/approvals/request']) {
      const answer = await wrong.post(path, { events: [{ a: 1 }] });
      expect([path, answer.status, answer.body.code]).toEqual([path, 401, 'auth.invalid']);
      expect(answer.body.accepted).toBeUndefined();
    }
    expect(plane.causedEntries).toBe(before);
  });

  test('a key opens nothing else, and nothing of a runner or an operator', async () => {
    const { api_key: key } = (await plane.call('apiKeyCreate', { body: {} })).json;
    expect((await plane.call('jobs', { bearer: key })).status).toBe(401);
    expect((await plane.call('heartbeat', { bearer: key, body: {} })).status).toBe(401);
  });

  test.each<[string, object, string]>([
    ['/events', {}, '/events'],
    ['/events', { events: [] }, '/events'],
    ['/events', { events: [{}] }, '/events/0'],
    ['/events', { events: [{ a: 1 }, 'text'] }, '/events/1'],
    ['/events', { events: [{ text: 'x'.repeat(20_000) }] }, '/events/0'],
    ['/evidence', {}, '/evidence_refs'],
    ['/evidence', { evidence_refs: [] }, '/evidence_refs'],
    ['/evidence', { evidence_refs: [null] }, '/evidence_refs/0'],
    ['/evidence', { evidence: ['sha256:abc'] }, '/evidence_refs'],
    ['/telemetry', { records: [{ metric: 'm', value: 'many', timestamp: 't' }] }, '/records/0/value'],
    ['/heartbeat', {}, '/session_id'],
    ['/approvals/resolve', { approval_id: 'apr_x' }, '/decision'],
  ])('%s with %j is refused with its pointer, never accepted as 0', async (path, body, pointer) => {
    const before = plane.causedEntries;
    const answer = await client.post(path, body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((e: { pointer: string }) => e.pointer)).toContain(pointer);
    expect(plane.causedEntries).toBe(before);
  });

  test("another workspace's id gets 403, whatever the route", async () => {
    const other = { workspace_id: 'ws_00000000000000000000000000' };
    for (const path of ['/policies', '/config', '/sessions', '/approvals/list']) {
      const answer = await client.send('POST', path, other);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'workspace.not_yours']);
    }
    expect((await client.send('GET', `/policies?workspace_id=${other.workspace_id}`)).status).toBe(403);
    expect((await client.send('POST', '/events', { ...other, events: [{ a: 1 }] })).status).toBe(403);
  });

  test('the session of another key is not its own', async () => {
    await client.post('/sessions', { session_id: 'mine' });
    const { api_key: key } = (await plane.call('apiKeyCreate', { body: {} })).json;
    const thief = new SdkV1Client(plane.url, key, plane.workspaceId);
    expect((await thief.heartbeat('mine')).status).toBe(403);
    expect((await thief.send('DELETE', '/sessions/mine')).status).toBe(403);
    expect((await thief.send('GET', '/sessions')).body.sessions).toEqual([]);
  });

  test('a question about a job, and any under four-eyes, is not its to answer', async () => {
    const { job_id: jobId } = await plane.submit({ approval: { when: 'before_start' } });
    const [ours] = (await plane.call('approvals', { query: { job_id: jobId } })).json.items;
    const answer = await client.post('/approvals/resolve', { approval_id: ours.approval_id, decision: 'approved' });
    expect([answer.status, answer.body.code]).toEqual([403, 'approval.not_yours']);
    expect((await client.post('/approvals/list')).body.approvals.map((a: { type: string }) => a.type)).not.toContain(
      'before_start',
    );
    const { approval_id: id } = (await client.post('/approvals/request', { subject: 'y' })).body;
    const resolve = () => client.post('/approvals/resolve', { approval_id: id, decision: 'approved' });
    await setFourEyes(true);
    const late = await resolve();
    expect([late.status, late.body.code]).toEqual([403, 'approval.not_yours']);
    expect((await client.send('GET', '/policies')).body.rules).toContainEqual({
      id: 'approvals.resolve',
      decision: 'deny',
      reason: 'Four-eyes is on: a person decides.',
    });
    await setFourEyes(false);
    expect((await resolve()).body.status).toBe('approved');
  });
});

describe('keys', () => {
  test('are shown once, listed by prefix, stored as a hash, and end when revoked', async () => {
    const made = (await plane.call('apiKeyCreate', { body: {} })).json;
    expect(made.api_key.startsWith(made.prefix)).toBe(true);
    const listed = await plane.call('apiKeys');
    expect(listed.json.items[0]).toMatchObject({ prefix: made.prefix, created_by: 'ada', revoked_at: null });
    expect(listed.text).not.toContain(made.api_key);
    expect(JSON.stringify(plane.entriesOf('key.api_issued'))).not.toContain(made.api_key);
    const own = new SdkV1Client(plane.url, made.api_key, plane.workspaceId);
    expect((await own.authenticate()).status).toBe(200);
    const revoked = await plane.call('apiKeyRevoke', { params: { prefix: made.prefix }, body: {} });
    expect(revoked.json.revoked_at).not.toBeNull();
    // The wrong keys of the tests above count against this address for a minute.
    plane.clock.advance(61_000);
    expect((await own.authenticate()).status).toBe(401);
  });

  test('a repeated request for a key is not answered with the secret again', async () => {
    const key = plane.key();
    expect((await plane.call('apiKeyCreate', { body: {}, key })).status).toBe(200);
    expect((await plane.call('apiKeyCreate', { body: {}, key })).code).toBe('idempotency.secret_not_repeatable');
  });

  test('survive a restart with their sessions', async () => {
    await client.post('/sessions', { session_id: 'kept', agent_id: 'a' });
    const { rebuildHot } = await import('../../src-server/plane/hot/rebuild.ts');
    const again = rebuildHot(plane.hosted.workspace.engine.state);
    expect(again.sdk.sessions.get('kept')).toMatchObject({ keyPrefix: prefix, agentId: 'a' });
    expect(again.sdk.keys.get(prefix)?.revokedAt).toBeNull();
  });
});

describe('sessions that nobody hears of', () => {
  const HOUR_MS = 3_600_000;
  test('are ended after a day by the plane, and one that still beats is not', async () => {
    await client.post('/sessions', { session_id: 'gone' });
    await client.post('/sessions', { session_id: 'alive' });
    const { engine } = plane.hosted.workspace;
    const names = () => [...engine.hot.sdk.sessions.keys()].filter((id) => id === 'gone' || id === 'alive');
    const hours = async (count: number): Promise<void> => {
      for (let hour = 0; hour < count; hour++) {
        plane.clock.advance(HOUR_MS);
        await client.heartbeat('alive');
        await plane.hosted.workspace.run((ctx) => endUnseenSdk(ctx.engine));
      }
    };
    await hours(23);
    expect(names()).toEqual(['gone', 'alive']);
    await hours(2);
    expect(names()).toEqual(['alive']);
    expect(plane.entriesOf('sdk.session_ended').at(-1)?.events[0]?.body).toEqual({
      session_id: 'gone',
      reason: 'not heard of for 24 h',
    });
    // It comes back with its next heartbeat, under the same key.
    expect((await client.heartbeat('gone')).status).toBe(200);
    expect(names()).toEqual(['alive', 'gone']);
    await client.post('/sessions/deregister', { session_id: 'alive' });
    await client.post('/sessions/deregister', { session_id: 'gone' });
  });

  test('make room for others when the workspace is full of them', async () => {
    await client.post('/sessions', { session_id: 'silent' });
    const { engine } = plane.hosted.workspace;
    expect(endMostSilentSdk(engine)).toBe(false);
    plane.clock.advance(301_000);
    for (const { sessionId } of [...engine.hot.sdk.sessions.values()])
      if (sessionId !== 'silent') await client.heartbeat(sessionId);
    expect(await plane.hosted.workspace.run((ctx) => endMostSilentSdk(ctx.engine))).toBe(true);
    expect(engine.hot.sdk.sessions.has('silent')).toBe(false);
  });
});
