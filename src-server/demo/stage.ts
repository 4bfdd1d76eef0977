import type { JobSpec } from '../contract/job.ts';
import { ProblemError } from '../contract/problems.ts';
import { verifyChain } from '../ledger/chain.ts';
import { instantOf } from '../plane/clock.ts';
import { changeBudgets } from '../plane/commands/change-budgets.ts';
import { enrollSource } from '../plane/commands/enroll-source.ts';
import { publishPolicy } from '../plane/commands/publish-policy.ts';
import { submitJob } from '../plane/commands/submit-job.ts';
import type { GrantedLease } from '../plane/grants.ts';
import { jobView } from '../plane/views/job-view.ts';
import { GovernSteps } from './govern-steps.ts';
import type { Step } from './scenario.ts';
import { verifyEvidence } from './verify-evidence.ts';
import type { VirtualPlane } from './virtual-plane.ts';
import { VirtualRunner } from './virtual-runner.ts';

const ACTOR = { kind: 'operator' as const, id: 'ines' };

/** One line of the story, at its virtual moment. */
export interface Told {
  at: string;
  kind: 'story' | 'event' | 'check' | 'broken';
  text: string;
  /** Events of the entry that is told. */
  types?: string[];
}

/** A runner of the story, with what it believes to hold. */
export interface Cast {
  runner: VirtualRunner;
  leases: GrantedLease[];
  isSilent: boolean;
}

/** What a scenario came to. */
export interface Played {
  isGood: boolean;
  checks: number;
  broken: string[];
  entries: number;
}

/** Where a story happens: a plane in memory, its runners and its jobs by their names. Does one step at a time. */
export class Stage {
  readonly cast = new Map<string, Cast>();
  readonly jobs = new Map<string, string>();
  private readonly broken: string[] = [];
  private checks = 0;
  private readonly govern: GovernSteps;

  constructor(
    readonly plane: VirtualPlane,
    private readonly tell: (line: Told) => void,
  ) {
    this.govern = new GovernSteps({
      engine: plane.workspace.engine,
      jobIdOf: (name) => this.jobs.get(name) ?? '',
      run: (command) => this.settle(plane.workspace.run(command)),
      check: (holds, good, bad) => this.check(holds, good, bad),
    });
    plane.workspace.engine.observers.push((entry) => {
      const types = entry.events.map((e) => e.type).filter((t) => t !== 'time.jumped');
      if (types.length > 0) this.say('event', `#${entry.seq} ${types.join(', ')}`, types);
    });
  }

  async do(step: Step): Promise<void> {
    if ('say' in step && step.say !== undefined) this.say('story', step.say);
    switch (step.do) {
      case 'tell':
      case 'wait':
        return;
      case 'enroll':
        return this.enroll(step);
      case 'policy':
        return this.policy(step);
      case 'submit':
        return this.submit(step);
      case 'claim':
        return this.claim(step);
      case 'start':
        await this.settle(this.member(step.runner).runner.start(this.lease(step.runner)));
        return;
      case 'budgets':
        await this.settle(this.plane.workspace.run((ctx) => changeBudgets(ctx, ACTOR, { limits: step.limits })));
        return;
      case 'expect_budget':
        return this.expectBudget(step);
      case 'heartbeat':
        await this.beat(this.member(step.runner));
        return;
      case 'silence':
        this.member(step.runner).isSilent = true;
        return;
      case 'complete':
        return this.complete(step);
      case 'decide':
      case 'edit':
      case 'request_admission':
      case 'decide_admission':
      case 'revoke_admission':
      case 'drain':
      case 'resume':
        return this.govern.do(step);
      case 'expect_job':
        return this.expectJob(step);
      case 'expect_source': {
        const source = [...this.plane.workspace.engine.hot.fleet.sources.values()].find((s) => s.name === step.runner);
        this.check(
          source?.state === step.state,
          `${step.runner} is ${step.state}`,
          `${step.runner} is ${source?.state}, not ${step.state}`,
        );
      }
    }
  }

  async end(): Promise<Played> {
    const { fault } = verifyChain(this.plane.log.read(0));
    this.check(fault === null, 'the chain of the evidence log holds', `the evidence log is broken: ${fault?.reason}`);
    const entries = this.plane.log.nextSeq;
    const { exitCode, checks } = await verifyEvidence(this.plane.workspace);
    this.check(
      exitCode === 0,
      `its evidence was exported and verifies: ${checks.length} checks over ${entries} entries`,
      `its evidence does not verify: ${checks.find((c) => !c.passed)?.detail}`,
    );
    await this.plane.stop();
    return { isGood: this.broken.length === 0, checks: this.checks, broken: this.broken, entries };
  }

  private async enroll(step: Extract<Step, { do: 'enroll' }>): Promise<void> {
    const { workspace, random } = this.plane;
    const credential = await this.settle(
      workspace.run((ctx) =>
        enrollSource(ctx, ACTOR, {
          name: step.runner,
          kind: step.kind,
          compute_class: null,
          labels: step.labels,
          capacity: step.capacity,
          ttl_ms: 900_000,
        }),
      ),
    );
    const runner = new VirtualRunner(workspace, step.runner, random, {
      cpuCount: step.cpu_count,
      memoryGib: 8,
      capacity: step.capacity,
    });
    await this.settle(runner.connect(credential));
    this.cast.set(step.runner, { runner, leases: [], isSilent: false });
  }

