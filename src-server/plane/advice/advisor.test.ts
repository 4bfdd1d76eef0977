import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JobSpec, jobSubmit } from '../../contract/job.ts';
import type { PolicyPut } from '../../contract/policy.ts';
import { type VirtualPlane, virtualPlane } from '../../demo/virtual-plane.ts';
import { VirtualRunner } from '../../demo/virtual-runner.ts';
import { decideAdmission, requestAdmission } from '../commands/admissions.ts';
import { changeBudgets } from '../commands/change-budgets.ts';
import { cordonSource, drainSource, patchSource } from '../commands/change-source.ts';
import type { CommandContext } from '../commands/context.ts';
import { enrollSource } from '../commands/enroll-source.ts';
import { setPaused } from '../commands/govern.ts';
import { publishPolicy } from '../commands/publish-policy.ts';
import { submitJob } from '../commands/submit-job.ts';
import { unblockJob } from '../commands/unblock-job.ts';
import { checkAll } from '../invariants.ts';
import { explainJob } from '../views/explain-view.ts';

const INES = { kind: 'operator' as const, id: 'ines' };
const TOMAS = { kind: 'operator' as const, id: 'tomas' };
const HOSTS = [{ host: 'registry.lan', port: 443 }];
let plane: VirtualPlane;
let runners: Map<string, VirtualRunner>;

async function done<T>(promise: Promise<T>): Promise<T> {
  await plane.clock.settle();
  return promise;
}
const run = <T>(command: (ctx: CommandContext) => T): Promise<T> => done(plane.workspace.run(command));
const spec = (over: Record<string, unknown> = {}): JobSpec =>
  jobSubmit.parse({
    wu_id: 'WU-1',
    title: 'Unit tests',
    command: { argv: ['true'] },
    max_runtime_ms: 60_000,
    confinement: 'none',
    ...over,
  }) as unknown as JobSpec;
const submit = async (over: Record<string, unknown> = {}): Promise<string> =>
  (await run((ctx) => submitJob(ctx, INES, spec(over), null))).jobId;
const idOf = (name: string): string =>
  [...plane.workspace.engine.hot.fleet.sources.values()].find((s) => s.name === name)?.sourceId ?? '';

async function source(name: string, over: Record<string, unknown> = {}, offered = 1): Promise<VirtualRunner> {
  const credential = await run((ctx) =>
    enrollSource(ctx, INES, {
      name,
      kind: 'laptop',
      compute_class: null,
      labels: {},
      capacity: 1,
      ttl_ms: 900_000,
      ...over,
    }),
  );
  const runner = new VirtualRunner(plane.workspace, name, plane.random, {
    cpuCount: 2,
    memoryGib: 8,
    capacity: offered,
  });
  await done(runner.connect(credential));
  runners.set(name, runner);
  return runner;
}
const pool = (name = 'pool-1', over: Record<string, unknown> = {}) => source(name, { kind: 'managed_pool', ...over });
const policy = (over: Partial<PolicyPut>) =>
  run((ctx) =>
    publishPolicy(ctx, INES, {
      base_version: ctx.engine.hot.policy.version,
      mode: 'byoc_first',
      fallback: { mode: 'ask', after_ms: 60_000 },
      refuse_after_ms: null,
      overrides: [],
      fair_share: false,
      four_eyes: false,
      ...over,
    }),
  );
const limit = (scope: string, limitMcu: number, window: 'total' | 'day' = 'total') =>
  run((ctx) => changeBudgets(ctx, INES, { limits: [{ scope, window, limit_mcu: limitMcu, warn_percent: [] }] }));
/** Keeps a source busy with a job of somebody else. */
async function occupy(runner: VirtualRunner, over: Record<string, unknown> = {}): Promise<void> {
  await submit({ wu_id: 'WU-9', title: 'Busy', max_runtime_ms: 3_600_000, ...over });
  const [lease] = await done(runner.claim());
  expect(lease).toBeDefined();
  await done(runner.start(lease!));
}
const admit = async (name: string): Promise<void> => {
  const id = await run((ctx) =>
    requestAdmission(ctx, INES, {
      network: 'private:registry',
      source_id: idOf(name),
      hosts: HOSTS,
      expires_ms: null,
      reason: null,
    }),
  );
  await run((ctx) => decideAdmission(ctx, TOMAS, id, { decision: 'granted' }));
};

interface Reason {
  reason: string;
  /** Brings the fleet into the state of the reason and submits. @returns the job. */
  arrange: () => Promise<string>;
  first: string;
  /** What only a person does for `source.start` and `source.enroll`. */
  person?: () => Promise<unknown>;
}

