import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobSpec, jobSubmit } from '../contract/job.ts';
import { type VirtualPlane, virtualPlane } from '../demo/virtual-plane.ts';
import { VirtualRunner } from '../demo/virtual-runner.ts';
import { State } from '../state/state.ts';
import { askApproval } from './commands/ask-approval.ts';
import type { CommandContext } from './commands/context.ts';
import { type ApprovalAnswer, decideApproval } from './commands/decide-approval.ts';
import { editJob } from './commands/edit-job.ts';
import { enrollSource } from './commands/enroll-source.ts';
import { publishPolicy } from './commands/publish-policy.ts';
import { submitJob } from './commands/submit-job.ts';
import type { GrantedLease } from './grants.ts';
import { rebuildHot } from './hot/rebuild.ts';
import { checkAll } from './invariants.ts';
import { replay } from './replay.ts';
import { approvalDetailView, listApprovalsView } from './views/approval-view.ts';
import { jobView } from './views/job-view.ts';

const INES = { kind: 'operator' as const, id: 'ines' };
const TOMAS = { kind: 'operator' as const, id: 'tomas' };
const GATE = { when: 'before_start', reason: 'Writes to production', expires_ms: 60_000 };
let plane: VirtualPlane;

const spec = (over: Record<string, unknown> = {}): JobSpec =>
  jobSubmit.parse({
    wu_id: 'WU-1',
    title: 'Migrate',
    command: { argv: ['make', 'migrate'] },
    ...over,
  }) as unknown as JobSpec;

async function done<T>(promise: Promise<T>): Promise<T> {
  const guarded = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await plane.clock.settle();
  const result = await guarded;
  if ('error' in result) throw result.error;
  return result.value;
}
const run = <T>(command: (ctx: CommandContext) => T): Promise<T> => done(plane.workspace.run(command));
const submit = (over: Record<string, unknown> = {}) => run((ctx) => submitJob(ctx, INES, spec(over), null));
const job = (jobId: string) => jobView(plane.workspace.engine, plane.workspace.engine.job(jobId));
const approval = (approvalId: string | null) => approvalDetailView(plane.workspace.engine, approvalId ?? '');
const decide = (approvalId: string | null, answer: ApprovalAnswer, by = TOMAS) =>
  run((ctx) => decideApproval(ctx, by, approvalId ?? '', answer));
const fourEyes = (isOn: boolean) =>
  run((ctx) =>
    publishPolicy(ctx, INES, {
      base_version: ctx.engine.hot.policy.version,
      mode: 'byoc_first',
      fallback: { mode: 'auto', after_ms: 60_000 },
      refuse_after_ms: null,
      overrides: [],
      fair_share: false,
      four_eyes: isOn,
    }),
  );
async function laptop(): Promise<VirtualRunner> {
  const credential = await run((ctx) =>
    enrollSource(ctx, INES, {
      name: 'laptop-1',
      kind: 'laptop',
      compute_class: null,
      labels: {},
      capacity: 2,
      ttl_ms: 900_000,
    }),
  );
  const made = new VirtualRunner(plane.workspace, 'laptop-1', plane.random, {
    cpuCount: 2,
    memoryGib: 8,
    capacity: 2,
  });
  await done(made.connect(credential));
  return made;
}
/** Time passes with heartbeats. */
async function pass(ms: number, runner?: VirtualRunner, leases: GrantedLease[] = []): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    await plane.clock.advance(Math.min(10_000, left));
    if (runner !== undefined) await done(runner.heartbeat(leases));
  }
}

beforeEach(async () => {
  plane = await virtualPlane({ seed: 11, startWallMs: Date.UTC(2026, 9, 14, 10) });
});
afterEach(async () => {
  expect(checkAll(plane.workspace.engine)).toEqual([]);
  await plane.stop();
});

