import { afterEach, describe, expect, it, vi } from 'vitest';
import { endedLease } from '../../src-server/state/queries/leases.ts';
import { hunt, SEEDS } from './hunt.ts';

const PLANE = '../../src-server/plane';
const DOMAIN = '../../src-server/domain';
vi.setConfig({ testTimeout: 600_000 });

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

describe('parts that are broken on purpose', () => {
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

  it('a cordoned source is granted work', async () => {
    type Sources = typeof import('../../src-server/domain/sources/availability.ts');
    breakPart<Sources>(`${DOMAIN}/sources/availability.ts`, (sound) => ({
      availability: (source) => sound.availability({ ...source, isCordoned: false }),
    }));
    expect(await hunt()).toMatch(/I11/);
    vi.doUnmock(`${DOMAIN}/sources/availability.ts`);
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
