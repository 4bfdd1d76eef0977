import { afterEach, describe, expect, it, vi } from 'vitest';

const PLANE = '../../src-server/plane';
const DOMAIN = '../../src-server/domain';
const SEEDS = 25;
const STEPS = 1_500;

/** Runs seeds until one of them notices. @returns what was said, or null when the bug lived. */
async function hunt(): Promise<string | null> {
  const { Simulation } = await import('./simulation.ts');
  for (let seed = 1; seed <= SEEDS; seed++) {
    const simulation = new Simulation(seed);
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

/** Puts a broken part in the place of a sound one, for one test. */
function breakPart<M extends object>(path: string, broken: (sound: M) => Partial<M>): void {
  vi.doMock(path, async (load) => {
    const sound = await load<M>();
    return { ...sound, ...broken(sound) };
  });
}

afterEach(() => {
  for (const path of [
    `${PLANE}/approval-gate.ts`,
    `${PLANE}/refuse.ts`,
    `${DOMAIN}/approvals/judge-answer.ts`,
    `${DOMAIN}/leases/outcome.ts`,
    `${DOMAIN}/admissions/standing.ts`,
  ])
    vi.doUnmock(path);
  vi.restoreAllMocks();
  vi.resetModules();
});

describe('bugs of approvals and admissions that are put in on purpose', () => {
  it('an edited job reuses the approval of the job as it was', async () => {
    type Gate = typeof import('../../src-server/plane/approval-gate.ts');
    const { jobById } = await import('../../src-server/state/queries/jobs.ts');
    breakPart<Gate>(`${PLANE}/approval-gate.ts`, (sound) => ({
      holdForApproval(engine, jobId, spec, digest) {
        const known = jobById(engine.state.db, jobId);
        return sound.holdForApproval(
          engine,
          jobId,
          spec,
          known === undefined ? digest : engine.submitted(known.seq).digest,
        );
      },
    }));
    expect(await hunt()).toMatch(/I19/);
  });

  it('the submitter approves under four-eyes', async () => {
    type Judge = typeof import('../../src-server/domain/approvals/judge-answer.ts');
    breakPart<Judge>(`${DOMAIN}/approvals/judge-answer.ts`, (sound) => ({
      judgeAnswer: (question, answer, digest) => sound.judgeAnswer(question, answer, digest, false),
    }));
    expect(await hunt()).toMatch(/I20/);
  });

  it('a job whose approval expired starts all the same', async () => {
    type Refuse = typeof import('../../src-server/plane/refuse.ts');
    breakPart<Refuse>(`${PLANE}/refuse.ts`, (sound) => ({
      refusedEvents: (engine, job, code, sentence) =>
        code === 'approval.expired'
          ? [{ type: 'job.state', body: { job_id: job.jobId, state: 'queued', hold: null, reason: null, sentence } }]
          : sound.refusedEvents(engine, job, code, sentence),
    }));
    expect(await hunt()).toMatch(/I19/);
  });

  it('a run that was told no is tried again', async () => {
    type Outcome = typeof import('../../src-server/domain/leases/outcome.ts');
    breakPart<Outcome>(`${DOMAIN}/leases/outcome.ts`, (sound) => ({
      nextStep: (end) => sound.nextStep(end.outcome === 'rejected' ? { ...end, outcome: 'lost' } : end),
    }));
    expect(await hunt()).toMatch(/I19/);
  });

  it('a revoked admission still grants', async () => {
    const { Admissions } = await import('../../src-server/plane/hot/admissions.ts');
    vi.spyOn(Admissions.prototype, 'drop').mockImplementation(() => undefined);
    expect(await hunt()).toMatch(/I11|I25 at -?\d+: adm_/);
  });

  it('a job of a private network is never let go', async () => {
    type Standing = typeof import('../../src-server/domain/admissions/standing.ts');
    breakPart<Standing>(`${DOMAIN}/admissions/standing.ts`, () => ({ isAdmittedSomewhere: () => false }));
    expect(await hunt()).toMatch(/I30/);
  });
});
