import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkAll } from '../../src-server/plane/invariants.ts';
import type { CheckedAnswer } from '../helpers/checked-call.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

/** A minute of managed `cpu-small`, the worst case of a plain job. */
const HOLD_MCU = 1_000;
let plane: PlaneUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
});
afterEach(async () => {
  expect(checkAll(plane.hosted.workspace.engine)).toEqual([]);
  await plane.close();
});

const publish = async (mode: string, fallback = 'never'): Promise<void> => {
  const { json } = await plane.call('policy');
  const body = { base_version: json.version, mode, fallback: { mode: fallback, after_ms: 0 } };
  expect((await plane.call('policyPut', { body })).status).toBe(200);
};
const put = async (body: Record<string, unknown>): Promise<CheckedAnswer['json']> => {
  const answer = await plane.call('budgetsPut', { body });
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return answer.json;
};
const managed = (name: string, capacity = 4): Promise<RunnerUnderTest> =>
  plane.runner(name, { kind: 'managed_pool', capacity });
const limit = (scope: string, limitMcu: number, window = 'total') => ({ scope, window, limit_mcu: limitMcu });

describe('64 claims at once against a limit that admits 10', () => {
  test('grant exactly 10 at a time; the rest wait, and are refused once the limit is spent, with exact numbers', async () => {
    await publish('managed_only');
    await put({ limits: [limit('tier:managed', 10 * HOLD_MCU)] });
    const runners: RunnerUnderTest[] = [];
    for (let n = 0; n < 64; n++) {
      // Hellos are counted per second and address.
      if (n % 5 === 0) plane.clock.advance(1_000);
      runners.push(await managed(`pool-${n}`, 1));
    }
    const jobs = [];
    for (let n = 0; n < 64; n++) jobs.push((await plane.submit({ title: `Job ${n}` })).job_id as string);
    const running = new Map<RunnerUnderTest, { lease_id: string; fence: number }>();
    let most = 0;
    for (let round = 0; round < 12; round++) {
      const claims = await Promise.all(
        runners
          .filter((r) => !running.has(r))
          .map(async (runner) => ({ runner, answer: await runner.claim({ capacity: 1 }) })),
      );
      for (const { runner, answer } of claims) {
        if (answer.status === 204) continue;
        const { lease_id, fence } = answer.json.assignments[0].lease;
        running.set(runner, { lease_id, fence });
        await runner.onLease('start', lease_id, { fence });
      }
      most = Math.max(most, running.size);
      const { json } = await plane.call('budgets');
      const [shown] = json.limits;
      expect(shown.held_mcu).toBe(running.size * HOLD_MCU);
      expect(shown.held_mcu + shown.spent_mcu).toBeLessThanOrEqual(shown.limit_mcu);
      if (running.size === 0) break;
      expect(running.size).toBe(Math.floor((shown.limit_mcu - shown.spent_mcu) / HOLD_MCU));
      if (round === 0) {
        const waiting = await plane.job(jobs[63] as string);
        expect([waiting.state, waiting.why]).toEqual(['queued', expect.stringContaining('1 missing')]);
        const { json: explained } = await plane.call('jobExplain', { params: { job_id: jobs[63] as string } });
        expect(explained).toMatchObject({
          outcome: 'waiting',
          budget: {
            scope: 'tier:managed',
            limit_mcu: 10_000,
            spent_mcu: 0,
            held_mcu: 10_000,
            needed_mcu: HOLD_MCU,
            missing_mcu: HOLD_MCU,
          },
        });
        const records = plane.entriesOf('policy.decided').filter((e) => e.events.some((x) => x.body.lot !== undefined));
        expect(records).toHaveLength(1);
      }
      plane.clock.advance(31_000);
      for (const [runner, lease] of running) {
        const answer = await runner.complete(lease, { usage: { runtime_ms: 30_000 } });
        expect([answer.status, answer.json.settled_mcu]).toEqual([200, 500]);
        running.delete(runner);
      }
    }
    expect(most).toBe(10);
    const states = await Promise.all(jobs.map(async (id) => (await plane.job(id)).state));
    expect(new Set(states)).toEqual(new Set(['succeeded', 'refused']));
    const { json: refusals } = await plane.call('budgetRefusals', { query: { limit: '200' } });
    expect(refusals.items).toHaveLength(states.filter((s) => s === 'refused').length);
    for (const item of refusals.items)
      expect(item).toMatchObject({
        scope: 'tier:managed',
        needed_mcu: HOLD_MCU,
        missing_mcu: item.spent_mcu + item.held_mcu + HOLD_MCU - 10_000,
      });
  });
});

