import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RouteId } from '../../src-server/contract/routes.ts';
import type { CallOptions } from '../helpers/checked-call.ts';
import { CommandLine } from '../helpers/command-line.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.start();
});
afterAll(() => line.close());

/** What lives only in memory, or moves with the clock; `at` is the moment of the question. */
const VOLATILE = new Set(
  'seen_ms_ago expires_in_ms next_expiry_in_ms expiring runtime_left_ms renewals late series waiting_jobs at wait_ms from_ms_ago to_ms_ago'.split(
    ' ',
  ),
);
/** Whether the next try of a job is due, and in how long, moves with the clock too: no entry tells it. */
const settled = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, function (this: { state?: string; attempt?: number }, key: string, member: unknown) {
      const isTriedAgain = key === 'why' && this.state === 'queued' && Number(this.attempt) > 0;
      return VOLATILE.has(key) || isTriedAgain ? null : member;
    }),
  );

type Asked = 'overview' | 'sources' | 'jobs' | 'leases' | 'budgets' | 'policy';
/** Six questions are one moment only where no entry came between them, as it may at any time: then they are asked again. */
async function moment() {
  for (;;) {
    const seqs = new Set<number>();
    const asked = async (id: Asked): Promise<unknown> => {
      const { json, headers } = await line.plane.call(id);
      seqs.add(Number(headers['cc-seq']));
      return settled(json);
    };
    const shown = {
      overview: await asked('overview'),
      sources: await asked('sources'),
      jobs: await asked('jobs'),
      leases: withoutStops(await asked('leases')),
      budgets: await asked('budgets'),
      routing_policy: await asked('policy'),
    };
    const [at = Number.NaN] = seqs;
    if (seqs.size === 1) return { at, shown };
  }
}
/** A stop request to a lease that lives is kept in memory only. */
function withoutStops(leases: unknown): unknown {
  const { items, ...rest } = leases as { items: { state: string; stopping: unknown }[] };
  return { ...rest, items: items.map((l) => (l.state === 'active' ? { ...l, stopping: null } : l)) };
}

test('time travel to ten recorded moments shows exactly what the API had answered at those moments', async () => {
  const { plane } = line;
  const moments = [await moment()];
  const runner = await plane.runner('laptop-1');
  moments.push(await moment());
  for (let round = 0; round < 3; round++) {
    await plane.submit();
    moments.push(await moment());
    const { lease } = await runner.claimOne();
    moments.push(await moment());
    await runner.onLease('start', lease.lease_id, { fence: lease.fence });
    if (round < 2) moments.push(await moment());
    await runner.complete(lease);
  }
  expect(new Set(moments.map((m) => m.at)).size).toBe(10);
  await expectPast([...moments, ...moments.slice(2, 5)]);
});

async function expectPast(moments: Awaited<ReturnType<typeof moment>>[]): Promise<void> {
  for (const { at, shown } of moments) {
    const { json } = await line.plane.call('replay', { query: { at: String(at) } });
    const { at_seq, at: _instant, ...past } = json as Record<string, unknown>;
    expect(at_seq).toBe(at);
    expect(settled(past)).toEqual(shown);
  }
}

test('one part alone, and no moment that was not yet', async () => {
  const part = await line.plane.call('replay', { query: { at: '0', view: 'jobs' } });
  expect(part.json).toMatchObject({ at_seq: 0, overview: null, leases: null, jobs: { items: [] } });
  expect((await line.plane.call('replay', { query: { at: '999999' } })).status).toBe(404);
  expect((await line.plane.call('replay', { query: { at: '0', cursor: 'MQ' } })).status).toBe(422);
});

test('the command line lists, shows and proves entries, and walks back', async () => {
  const listed = await line.json(['evidence', 'list', '--limit', '3']);
  expect(listed.items).toHaveLength(3);
  const shown = await line.here(['evidence', 'show', '0']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ seq: 0 });
  expect(await line.json(['evidence', 'proof', '0'])).toMatchObject({ seq: 0 });
  expect((await line.here(['evidence', 'checkpoint'])).stdout).toContain(`connected-compute/${line.plane.workspaceId}`);
  expect(await line.json(['replay', '--at', '0'])).toMatchObject({ at_seq: 0, jobs: { items: [] } });
  expect((await line.run(['replay'])).code).toBe(64);
});

test('a decision is made again, by its id and by the number people read, over HTTP and by the command line', async () => {
  const { plane } = line;
  const { job_id: jobId } = await plane.submit();
  const decisions = async () => (await plane.call('jobDecisions', { params: { job_id: jobId } })).json.items;
  const again = (id: string) => plane.call('replayDecision', { params: { decision_id: id } });
  const runner = await plane.runner('laptop-again');
  await runner.claimOne();
  const placed = (await decisions()).find((d: { outcome: string }) => d.outcome === 'assigned');
  const { json } = await again(placed.decision_id);
  expect(json).toMatchObject({
    same: true,
    differences: [],
    recorded: placed,
    recomputed: { outcome: 'assigned', sentence: placed.sentence, candidates: placed.candidates },
    function_version: { recorded: json.function_version.now },
  });
  expect(json.sentence).toContain('the same comes out today');
  expect((await again(placed.label)).json).toEqual(json);
  expect(placed.replay_path).toBe(`/dashboard/${plane.workspaceId}/replay?at=${placed.seq}`);
  for (const wrong of ['D-0', 'D-99999999', `dec_01QZ33QJXB${'0'.repeat(16)}`, 'dec_x'])
    expect((await again(wrong)).status).toBe(404);
  expect(await line.json(['replay', 'decision', placed.decision_id])).toEqual(json);
  expect((await line.here(['replay', 'decision', placed.label])).stdout).toContain(placed.sentence);
});

