import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FoldedJob } from '../../src-server/plane/check/folded-rows.ts';
import { endedLease } from '../../src-server/state/queries/leases.ts';
import type { Trouble } from './simulation.ts';

const PLANE = '../../src-server/plane';
const DOMAIN = '../../src-server/domain';
const SEEDS = 25;
const STEPS = 1_500;
vi.setConfig({ testTimeout: 180_000 });
type Fate = { kinds: readonly Trouble[]; chance: number };

/** Runs seeds until one of them notices. @returns what was said, or null when the bug lived. */
async function hunt(fate?: Fate, budgets?: 'tight', seeds = SEEDS): Promise<string | null> {
  const { Simulation } = await import('./simulation.ts');
  for (let seed = 1; seed <= seeds; seed++) {
    const simulation = new Simulation(seed, null, fate);
    // A hunt for one kind of trouble is not diluted by refusals.
    simulation.operators.budgets = budgets ?? (fate === undefined ? 'some' : 'none');
    try {
      await simulation.run(STEPS);
    } catch (error) {
      return `seed ${seed}: ${(error as Error).message}`;
    } finally {
      simulation.plane.close();
    }
  }
  return null;
}

/** Puts a broken part in the place of a sound one, for one test; the program itself has no switch for it. */
function breakPart<M extends object>(path: string, broken: (sound: M) => Partial<M>): void {
  vi.doMock(path, async (load) => {
    const sound = await load<M>();
    return { ...sound, ...broken(sound) };
  });
}

afterEach(() => {
  vi.doUnmock(`${PLANE}/leases.ts`);
  vi.restoreAllMocks();
  vi.resetModules();
});

/** A world in which work units often have to share: fair share is on and several want the same sources at once. */
async function shareMuch(): Promise<void> {
  const { Operators } = await import('./operators.ts');
  const act = Operators.prototype.act;
  let acts = 0;
  vi.spyOn(Operators.prototype, 'act').mockImplementation(function (this: InstanceType<typeof Operators>) {
    acts++;
    if (acts % 60 === 1) this.publishMode('byoc_first', 'auto', 0, { fair_share: true });
    else if (acts % 12 === 2) this.submitBurst();
    else act.call(this);
  });
}