describe('approval before start', () => {
  it('holds the job with its reason, no lease and no budget, and lets it go once', async () => {
    const runner = await laptop();
    const { jobId } = await submit({ approval: GATE });
    expect(job(jobId)).toMatchObject({
      state: 'held',
      hold: 'approval',
      why: 'Writes to production. Waits for an approver before it can be claimed.',
    });
    expect(await done(runner.claim())).toEqual([]);
    const id = job(jobId).approval_id;
    expect(approval(id)).toMatchObject({
      kind: 'before_start',
      status: 'pending',
      digest: job(jobId).digest,
      requested_by: 'ines',
      expires_in_ms: 60_000,
      effects: { network: 'none', worst_cost_mcu: 0, runs_on: { name: 'laptop-1', side: 'byoc' } },
      previous: null,
    });
    await decide(id, { decision: 'approved', reason: 'Looks right', digest: job(jobId).digest });
    const seq = plane.workspace.engine.nextSeq;
    await decide(id, { decision: 'approved' });
    expect(plane.workspace.engine.nextSeq).toBe(seq);
    expect(job(jobId).why).toContain('Approved by tomas: Looks right.');
    const [lease] = await done(runner.claim());
    expect(lease?.lease.jobId).toBe(jobId);
    await expect(decide(id, { decision: 'rejected' })).rejects.toMatchObject({ code: 'conflict.state' });
  });

  it('refuses the job when it is rejected, or when nobody answers in plane time', async () => {
    const rejected = await submit({ approval: GATE });
    await decide(job(rejected.jobId).approval_id, { decision: 'rejected', reason: 'Not on a Friday' });
    expect(job(rejected.jobId)).toMatchObject({
      state: 'refused',
      why: 'Rejected by tomas: Not on a Friday.',
      refusal: { code: 'approval.rejected' },
    });
    const expired = await submit({ approval: GATE });
    const id = job(expired.jobId).approval_id;
    plane.clock.jumpWall(10 * 365 * 86_400_000);
    await pass(59_000);
    expect(job(expired.jobId).state).toBe('held');
    await pass(2_000);
    expect(job(expired.jobId)).toMatchObject({ state: 'refused', refusal: { code: 'approval.expired' } });
    expect(approval(id)?.status).toBe('expired');
    await expect(decide(id, { decision: 'approved' })).rejects.toMatchObject({ code: 'conflict.state' });
  });

  it('is void after an edit: the old answer is refused, the new digest needs its own', async () => {
    const runner = await laptop();
    const { jobId } = await submit({ approval: GATE });
    const first = job(jobId);
    await run((ctx) => editJob(ctx, INES, jobId, first.digest, spec({ approval: GATE, priority: 90 })));
    const second = job(jobId);
    expect(second).toMatchObject({ state: 'held', hold: 'approval', priority: 90 });
    expect(second.digest).not.toBe(first.digest);
    expect(second.approval_id).not.toBe(first.approval_id);
    await expect(decide(first.approval_id, { decision: 'approved' })).rejects.toMatchObject({
      code: 'approval.job_changed',
    });
    await expect(decide(second.approval_id, { decision: 'approved', digest: first.digest })).rejects.toMatchObject({
      code: 'approval.job_changed',
    });
    await decide(second.approval_id, { decision: 'approved', digest: second.digest });
    await run((ctx) =>
      editJob(ctx, INES, jobId, second.digest, spec({ approval: GATE, command: { argv: ['rm', '-rf', 'x'] } })),
    );
    expect(job(jobId)).toMatchObject({ state: 'held', hold: 'approval' });
    expect(await done(runner.claim())).toEqual([]);
    await expect(run((ctx) => editJob(ctx, INES, jobId, first.digest, spec({ approval: GATE })))).rejects.toMatchObject(
      { code: 'conflict.job_changed' },
    );
  });

  it('keeps the place and the bucket of an edited job', async () => {
    const runner = await laptop();
    const first = await submit({ wu_id: 'WU-1' });
    const second = await submit({ wu_id: 'WU-2' });
    await run((ctx) =>
      editJob(ctx, INES, first.jobId, job(first.jobId).digest, spec({ wu_id: 'WU-1', compute_class: 'gpu-small' })),
    );
    expect((await done(runner.claim())).map((g) => g.lease.jobId)).toEqual([second.jobId]);
    await run((ctx) =>
      editJob(ctx, INES, first.jobId, job(first.jobId).digest, spec({ wu_id: 'WU-1', title: 'Again' })),
    );
    const [granted] = await done(runner.claim());
    expect(granted?.lease.jobId).toBe(first.jobId);
    expect(granted?.job.spec.title).toBe('Again');
    expect(granted?.job.digest).toBe(job(first.jobId).digest);
    await expect(
      run((ctx) => editJob(ctx, INES, first.jobId, job(first.jobId).digest, spec({ priority: 1 }))),
    ).rejects.toMatchObject({ code: 'conflict.state' });
  });

  it('shows what changed since the last approved run of the same WU and title', async () => {
    const before = await submit({ approval: GATE, command: { argv: ['deploy', '--grace', '72h'] } });
    await decide(job(before.jobId).approval_id, { decision: 'approved' });
    const after = await submit({ approval: GATE, command: { argv: ['deploy', '--grace', '24h'] } });
    expect(approval(job(after.jobId).approval_id)?.previous).toMatchObject({
      job_id: before.jobId,
      approved_by: 'tomas',
      sentence: '1 change since the last approved run.',
      changes: [{ pointer: '/command/argv/2', before: '72h', after: '24h', sentence: 'command.argv.2: 72h → 24h' }],
    });
  });

  it('lasts over a restart: the hold, the question, its end and a yes that was given', async () => {
    const { jobId } = await submit({ approval: GATE });
    const approved = await submit({ approval: GATE });
    await decide(job(approved.jobId).approval_id, { decision: 'approved' });
    const { engine } = plane.workspace;
    await done(engine.durable());
    const state = replay(plane.log, await State.empty());
    const dump = (s: State) => s.db.all('SELECT * FROM approval ORDER BY approval_id');
    expect(dump(state)).toEqual(dump(engine.state));
    expect(rebuildHot(state).jobCounts.get('held')).toBe(1);
    state.close();
    expect(job(jobId).approval_id).not.toBeNull();
  });
});