describe('a limit', () => {
  test('refuses at the submit, with the numbers in the job, its explanation and the list, and nothing is granted', async () => {
    await publish('managed_first', 'auto');
    await put({ limits: [limit('tier:managed', 600, 'day')] });
    const pool = await managed('pool');
    const laptop = await plane.runner('laptop-1');
    const job = await plane.submit();
    const shown = await plane.job(job.job_id);
    expect(shown.state).toBe('refused');
    const numbers = {
      code: 'budget.insufficient',
      scope: 'tier:managed',
      window: 'day',
      limit_mcu: 600,
      spent_mcu: 0,
      held_mcu: 0,
      needed_mcu: 1_000,
      missing_mcu: 400,
    };
    expect(shown.refusal).toMatchObject(numbers);
    expect(shown.refusal.resets_at).toMatch(/T00:00:00\.000Z$/);
    expect((await plane.call('jobExplain', { params: { job_id: job.job_id } })).json).toMatchObject({
      outcome: 'refused',
      budget: { missing_mcu: 400 },
    });
    expect([(await pool.claim()).status, (await laptop.claim()).status]).toEqual([204, 204]);
    const { json } = await plane.call('jobDecisions', { params: { job_id: job.job_id } });
    expect(json.items[0]).toMatchObject({ outcome: 'refused', budget: { missing_mcu: 400, scope: 'tier:managed' } });
    expect(
      json.items[0].candidates.some((c: { rules: { rule: string }[] }) =>
        c.rules.some((r) => r.rule === 'budget.insufficient'),
      ),
    ).toBe(true);
    expect((await plane.call('overview')).json.refusals_24h).toMatchObject({ total: 1, budget: 1 });
  });

  test('on another side does not refuse a job of this one', async () => {
    await put({ limits: [limit('tier:managed', 0)] });
    const laptop = await plane.runner('laptop-1');
    await plane.submit();
    expect((await laptop.claim()).status).toBe(200);
  });

  test('holds instead of refusing where the job says so, and a raise by what is missing releases it', async () => {
    await publish('managed_only');
    await put({ limits: [limit('wu:WU-101', 400)] });
    const pool = await managed('pool');
    const job = await plane.submit({ on_refusal: 'hold' });
    expect(await plane.job(job.job_id)).toMatchObject({ state: 'held', hold: 'budget' });
    expect((await pool.claim()).status).toBe(204);
    const raised = await put({ base_version: 1, limits: [limit('wu:WU-101', 999)] });
    expect([raised.version, raised.held_jobs]).toEqual([2, 1]);
    await put({ base_version: 2, limits: [limit('wu:WU-101', 1_000)] });
    expect((await plane.job(job.job_id)).state).toBe('queued');
    expect((await pool.claim()).status).toBe(200);
    expect((await plane.call('budgetHolds')).json.items).toMatchObject([
      {
        held_mcu: 1_000,
        wu_id: 'WU-101',
        source_name: expect.any(String),
        scopes: expect.arrayContaining(['wu:WU-101']),
      },
    ]);
  });

  test('that is lowered refuses what waits, and leaves what runs', async () => {
    await publish('managed_only');
    const pool = await managed('pool');
    await plane.submit();
    const lease = await pool.startOne();
    const waiting = await plane.submit();
    await put({ limits: [limit('workspace', 500)] });
    expect((await plane.job(waiting.job_id)).state).toBe('refused');
    expect((await plane.call('budgets')).json.limits[0]).toMatchObject({ held_mcu: 1_000, left_mcu: 0 });
    expect((await pool.complete(lease)).status).toBe(200);
  });

  test('warns once when its mark is reached', async () => {
    await publish('managed_only');
    await put({ limits: [{ ...limit('tier:managed', 2_000), warn_percent: [25, 90] }] });
    const pool = await managed('pool');
    for (let n = 0; n < 2; n++) {
      await plane.submit();
      const lease = await pool.startOne();
      plane.clock.advance(31_000);
      await pool.complete(lease, { usage: { runtime_ms: 30_000 } });
    }
    const warned = plane.entriesOf('budget.warned').flatMap((e) => e.events.filter((x) => x.type === 'budget.warned'));
    expect(warned.map((e) => e.body)).toEqual([
      { scope: 'tier:managed', window: 'total', percent: 25, limit_mcu: 2_000, spent_mcu: 500 },
    ]);
    expect((await plane.call('budgets')).json.limits[0].warned_percent).toEqual([25]);
  });

  test('for every work unit counts each on its own, until one has its own', async () => {
    await publish('managed_only');
    await put({ default_wu_limit_mcu: 1_000, limits: [limit('wu:WU-7', 0)] });
    const pool = await managed('pool', 4);
    await plane.submit({ wu_id: 'WU-1' });
    await plane.submit({ wu_id: 'WU-1' });
    await plane.submit({ wu_id: 'WU-2' });
    const refused = await plane.submit({ wu_id: 'WU-7' });
    expect((await plane.job(refused.job_id)).state).toBe('refused');
    expect((await pool.claim({ max: 4 })).json.assignments).toHaveLength(2);
    expect((await pool.claim()).headers['cc-reason']).toBe('budget.insufficient');
  });
});