test('a job and a lease lead to the moment that they are about', async () => {
  const { plane } = line;
  const { job_id: jobId, seq, replay_path: atSubmit } = await plane.submit();
  const at = (n: number) => `/dashboard/${plane.workspaceId}/replay?at=${n}`;
  expect(atSubmit).toBe(at(seq));
  const runner = await plane.runner('laptop-links');
  const { lease } = await runner.claimOne();
  const lead = async () => ({
    job: (await plane.job(jobId)).replay_path,
    lease: (await plane.call('leases')).json.items.find((l: { job_id: string }) => l.job_id === jobId).replay_path,
  });
  const granted = await lead();
  expect(granted.lease).toBe(granted.job);
  await runner.onLease('start', lease.lease_id, { fence: lease.fence });
  const { seq: endSeq } = (await runner.complete(lease)).json;
  expect(await lead()).toEqual({ job: at(endSeq), lease: at(endSeq) });
});

test('time travel shows what was answered through questions, refusals, another policy, budgets, cordons, revoked leases and retries', async () => {
  const { plane } = line;
  const act = async (id: RouteId, options: CallOptions = {}) => {
    const answer = await plane.call(id, options);
    if (answer.status >= 300) throw new Error(`${id}: ${answer.text}`);
    return answer.json;
  };
  const laptop = await plane.runner('laptop-2');
  const publish = async (mode: string, fallback: string) => {
    const { version } = (await plane.call('policy')).json;
    await act('policyPut', { body: { base_version: version, mode, fallback: { mode: fallback, after_ms: 1_000 } } });
  };
  const onSource = (name: string) => async () => {
    const { items } = (await plane.call('sources')).json;
    return { source_id: items.find((s: { name: string }) => s.name === name).source_id };
  };
  const laptops = async () => [await onSource('laptop-1')(), await onSource('laptop-2')()];
  const limited = (limitMcu: number) => ({ limits: [{ scope: 'tier:managed', window: 'total', limit_mcu: limitMcu }] });
  const answer = async (kind: string) => {
    const { items } = (await plane.call('approvals', { query: { status: 'pending', kind } })).json;
    await act('approvalDecide', { params: { approval_id: items[0].approval_id }, body: { decision: 'approved' } });
  };
  let lease = { lease_id: '', fence: 0 };
  let jobId = '';
  let pool: RunnerUnderTest | undefined;
  /** Time does it, a few times a second; a moment is taken when nothing moves any more. */
  const turns = (state: string) =>
    expect.poll(async () => (await plane.job(jobId)).state, { timeout: 10_000 }).toBe(state);
  const steps: (() => Promise<unknown>)[] = [
    () => act('stopEverything', { body: { reason: 'A fresh start' } }),
    () => act('resume', { body: {} }),
    () => publish('byoc_first', 'ask'),
    () => plane.submit({ approval: { when: 'before_start' } }),
    () => answer('before_start'),
    async () => {
      lease = await laptop.startOne();
    },
    async () => {
      for (const params of await laptops()) await act('sourceCordon', { params, body: { reason: 'Updates' } });
    },
    async () => {
      pool = await plane.runner('pool-1', { kind: 'managed_pool' });
    },
    async () => {
      jobId = (await plane.submit({ title: 'Leaves its side' })).job_id;
      plane.clock.advance(2_000);
      await turns('held');
    },
    () => answer('fallback'),
    () => act('budgetsPut', { body: limited(500) }),
    async () => {
      await publish('managed_only', 'never');
      jobId = (await plane.submit({ title: 'Too dear' })).job_id;
    },
    () => act('budgetsPut', { body: { ...limited(50_000), base_version: 1 } }),
    () => act('jobRetry', { params: { job_id: jobId }, body: {}, key: plane.key() }),
    () => (pool as RunnerUnderTest).startOne(),
    () => publish('byoc_first', 'never'),
    () => laptop.complete(lease),
    async () => {
      for (const params of await laptops()) await act('sourceResume', { params, body: {} });
    },
    async () => {
      lease = await laptop.startOne();
    },
    async () => {
      await act('leaseRevoke', { params: { lease_id: lease.lease_id }, body: { reason: 'A drill' } });
      const { items } = (await plane.call('jobs')).json as { items: { why: string }[] };
      expect(items.map(({ why }) => why)).toContainEqual(expect.stringMatching(/^A drill\. ./));
    },
    () => act('pause', { body: { reason: 'Lunch' } }),
  ];
  const moments = [];
  const states = new Set<string>();
  for (const step of steps) {
    await step();
    const taken = await moment();
    moments.push(taken);
    for (const { state } of (taken.shown.jobs as { items: { state: string }[] }).items) states.add(state);
  }
  expect(new Set(moments.map(({ at }) => at)).size).toBeGreaterThanOrEqual(10);
  // One that everything's stop caught may be canceled by now, or not yet.
  const reached = ['claimed', 'held', 'queued', 'refused', 'running', 'succeeded'];
  expect([...states]).toEqual(expect.arrayContaining(reached));
  await expectPast(moments);
});