describe('four-eyes', () => {
  it('wants somebody else than who submitted it, or changed it last', async () => {
    await fourEyes(true);
    const { jobId } = await submit({ approval: GATE });
    const id = job(jobId).approval_id;
    await expect(decide(id, { decision: 'approved' }, INES)).rejects.toMatchObject({
      code: 'approval.not_yours',
      detail: 'ines asked for it, so ines cannot approve it. Let another approver decide.',
    });
    expect(approval(id)).toMatchObject({ four_eyes: true, not_by: ['ines'], status: 'pending' });
    await run((ctx) => editJob(ctx, TOMAS, jobId, job(jobId).digest, spec({ approval: GATE, priority: 1 })));
    await expect(decide(job(jobId).approval_id, { decision: 'approved' }, TOMAS)).rejects.toMatchObject({
      code: 'approval.not_yours',
    });
    await decide(job(jobId).approval_id, { decision: 'approved' }, { kind: 'operator', id: 'ada' });
    expect(job(jobId).state).toBe('queued');
  });

  it('does not stand in the way of a no', async () => {
    await fourEyes(true);
    const { jobId } = await submit({ approval: GATE });
    await decide(job(jobId).approval_id, { decision: 'rejected' }, INES);
    expect(job(jobId).state).toBe('refused');
  });

  it('is never for an API key', async () => {
    const { jobId } = await submit({ approval: GATE });
    await expect(
      run((ctx) =>
        decideApproval(ctx, { kind: 'api_key', id: 'api_key:lf_1' }, job(jobId).approval_id ?? '', {
          decision: 'approved',
        }),
      ),
    ).rejects.toMatchObject({ code: 'approval.not_yours' });
  });
});