describe('rates and holds', () => {
  test('a job settles at the rate of its hold, whatever the table says by then', async () => {
    await publish('managed_only');
    const pool = await managed('pool');
    await plane.submit();
    const lease = await pool.startOne();
    await put({ rates: { managed: { 'cpu-small': 9_000 } } });
    plane.clock.advance(31_000);
    expect((await pool.complete(lease, { usage: { runtime_ms: 30_000 } })).json.settled_mcu).toBe(500);
    expect(
      (
        await plane.call('jobPreview', {
          body: { wu_id: 'WU-1', title: 'x', command: { argv: ['x'] }, max_runtime_ms: 60_000 },
        })
      ).json.budget.needed_mcu,
    ).toBe(9_000);
  });

  test('a reported cost that reaches the hold stops the job at that renewal; it fails for good, the overrun is shown', async () => {
    await publish('managed_only');
    const pool = await managed('pool');
    const job = await plane.submit({ budget: { extras_mcu: 500 } });
    const lease = await pool.startOne();
    const renew = (costMcu: number) =>
      pool.heartbeat({ leases: [{ lease_id: lease.lease_id, fence: lease.fence, cost_mcu: costMcu }] });
    expect((await renew(1_499)).json.leases[0].directive).toBeUndefined();
    expect((await renew(1_700)).json.leases[0]).toMatchObject({
      state: 'active',
      directive: 'stop',
      reason: 'budget_exhausted',
    });
    const ended = await pool.complete(lease, { outcome: 'canceled', exit_code: null, extras_mcu: 1_700 });
    expect(ended.json).toMatchObject({ job_state: 'failed', settled_mcu: 1_500 });
    const shown = await plane.job(job.job_id);
    expect(shown).toMatchObject({ state: 'failed', why: expect.stringContaining('the hold was 1.5 CU') });
    const [end] = plane.entriesOf('lease.released').flatMap((e) => e.events.filter((x) => x.type === 'lease.released'));
    expect(end?.body).toMatchObject({ outcome: 'budget_exhausted', overrun_mcu: 201 });
  });

  test.each([
    ['a scope that is none', { limits: [limit('tier:cloud', 1)] }, 422, 'field.invalid'],
    ['a scope that stands twice', { limits: [limit('workspace', 1), limit('workspace', 2)] }, 422, 'field.invalid'],
    ['a version that is not in force', { base_version: 9, limits: [] }, 409, 'conflict.budgets_version'],
    ['a negative limit', { limits: [limit('workspace', -1)] }, 422, 'field.invalid'],
    ['a rate that is no whole number', { rates: { managed: { 'cpu-small': 0.5 } } }, 422, 'field.invalid'],
  ])('%s is refused and changes nothing', async (_, body, status, code) => {
    const answer = await plane.call('budgetsPut', { body });
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect((await plane.call('budgets')).json).toMatchObject({ version: 0, limits: [] });
  });
});