const REASONS: Reason[] = [
  {
    reason: 'no source is registered',
    arrange: () => submit(),
    first: 'Enroll a source of class cpu-small.',
    person: () => source('new-1'),
  },
  {
    reason: 'no source has the class',
    arrange: async () => {
      await source('laptop-1');
      return submit({ compute_class: 'gpu-small' });
    },
    first: 'Enroll a source of class gpu-small.',
    person: () => source('new-1', { compute_class: 'gpu-small' }),
  },
  {
    reason: 'a label is missing',
    arrange: async () => {
      await source('laptop-1');
      return submit({ labels: { zone: 'a' } });
    },
    first: 'Add zone=a to laptop-1.',
  },
  {
    reason: 'a label has another value',
    arrange: async () => {
      await source('laptop-1', { labels: { zone: 'b' } });
      return submit({ labels: { zone: 'a' } });
    },
    first: 'Set zone=a on laptop-1.',
  },
  {
    reason: 'two labels are missing',
    arrange: async () => {
      await source('laptop-1');
      return submit({ labels: { zone: 'a', tier: 'gold' } });
    },
    first: 'Add tier=gold and zone=a to laptop-1.',
  },
  {
    reason: 'the workspace is paused',
    arrange: async () => {
      await source('laptop-1');
      await run((ctx) => setPaused(ctx, INES, true, null));
      return submit();
    },
    first: 'Resume grants in this workspace.',
  },
  {
    reason: 'the source is cordoned',
    arrange: async () => {
      await source('laptop-1');
      await run((ctx) => cordonSource(ctx, INES, idOf('laptop-1'), null));
      return submit();
    },
    first: 'Resume laptop-1.',
  },
  {
    reason: 'the source is draining',
    arrange: async () => {
      await source('laptop-1');
      await run((ctx) => drainSource(ctx, INES, idOf('laptop-1'), null, null));
      return submit();
    },
    first: 'Resume laptop-1.',
  },
  {
    reason: 'the source is late',
    arrange: async () => {
      await source('laptop-1');
      await plane.clock.advance(32_000);
      return submit();
    },
    first: 'Start laptop-1.',
    person: () => done(runners.get('laptop-1')!.heartbeat([])),
  },
  {
    reason: 'the source is offline',
    arrange: async () => {
      await source('laptop-1');
      await plane.clock.advance(301_000);
      return submit();
    },
    first: 'Start laptop-1.',
    person: () => done(runners.get('laptop-1')!.comeBack()),
  },
  {
    reason: 'the enrolled slots are all in use',
    arrange: async () => {
      await occupy(await source('laptop-1', { capacity: 1 }, 2));
      return submit();
    },
    first: 'Raise the capacity of laptop-1 to 2.',
  },
  {
    reason: 'no private network is admitted',
    arrange: async () => {
      await source('laptop-1');
      return submit({ network: 'private:registry' });
    },
    first: 'Admit laptop-1 to private:registry.',
  },
  {
    reason: 'the admitted source lacks a label',
    arrange: async () => {
      await source('rack-1');
      await admit('rack-1');
      return submit({ network: 'private:registry', labels: { zone: 'a' } });
    },
    first: 'Add zone=a to rack-1.',
  },
  {
    reason: 'the mode keeps it on BYOC, where nobody is',
    arrange: async () => {
      await policy({ mode: 'byoc_only' });
      await pool();
      return submit();
    },
    first: 'Publish byoc_first with fallback auto for cpu-small.',
  },
  {
    reason: 'the mode keeps it on managed, where nobody is',
    arrange: async () => {
      await policy({ mode: 'managed_only' });
      await source('laptop-1');
      return submit();
    },
    first: 'Publish managed_first with fallback auto for cpu-small.',
  },
  {
    reason: 'the fallback is never',
    arrange: async () => {
      await policy({ fallback: { mode: 'never', after_ms: 60_000 } });
      await pool();
      return submit();
    },
    first: 'Publish byoc_first with fallback auto for cpu-small.',
  },
  {
    reason: 'an operator is asked for the fallback',
    arrange: async () => {
      await pool();
      const jobId = await submit();
      await plane.clock.advance(1_500);
      return jobId;
    },
    first: 'Let it leave its own side.',
  },
  {
    reason: 'it waits for its approval',
    arrange: async () => {
      await source('laptop-1');
      return submit({ approval: { when: 'before_start' } });
    },
    first: 'Approve it.',
  },
  {
    reason: "another job's hold is in the way",
    arrange: async () => {
      await policy({ mode: 'managed_only' });
      await limit('tier:managed', 1_500);
      await occupy(await pool('pool-1', { capacity: 1 }), { max_runtime_ms: 60_000 });
      await pool('pool-2');
      return submit();
    },
    first: 'Raise Managed tier by exactly 0.5 CU.',
  },
  {
    reason: 'it is held for budget',
    arrange: async () => {
      await policy({ mode: 'managed_only' });
      await limit('workspace', 400);
      await pool();
      return submit({ on_refusal: 'hold' });
    },
    first: 'Raise Workspace by exactly 0.6 CU.',
  },
  {
    reason: 'it was refused for budget',
    arrange: async () => {
      await policy({ mode: 'managed_only' });
      await limit('wu:WU-1', 400, 'day');
      await pool();
      return submit();
    },
    first: 'Raise WU-1 by exactly 0.6 CU.',
  },
  {
    reason: 'older jobs take the one source that comes back',
    arrange: async () => {
      await submit({ wu_id: 'WU-0', title: 'Before it' });
      return submit();
    },
    first: 'Enroll a source of class cpu-small, 2 slots.',
    person: () => source('new-1', { capacity: 2 }, 2),
  },
];

