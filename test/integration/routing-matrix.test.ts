import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FallbackMode, PolicyMode, Side } from '../../src-server/contract/terms.ts';
import { PLAIN_JOB, PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { type Cell, FIRST_SIDES, type FirstSide, matrix } from '../helpers/routing-matrix.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

/** One workspace for each condition of the preferred side; every rule is tried in it, one after the other. */
interface Room {
  first: Side;
  condition: FirstSide;
  params: { workspace_id: string };
  preferred: RunnerUnderTest | null;
  other: RunnerUnderTest;
}
const AFTER_MS = 5_000;
const NAMES = { byoc: 'laptop-1', managed: 'pool-1' } as const;
const SPEC = { ...PLAIN_JOB, labels: { zone: 'a' } };
const ROUNDS: readonly { only: boolean; fallback: FallbackMode }[] = [false, true].flatMap((only) =>
  (['auto', 'ask', 'never'] as const).map((fallback) => ({ only, fallback })),
);

let plane: PlaneUnderTest;
const rooms: Room[] = [];

async function connect(params: Room['params'], side: Side, zone: string): Promise<RunnerUnderTest> {
  const kind = side === 'byoc' ? 'laptop' : 'managed_pool';
  const body = { name: NAMES[side], kind, capacity: 1, labels: { zone } };
  const made = await plane.call('enrollmentCreate', { params, body });
  if (made.status !== 201) throw new Error(made.text);
  const runner = new RunnerUnderTest(plane, made.json.source_id);
  const redeemed = await runner.redeem(made.json.credential, { body: { capacity: 1 } });
  if (redeemed.status !== 200) throw new Error(redeemed.text);
  // Ten introductions a second come from one address at most.
  plane.clock.advance(150);
  return runner;
}

async function furnish(first: Side, condition: FirstSide): Promise<Room> {
  const made = await plane.call('workspaceCreate', { body: { name: `${first}-${FIRST_SIDES.indexOf(condition)}` } });
  if (made.status !== 201) throw new Error(made.text);
  const params = { workspace_id: made.json.workspace_id as string };
  const preferred =
    condition === 'none registered' ? null : await connect(params, first, condition === 'none eligible' ? 'b' : 'a');
  if (condition === 'offline') await preferred?.call('sessionEnd', { body: {} });
  return { first, condition, params, preferred, other: null as unknown as RunnerUnderTest };
}

/** What is busy or free goes on saying so: only what is to be late falls silent, however slow the machine is. */
async function staySeen(): Promise<void> {
  for (const { condition, preferred } of rooms)
    if (condition === 'busy' || condition === 'free')
      await preferred?.call('heartbeat', { body: { leases: [], stats: {} } });
}

async function takeOne(runner: RunnerUnderTest): Promise<{ lease_id: string; fence: number } | null> {
  const answer = await runner.claim({ capacity: 1, max: 1, wait_ms: 0 });
  if (answer.status !== 200) return null;
  const { lease } = answer.json.assignments[0];
  await runner.onLease('start', lease.lease_id, { fence: lease.fence });
  return lease;
}

/** What became of a job, as the API tells it. */
async function seen(room: Room, jobId: string): Promise<{ at: Cell['later']; sentence: string; state: string }> {
  const { json } = await plane.call('job', { params: { ...room.params, job_id: jobId } });
  const source = json.attempts[0]?.source_id;
  const at =
    json.state === 'queued'
      ? 'waiting'
      : json.state === 'held'
        ? 'held'
        : source === room.other.sourceId
          ? 'second'
          : 'first';
  return { at, sentence: json.why, state: json.state };
}

async function publish(room: Room, mode: PolicyMode, fallback: FallbackMode): Promise<void> {
  const { version } = (await plane.call('policy', { params: room.params })).json;
  const body = { base_version: version, mode, fallback: { mode: fallback, after_ms: AFTER_MS } };
  const put = await plane.call('policyPut', { params: room.params, body });
  expect([put.status, put.json.version]).toEqual([200, version + 1]);
}

beforeAll(async () => {
  plane = await PlaneUnderTest.start();
  for (const first of ['byoc', 'managed'] as const)
    for (const condition of FIRST_SIDES) rooms.push(await furnish(first, condition));
  // Those that are to be late fall silent for half a minute; the others say hello at their claims.
  plane.clock.advance(32_000);
  for (const room of rooms) {
    if (room.condition === 'busy') {
      const body = { ...SPEC, max_runtime_ms: 600_000 };
      await plane.call('policyPut', { params: room.params, body: { base_version: 1, mode: `${room.first}_only` } });
      await room.preferred?.call('heartbeat', { body: { leases: [], stats: {} } });
      await plane.call('jobSubmit', { params: room.params, body, key: plane.key() });
      expect(await takeOne(room.preferred as RunnerUnderTest)).not.toBeNull();
    }
    room.other = await connect(room.params, room.first === 'byoc' ? 'managed' : 'byoc', 'a');
  }
}, 120_000);
afterAll(() => plane.close());

describe('where a job goes, through HTTP, cell by cell', () => {
  test.each(ROUNDS)(
    'only: $only, fallback: $fallback',
    async ({ only, fallback }) => {
      const cells = rooms.map((room) => {
        const mode: PolicyMode = `${room.first}_${only ? 'only' : 'first'}`;
        const cell = matrix(NAMES).find(
          (c) => c.mode === mode && c.first === room.condition && c.fallback === fallback,
        );
        return { room, cell: cell as Cell };
      });
      await staySeen();
      const jobs = await Promise.all(
        cells.map(async ({ room, cell }) => {
          await publish(room, cell.mode, fallback);
          if (room.condition === 'free') await room.preferred?.claim({ capacity: 1, max: 1, wait_ms: 0 });
          const { json } = await plane.call('jobSubmit', { params: room.params, body: SPEC, key: plane.key() });
          return json.job_id as string;
        }),
      );
      const leases = new Map<number, { runner: RunnerUnderTest; lease: { lease_id: string; fence: number } }>();
      const claimAll = async (): Promise<void> => {
        await staySeen();
        for (const [n, { room }] of cells.entries()) {
          if (leases.has(n)) continue;
          for (const runner of room.condition === 'free' ? [room.preferred, room.other] : [room.other]) {
            const lease = runner === null ? null : await takeOne(runner);
            if (lease === null || runner === null) continue;
            leases.set(n, { runner, lease });
            break;
          }
        }
      };
      const expectAll = async (when: 'atOnce' | 'later'): Promise<void> => {
        for (const [n, { room, cell }] of cells.entries())
          await expect.poll(async () => (await seen(room, jobs[n] as string)).at, { timeout: 10_000 }).toBe(cell[when]);
      };
      await claimAll();
      plane.clock.advance(1_500);
      await expectAll('atOnce');
      plane.clock.advance(AFTER_MS);
      // The second side opens at a tick of the plane: a claim finds it from then on.
      await expect
        .poll(
          async () => {
            await claimAll();
            const now = await Promise.all(cells.map(({ room }, n) => seen(room, jobs[n] as string)));
            return now.map((s) => s.at);
          },
          { timeout: 15_000 },
        )
        .toEqual(cells.map(({ cell }) => cell.later));
      for (const [n, { room, cell }] of cells.entries()) {
        const jobId = jobs[n] as string;
        const params = { ...room.params, job_id: jobId };
        await staySeen();
        // On a slow day the clock's leap made a busy source late: once it is heard again, the next look says so.
        await expect.poll(async () => (await seen(room, jobId)).sentence, { timeout: 10_000 }).toBe(cell.sentence);
        const [newest] = (await plane.call('jobDecisions', { params })).json.items;
        const outcome = cell.later === 'first' || cell.later === 'second' ? 'assigned' : cell.later;
        expect([newest.outcome, newest.crossing !== null]).toEqual([outcome, cell.later === 'second']);
        const taken = leases.get(n);
        if (taken !== undefined) expect((await taken.runner.complete(taken.lease)).status).toBe(200);
        else expect((await plane.call('jobCancel', { params, body: {} })).status).toBe(200);
      }
    },
    120_000,
  );
});
