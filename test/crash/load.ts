import type { PlaneProcess } from '../helpers/plane-process.ts';
import type { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

/** What was answered with a 2xx, and so has to be there for ever. */
export interface Acknowledged {
  /** Title of the job, which only one submit uses → its id and sequence. */
  submitted: Map<string, { jobId: string; seq: number }>;
  /** Lease → the answer to its completion. */
  completed: Map<string, { seq: number; jobState: string; jobId: string }>;
}

interface Work {
  leaseId: string;
  fence: number;
  jobId: string;
  isStarted: boolean;
}

/** Clients of a plane that is killed under them: whatever got no answer is sent again, with the same key, to the next one. */
export class Load {
  readonly acknowledged: Acknowledged = { submitted: new Map(), completed: new Map() };
  private plane: PlaneProcess | null = null;
  private goal: { submits: number; reached: () => void } | null = null;
  private counter = 0;
  private readonly runners: RunnerUnderTest[] = [];
  private readonly unanswered: string[] = [];
  private readonly work = new Map<RunnerUnderTest, Work>();

  /** Connects to a plane that has just started. */
  async attach(plane: PlaneProcess): Promise<void> {
    this.plane = plane;
    for (const runner of this.runners) {
      const answer = await runner.comeBack();
      if (answer.status !== 200) throw new Error(`the runner could not come back: ${answer.text}`);
    }
  }

  async addRunner(name: string): Promise<void> {
    // The runner speaks through whichever plane lives at the moment.
    const through = {
      call: (...args: Parameters<PlaneProcess['call']>) => (this.plane as PlaneProcess).call(...args),
      key: () => `key-${++this.counter}`,
    } as unknown as PlaneUnderTest;
    const made = await through.call('enrollmentCreate', { body: { name, kind: 'laptop', capacity: 4 } });
    const runner = new RunnerUnderTest(through, made.json.source_id);
    const answer = await runner.redeem(made.json.credential);
    if (answer.status !== 200) throw new Error(`the runner was refused: ${answer.text}`);
    this.runners.push(runner);
  }

  /** Resolves when so many submits were answered in all. */
  reaches(submits: number): Promise<void> {
    return new Promise((reached) => {
      this.goal = { submits, reached };
    });
  }

  /** Keeps everybody busy until the plane is gone. */
  async run(): Promise<void> {
    const plane = this.plane as PlaneProcess;
    const submitters = Array.from({ length: 3 }, () => this.untilGone(plane, () => this.submit(plane)));
    const runners = this.runners.map((runner) => this.untilGone(plane, () => this.turn(runner)));
    await Promise.all([...submitters, ...runners]);
  }

  private async untilGone(plane: PlaneProcess, act: () => Promise<void>): Promise<void> {
    while (plane.program.child.exitCode === null && plane.program.child.signalCode === null) {
      try {
        await act();
      } catch (error) {
        // A connection that broke is what this is about; an answer that does not fit its contract is not.
        if (!/ECONNRE|socket hang up|EPIPE|aborted/.test(String(error))) throw error;
        if (plane.program.child.exitCode === null) await plane.program.ended;
      }
    }
  }

  private async submit(plane: PlaneProcess): Promise<void> {
    const title = this.unanswered.shift() ?? `job ${++this.counter}`;
    const body = { wu_id: 'WU-1', title, command: { argv: ['true'] }, max_attempts: 20 };
    let isAnswered = false;
    try {
      const answer = await plane.call('jobSubmit', { body, key: title.replace(' ', '-') });
      isAnswered = true;
      if (answer.status !== 201 && answer.status !== 200) throw new Error(`a submit was answered with ${answer.text}`);
      this.acknowledged.submitted.set(title, { jobId: answer.json.job_id, seq: answer.json.seq });
      if (this.goal !== null && this.acknowledged.submitted.size >= this.goal.submits) this.goal.reached();
    } finally {
      if (!isAnswered) this.unanswered.push(title);
    }
  }

  private async turn(runner: RunnerUnderTest): Promise<void> {
    const work = this.work.get(runner);
    if (work === undefined) return this.claim(runner);
    if (!work.isStarted) {
      const started = await runner.onLease('start', work.leaseId, { fence: work.fence });
      if (started.status !== 200) return void this.work.delete(runner);
      work.isStarted = true;
    }
    const answer = await runner.complete({ lease_id: work.leaseId, fence: work.fence }, {}, `end-${work.leaseId}`);
    this.work.delete(runner);
    if (answer.status !== 200) return;
    const { seq, job_state: jobState } = answer.json;
    this.acknowledged.completed.set(work.leaseId, { seq, jobState, jobId: work.jobId });
  }

  private async claim(runner: RunnerUnderTest): Promise<void> {
    const answer = await runner.claim({ max: 1, wait_ms: 200 });
    if (answer.status !== 200) return;
    for (const { lease, job } of answer.json.assignments)
      this.work.set(runner, { leaseId: lease.lease_id, fence: lease.fence, jobId: job.job_id, isStarted: false });
  }
}