  private async policy(step: Extract<Step, { do: 'policy' }>): Promise<void> {
    const { workspace } = this.plane;
    const base_version = workspace.engine.hot.policy.version;
    await this.settle(
      workspace.run((ctx) =>
        publishPolicy(ctx, ACTOR, {
          base_version,
          mode: step.mode,
          fallback: { mode: step.fallback, after_ms: step.after_ms },
          refuse_after_ms: null,
          overrides: [],
          fair_share: false,
          four_eyes: step.four_eyes,
        }),
      ),
    );
  }

  private async submit(step: Extract<Step, { do: 'submit' }>): Promise<void> {
    const made = await this.settle(
      this.plane.workspace.run((ctx) => submitJob(ctx, ACTOR, step.spec as unknown as JobSpec, null)),
    );
    this.jobs.set(step.job, made.jobId);
  }

  private async claim(step: Extract<Step, { do: 'claim' }>): Promise<void> {
    const member = this.member(step.runner);
    const grants = await this.settle(member.runner.claim());
    member.leases.push(...grants);
    const got = grants.length > 0 ? 'work' : 'nothing';
    this.check(
      got === step.expect,
      `${step.runner} gets ${got}${grants[0] === undefined ? '' : `: ${grants[0].why}`}`,
      `${step.runner} gets ${got}, not ${step.expect}`,
    );
  }

  private async complete(step: Extract<Step, { do: 'complete' }>): Promise<void> {
    const member = this.member(step.runner);
    const lease = this.lease(step.runner);
    let answer = 'accepted';
    try {
      await this.settle(member.runner.complete(lease, step.outcome));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      answer = error.code === 'conflict.lease_superseded' ? 'rejected' : error.code;
    }
    member.leases = member.leases.filter((l) => l !== lease);
    this.check(
      answer === step.expect,
      `${step.runner} with token ${lease.lease.fence}: ${answer}`,
      `${step.runner}: ${answer}, not ${step.expect}`,
    );
  }

  /** Every runner that is not silent sends its heartbeat. */
  async heartbeats(): Promise<void> {
    for (const member of this.cast.values()) if (!member.isSilent) await this.beat(member);
  }

  private async beat(member: Cast): Promise<void> {
    await this.settle(member.runner.heartbeat(member.leases));
  }

  private expectJob(step: Extract<Step, { do: 'expect_job' }>): void {
    const { engine } = this.plane.workspace;
    const view = jobView(engine, engine.job(this.jobs.get(step.job) ?? ''));
    if (step.state !== undefined)
      this.check(
        view.state === step.state,
        `${view.wu_id} is ${view.state}. ${view.why}`,
        `${view.wu_id} is ${view.state}, not ${step.state}`,
      );
    if (step.hold !== undefined)
      this.check(view.hold === step.hold, `held: ${view.hold}`, `held for ${view.hold}, not ${step.hold}`);
    if (step.attempt !== undefined)
      this.check(
        view.attempt === step.attempt,
        `attempt ${view.attempt}`,
        `attempt ${view.attempt}, not ${step.attempt}`,
      );
    if (step.why_has !== undefined)
      this.check(
        view.why.includes(step.why_has),
        `the reason names it: “${step.why_has}”`,
        `the reason is “${view.why}”, without “${step.why_has}”`,
      );
    const fences = view.attempts.map((a) => a.fence);
    if (step.fence_above_first)
      this.check(
        (fences.at(-1) ?? 0) > (fences[0] ?? 0),
        `token ${fences.at(-1)} is above ${fences[0]}`,
        `token ${fences.at(-1)} is not above ${fences[0]}`,
      );
    const rejected = view.attempts.reduce((n, a) => n + a.rejected_writes.length, 0);
    if (step.rejected_writes !== undefined)
      this.check(
        rejected === step.rejected_writes,
        `${rejected} late write rejected and recorded`,
        `${rejected} late writes recorded, not ${step.rejected_writes}`,
      );
  }

  private expectBudget(step: Extract<Step, { do: 'expect_budget' }>): void {
    const use = this.plane.workspace.engine.hot.budgets.use.get(step.scope);
    const found = `${step.scope} spent ${use?.spentMcu ?? 0} mCU and holds ${use?.heldMcu ?? 0}`;
    const isSo = use?.spentMcu === step.spent_mcu && use.heldMcu === step.held_mcu;
    this.check(isSo, found, `${found}, not ${step.spent_mcu} and ${step.held_mcu}`);
  }

  private check(holds: boolean, good: string, bad: string): void {
    this.checks++;
    if (!holds) this.broken.push(bad);
    this.say(holds ? 'check' : 'broken', holds ? good : bad);
  }

  private member(name: string): Cast {
    const member = this.cast.get(name);
    if (member === undefined) throw new Error(`the scenario enrolls no ${name}`);
    return member;
  }

  private lease(name: string): GrantedLease {
    const lease = this.member(name).leases[0];
    if (lease === undefined) throw new Error(`${name} holds no lease in the scenario`);
    return lease;
  }

  /** Waits for an answer of the plane: its promises resolve only as the virtual turn ends. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    const caught = promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await this.plane.clock.settle();
    const result = await caught;
    if ('error' in result) throw result.error;
    return result.value;
  }

  say(kind: Told['kind'], text: string, types?: string[]): void {
    this.tell({ at: instantOf(this.plane.clock.wallMs()), kind, text, ...(types === undefined ? {} : { types }) });
  }
}