describe('bugs that are put in on purpose', () => {
  it('none: the sound program passes', async () => {
    // The simulation's own test runs the sound program on five hundred seeds; here it is seen that a hunt can end well.
    expect(await hunt(undefined, undefined, 10)).toBeNull();
    expect(await hunt(undefined, 'tight', 10)).toBeNull();
  }, 120_000);

  it('the fence is not checked', async () => {
    type Leases = typeof import('../../src-server/plane/leases.ts');
    breakPart<Leases>(`${PLANE}/leases.ts`, (sound) => ({
      fenced(engine, rejected, sessionId, leaseId, fence, write) {
        const heir = engine.hot.leaseOfJob.get(endedLease(engine.state.db, leaseId)?.jobSeq ?? -1);
        const lease = heir === undefined ? undefined : engine.hot.lease(heir);
        return lease ?? sound.fenced(engine, rejected, sessionId, leaseId, fence, write);
      },
    }));
    expect(
      await hunt(
        { kinds: ['runner_pause', 'runner_pause', 'runner_pause', 'partition', 'revive'], chance: 0.4 },
        undefined,
        4 * SEEDS,
      ),
    ).toMatch(/I6|I8/);
    vi.doUnmock(`${PLANE}/leases.ts`);
  });

  it('an answer goes out before its fsync', async () => {
    const { GroupCommit } = await import('../../src-server/ledger/group-commit.ts');
    vi.spyOn(GroupCommit.prototype, 'durable').mockImplementation(() => Promise.resolve());
    expect(await hunt({ kinds: ['disk_slow', 'plane_crash', 'plane_crash'], chance: 0.15 })).toMatch(/I9/);
  });

  it('the plane takes over without the grace', async () => {
    type Timing = typeof import('../../src-server/domain/leases/timing.ts');
    breakPart<Timing>(`${DOMAIN}/leases/timing.ts`, (sound) => ({
      leaseTiming: (ttlMs) => ({ ...sound.leaseTiming(ttlMs), takeOverMs: ttlMs }),
    }));
    expect(await hunt()).toMatch(/I33/);
    vi.doUnmock(`${DOMAIN}/leases/timing.ts`);
  });

  it('a fence is given out again after a restart', async () => {
    type Start = typeof import('../../src-server/plane/replay.ts');
    breakPart<Start>(`${PLANE}/replay.ts`, (sound) => ({
      replay(log, state) {
        const replayed = sound.replay(log, state);
        replayed.head.fence = Math.max(0, replayed.head.fence - 1);
        return replayed;
      },
    }));
    expect(await hunt()).toMatch(/I2|the head/);
    vi.doUnmock(`${PLANE}/replay.ts`);
  });

  it('a lease gets a fresh time at every jump of the clock', async () => {
    const { Hot } = await import('../../src-server/plane/hot/hot.ts');
    const addLease = Hot.prototype.addLease;
    vi.spyOn(Hot.prototype, 'addLease').mockImplementation(function (this: InstanceType<typeof Hot>, lease) {
      Object.defineProperty(lease, 'isFreshened', { get: () => false, set: () => undefined });
      addLease.call(this, lease);
    });
    expect(await hunt({ kinds: ['clock', 'clock', 'clock', 'clock', 'clock', 'runner_pause'], chance: 0.6 })).toMatch(
      /I30/,
    );
  });

  it('a cordoned source is granted work', async () => {
    type Sources = typeof import('../../src-server/domain/sources/availability.ts');
    breakPart<Sources>(`${DOMAIN}/sources/availability.ts`, (sound) => ({
      availability: (source) => sound.availability({ ...source, isCordoned: false }),
    }));
    expect(await hunt()).toMatch(/I11/);
    vi.doUnmock(`${DOMAIN}/sources/availability.ts`);
  });

  it('a lease is settled twice', async () => {
    const { Hot } = await import('../../src-server/plane/hot/hot.ts');
    const removeLease = Hot.prototype.removeLease;
    let ended = 0;
    vi.spyOn(Hot.prototype, 'removeLease').mockImplementation(function (this: InstanceType<typeof Hot>, leaseId) {
      if (++ended % 5 !== 0) removeLease.call(this, leaseId);
    });
    expect(await hunt()).toMatch(/I3|I5/);
  });

  it('work crosses sides under an only-mode', async () => {
    type Policy = typeof import('../../src-server/domain/routing/policy.ts');
    breakPart<Policy>(`${DOMAIN}/routing/policy.ts`, (sound) => ({
      sidesOf(mode) {
        const { first } = sound.sidesOf(mode);
        return { first, second: first === 'byoc' ? 'managed' : 'byoc' };
      },
    }));
    expect(await hunt()).toMatch(/I12/);
    vi.doUnmock(`${DOMAIN}/routing/policy.ts`);
  });

  it('the number of attempts is not bounded', async () => {
    type Outcome = typeof import('../../src-server/domain/leases/outcome.ts');
    breakPart<Outcome>(`${DOMAIN}/leases/outcome.ts`, (sound) => ({
      nextStep: (end) => sound.nextStep({ ...end, maxAttempts: Number.MAX_SAFE_INTEGER }),
    }));
    expect(await hunt()).toMatch(/I8/);
    vi.doUnmock(`${DOMAIN}/leases/outcome.ts`);
  });

  it('a torn tail is not cut', async () => {
    const { MemoryLog } = await import('../../src-server/ledger/memory-log.ts');
    const crash = MemoryLog.prototype.crash;
    vi.spyOn(MemoryLog.prototype, 'crash').mockImplementation(function (
      this: InstanceType<typeof MemoryLog>,
      kept,
      torn,
    ) {
      const { log, cut } = crash.call(this, kept, torn);
      if (cut.cut_bytes === 0) return { log, cut };
      const lines = [...log.read(0)].map(({ line }) => line);
      return { log: new MemoryLog({ lines: [...lines, Buffer.from('{"v":1,"seq"')] }), cut };
    });
    expect(await hunt({ kinds: ['disk_slow', 'plane_crash', 'plane_crash'], chance: 0.15 })).toMatch(/I26|I31/);
  });

  it('a retry loses its place', async () => {
    const { Queue } = await import('../../src-server/plane/hot/queue.ts');
    const ready = Queue.prototype.ready;
    vi.spyOn(Queue.prototype, 'ready').mockImplementation(function (this: InstanceType<typeof Queue>, job) {
      const { attempt } = job as unknown as FoldedJob;
      ready.call(this, attempt > 0 ? { ...job, priority: 0 } : job);
    });
    expect(await hunt()).toMatch(/I29/);
  });

  it('idempotency keys are ignored', async () => {
    const { Engine } = await import('../../src-server/plane/engine.ts');
    vi.spyOn(Engine.prototype, 'entriesOfKey').mockReturnValue([]);
    expect(await hunt()).toMatch(/I24/);
  });

  it('a hold is not released when its lease ends', async () => {
    const { HotBudgets } = await import('../../src-server/plane/hot/budgets.ts');
    const settle = HotBudgets.prototype.settle;
    vi.spyOn(HotBudgets.prototype, 'settle').mockImplementation(function (
      this: InstanceType<typeof HotBudgets>,
      scope,
      heldMcu,
      debitedMcu,
    ) {
      settle.call(this, scope, debitedMcu, debitedMcu);
      void heldMcu;
    });
    expect(await hunt()).toMatch(/I16/);
  });

  it('a limit is ignored at a retry', async () => {
    type Admit = typeof import('../../src-server/plane/budgets/admit.ts');
    type Judge = typeof import('../../src-server/plane/budgets/judge-job.ts');
    const judge = await vi.importActual<Judge>(`${PLANE}/budgets/judge-job.ts`);
    breakPart<Admit>(`${PLANE}/budgets/admit.ts`, (sound) => ({
      admit(engine, job, bucket, heapSide, side) {
        if (job.attempt === 0) return sound.admit(engine, job, bucket, heapSide, side);
        const { computeClass } = bucket.requirement;
        const neededMcu = judge.neededOn(engine, job, computeClass, side);
        return { outcome: 'room', neededMcu, decisive: null };
      },
    }));
    expect(await hunt(undefined, 'tight')).toMatch(/I15/);
    vi.doUnmock(`${PLANE}/budgets/admit.ts`);
  });

  it('a clock that is set back begins a window anew', async () => {
    type Windows = typeof import('../../src-server/domain/budgets/windows.ts');
    breakPart<Windows>(`${DOMAIN}/budgets/windows.ts`, (sound) => ({
      turnedWindows: (current, wallMs, zone) =>
        sound.ENDING_WINDOWS.flatMap((window) => {
          const span = sound.windowAt(window, wallMs, zone);
          return current[window]?.endsMs === span.endsMs ? [] : [{ window, span }];
        }),
    }));
    expect(await hunt()).toMatch(/I15/);
    vi.doUnmock(`${DOMAIN}/budgets/windows.ts`);
  });

  it('a job settles at the rate of today, not at that of its hold', async () => {
    const { Hot } = await import('../../src-server/plane/hot/hot.ts');
    const addLease = Hot.prototype.addLease;
    vi.spyOn(Hot.prototype, 'addLease').mockImplementation(function (this: InstanceType<typeof Hot>, lease) {
      const { budgets } = this;
      Object.defineProperty(lease, 'rateMcuPerMinute', { get: () => budgets.rates[lease.side][lease.computeClass] });
      addLease.call(this, lease);
    });
    expect(await hunt()).toMatch(/I16/);
  });

  it('a job is refused while only the holds of others are in its way', async () => {
    type Judge = typeof import('../../src-server/domain/budgets/judge.ts');
    breakPart<Judge>(`${DOMAIN}/budgets/judge.ts`, (sound) => ({
      judgeBudget(uses, neededMcu) {
        const verdict = sound.judgeBudget(uses, neededMcu);
        return verdict.outcome === 'waits' ? { ...verdict, outcome: 'refused' } : verdict;
      },
    }));
    expect(await hunt(undefined, 'tight')).toMatch(/I18/);
    vi.doUnmock(`${DOMAIN}/budgets/judge.ts`);
  });

  it('nobody is called when a limit has room again', async () => {
    const { BudgetLots } = await import('../../src-server/plane/hot/budget-lots.ts');
    vi.spyOn(BudgetLots.prototype, 'free').mockImplementation(() => undefined);
    expect(await hunt(undefined, 'tight')).toMatch(/I29|I30/);
  });

  it('a settlement debits twice the cost', async () => {
    type Cost = typeof import('../../src-server/domain/budgets/cost.ts');
    breakPart<Cost>(`${DOMAIN}/budgets/cost.ts`, (sound) => ({
      settle: (held, cost) => sound.settle(held, 2 * cost),
    }));
    expect(await hunt()).toMatch(/I16/);
    vi.doUnmock(`${DOMAIN}/budgets/cost.ts`);
  });

  it('a job crosses sides and the record does not say why', async () => {
    type Grants = typeof import('../../src-server/plane/grants.ts');
    breakPart<Grants>(`${PLANE}/grants.ts`, (sound) => ({
      grant: (engine, placement) => sound.grant(engine, placement, null),
    }));
    expect(await hunt()).toMatch(/I13/);
    vi.doUnmock(`${PLANE}/grants.ts`);
  });

  it('an override is obeyed on the first side only', async () => {
    type Policy = typeof import('../../src-server/domain/routing/policy.ts');
    breakPart<Policy>(`${DOMAIN}/routing/policy.ts`, (sound) => ({
      ruleFor(policy, requirement) {
        const rule = sound.ruleFor(policy, requirement);
        const mode = rule.mode.startsWith('byoc') ? ('byoc_first' as const) : ('managed_first' as const);
        return rule.override === null ? rule : { ...rule, mode };
      },
    }));
    expect(await hunt()).toMatch(/I12/);
    vi.doUnmock(`${DOMAIN}/routing/policy.ts`);
  });

  it('jobs are placed by the version before', async () => {
    const { Queue } = await import('../../src-server/plane/hot/queue.ts');
    vi.spyOn(Queue.prototype, 'applyPolicy').mockImplementation(() => undefined);
    expect(await hunt()).toMatch(/I14|I12|I13/);
  });

  it('none where work units share: fair share holds', async () => {
    await shareMuch();
    expect(await hunt()).toBeNull();
  });

  it('fair share never takes the turn from the first work unit', async () => {
    await shareMuch();
    const { FairQueue } = await import('../../src-server/domain/claims/fair-queue.ts');
    const pop = FairQueue.prototype.pop;
    vi.spyOn(FairQueue.prototype, 'pop').mockImplementation(function (this: InstanceType<typeof FairQueue>, costOf) {
      const rank = pop.call(this, costOf);
      this.refund();
      return rank;
    });
    expect(await hunt()).toMatch(/I29/);
  });

  it('a bucket is answered at every look', async () => {
    type Waiting = typeof import('../../src-server/domain/routing/record.ts');
    let looks = 0;
    breakPart<Waiting>(`${DOMAIN}/routing/record.ts`, () => ({ answerKey: () => `look ${looks++}` }));
    const { Queue } = await import('../../src-server/plane/hot/queue.ts');
    const addBucket = Queue.prototype.addBucket;
    vi.spyOn(Queue.prototype, 'addBucket').mockImplementation(function (this: InstanceType<typeof Queue>, id, text, a) {
      const bucket = addBucket.call(this, id, text, a);
      Object.defineProperty(bucket, 'judgedAt', { get: () => '', set: () => undefined });
      let answer = bucket.answer;
      Object.defineProperty(bucket, 'answer', {
        get: () => (answer === null ? null : { ...answer, decidedPlaneMs: Number.NEGATIVE_INFINITY }),
        set: (next) => {
          answer = next;
        },
      });
      return bucket;
    });
    expect(await hunt()).toMatch(/I14/);
    vi.doUnmock(`${DOMAIN}/routing/record.ts`);
  });
});