describe('a run that asks midway', () => {
  async function running(over: Record<string, unknown> = {}) {
    const runner = await laptop();
    const { jobId } = await submit({ approval: { when: 'on_request' }, stall_ms: 20_000, ...over });
    const [lease] = await done(runner.claim());
    await done(runner.start(lease as GrantedLease));
    return { runner, jobId, lease: lease as GrantedLease };
  }
  const ask = (runner: VirtualRunner, lease: GrantedLease, over: Record<string, unknown> = {}) =>
    run((ctx) =>
      askApproval(
        ctx,
        runner.sessionId,
        lease.lease.leaseId,
        { fence: lease.lease.fence, reason: 'Drop the old table', kinds: [], ...over },
        null,
      ),
    );

  it('stays running, is not stalled while it waits, and learns the answer at its next renewal', async () => {
    const { runner, jobId, lease } = await running();
    const asked = await ask(runner, lease);
    expect(job(jobId)).toMatchObject({ state: 'running', waiting_on: 'approval', approval_id: asked.approval_id });
    await pass(120_000, runner, [lease]);
    expect(job(jobId)).toMatchObject({ state: 'running', stopping: false });
    expect((await done(runner.heartbeat([lease])))[0]).not.toHaveProperty('directive');
    await decide(asked.approval_id, { decision: 'approved' });
    expect(job(jobId).waiting_on).toBeNull();
    expect((await done(runner.heartbeat([lease])))[0]).toMatchObject({
      approval: { approval_id: asked.approval_id, status: 'approved' },
    });
    await pass(30_000, runner, [lease]);
    expect((await done(runner.heartbeat([lease])))[0]).toMatchObject({ directive: 'stop' });
  });

  it('is stopped when the answer is no, and its job fails for good', async () => {
    const { runner, jobId, lease } = await running();
    const asked = await ask(runner, lease);
    await decide(asked.approval_id, { decision: 'rejected', reason: 'Keep it' });
    expect((await done(runner.heartbeat([lease])))[0]).toMatchObject({
      directive: 'stop',
      reason: 'Rejected by tomas: Keep it.',
    });
    await done(runner.complete(lease, 'canceled', null));
    expect(job(jobId)).toMatchObject({ state: 'failed', why: 'Rejected by tomas: Keep it.' });
    expect(job(jobId).attempts[0]).toMatchObject({ outcome: 'rejected' });
  });

  it('asks one thing at a time, and its question ends with its attempt', async () => {
    const { runner, lease } = await running();
    const asked = await ask(runner, lease);
    expect(await ask(runner, lease)).toEqual(asked);
    await expect(ask(runner, lease, { reason: 'Something else' })).rejects.toMatchObject({ code: 'conflict.state' });
    await done(runner.complete(lease));
    expect(approval(asked.approval_id)?.status).toBe('expired');
    await expect(ask(runner, lease)).rejects.toMatchObject({ code: 'conflict.lease_superseded' });
  });

  it('fails when nobody answers in time', async () => {
    const { runner, jobId, lease } = await running();
    await ask(runner, lease, { expires_ms: 30_000 });
    await pass(32_000, runner, [lease]);
    expect((await done(runner.heartbeat([lease])))[0]).toMatchObject({ directive: 'stop' });
    await pass(20_000, runner, [lease]);
    expect(job(jobId)).toMatchObject({ state: 'failed' });
  });
});

describe('the list of approvals', () => {
  it('filters by status and kind', async () => {
    const first = await submit({ approval: GATE });
    await submit({ approval: GATE });
    await decide(job(first.jobId).approval_id, { decision: 'approved' });
    const list = (query: object) =>
      listApprovalsView(plane.workspace.engine, { limit: 50, ...query }).items.map((a) => a.status);
    expect(list({})).toEqual(['pending', 'approved']);
    expect(list({ status: 'pending' })).toEqual(['pending']);
    expect(list({ kind: 'fallback' })).toEqual([]);
    expect(list({ job_id: first.jobId })).toEqual(['approved']);
  });
});