const granted = async (jobId: string): Promise<boolean> => {
  for (const runner of runners.values())
    for (const grant of await done(runner.claim(2))) if (grant.lease.jobId === jobId) return true;
  return false;
};

beforeEach(async () => {
  runners = new Map();
  plane = await virtualPlane({ seed: 7, startWallMs: Date.UTC(2026, 9, 14, 10) });
});
afterEach(async () => {
  expect(checkAll(plane.workspace.engine)).toEqual([]);
  await plane.stop();
});

describe('what would place a job that waits, is held or was refused', () => {
  it.each(REASONS)('$reason: the first suggestion, applied, places it', async ({ arrange, first, person }) => {
    const { engine } = plane.workspace;
    const jobId = await arrange();
    await plane.clock.settle();
    const { unblock } = explainJob(engine, engine.job(jobId));
    const [chosen] = unblock;
    expect(chosen?.sentence).toBe(first);
    expect(chosen?.can_apply).toBe(person === undefined);
    const { change, target, sentence } = chosen!;
    const hosts = change === 'network.admit' ? { hosts: HOSTS } : {};
    const answer = await run((ctx) => unblockJob(ctx, INES, jobId, { change, target, sentence, ...hosts }));
    expect(answer.isApplied).toBe(person === undefined);
    await person?.();
    await plane.clock.advance(1_100);
    expect(await granted(answer.jobId)).toBe(true);
  });

  /** Every reason again, for each of its suggestions that the plane applies alone: none is offered that does not hold. */
  it.each(REASONS)('$reason: every suggestion that is offered holds', async ({ arrange }) => {
    for (let at = 0; ; at++) {
      if (at > 0) {
        await plane.stop();
        runners = new Map();
        plane = await virtualPlane({ seed: 7 + at, startWallMs: Date.UTC(2026, 9, 14, 10) });
      }
      const jobId = await arrange();
      await plane.clock.settle();
      const { engine } = plane.workspace;
      const chosen = explainJob(engine, engine.job(jobId)).unblock[at];
      if (chosen === undefined) return;
      if (!chosen.can_apply) continue;
      const hosts = chosen.change === 'network.admit' ? { hosts: HOSTS } : {};
      const { change, target } = chosen;
      const answer = await run((ctx) => unblockJob(ctx, INES, jobId, { change, target, ...hosts }));
      await plane.clock.advance(1_100);
      expect(await granted(answer.jobId), chosen.sentence).toBe(true);
    }
  });

  it('changes nothing when the suggestion is no longer what was shown', async () => {
    await source('laptop-1');
    const jobId = await submit({ labels: { zone: 'a' } });
    const { engine } = plane.workspace;
    const before = engine.nextSeq;
    const stale = { change: 'label.add' as const, target: idOf('laptop-1'), sentence: 'Add zone=b to laptop-1.' };
    await expect(run((ctx) => unblockJob(ctx, INES, jobId, stale))).rejects.toMatchObject({ code: 'conflict.state' });
    expect(engine.nextSeq).toBe(before);
    await run((ctx) => patchSource(ctx, INES, idOf('laptop-1'), { labels: { zone: 'a' } }));
    expect(explainJob(engine, engine.job(jobId)).unblock).toEqual([]);
  });
});

describe('what waiting alone would bring', () => {
  const earliest = (jobId: string) => explainJob(plane.workspace.engine, plane.workspace.engine.job(jobId)).earliest;

  it('is nothing while nobody on the other side could take the job', async () => {
    await source('laptop-1');
    expect(earliest(await submit())).toBeNull();
  });

  it('is the question to an operator, once somebody there could', async () => {
    await source('laptop-1');
    await pool();
    expect(earliest(await submit())).toMatchObject({
      in_ms: 60_000,
      because: 'An operator is asked then whether the managed side may take it.',
    });
  });
});
