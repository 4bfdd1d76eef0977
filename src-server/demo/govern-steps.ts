import { type JobSpec, jobSubmit } from '../contract/job.ts';
import { ProblemError } from '../contract/problems.ts';
import { decideAdmission, requestAdmission, revokeAdmission } from '../plane/commands/admissions.ts';
import { drainSource, resumeSource } from '../plane/commands/change-source.ts';
import type { CommandContext } from '../plane/commands/context.ts';
import { decideApproval } from '../plane/commands/decide-approval.ts';
import { editJob } from '../plane/commands/edit-job.ts';
import type { Engine } from '../plane/engine.ts';
import { jobView } from '../plane/views/job-view.ts';
import type { GovernStep } from './scenario.ts';

/** What the stage lends to the steps that people take. */
export interface GovernStage {
  engine: Engine;
  jobIdOf(name: string): string;
  run<T>(command: (ctx: CommandContext) => T): Promise<T>;
  check(holds: boolean, good: string, bad: string): void;
}

const operator = (id: string) => ({ kind: 'operator' as const, id });

/** Approvals, edits, admissions and drains of a scenario: each through the command that the HTTP rim calls. */
export class GovernSteps {
  private readonly admissions = new Map<string, string>();

  constructor(private readonly stage: GovernStage) {}

  async do(step: GovernStep): Promise<void> {
    switch (step.do) {
      case 'decide':
        return this.answered(step, (ctx) => {
          const { approval_id: id } = this.job(step.job);
          decideApproval(ctx, operator(step.by), id ?? '', { decision: step.decision, reason: step.reason });
        });
      case 'edit':
        return this.answered(step, (ctx) => {
          const { spec, digest, job_id: jobId } = this.job(step.job);
          const kept = { ...spec, inputs: spec.inputs.map(({ path, sha256 }) => ({ path, sha256 })) };
          const changed = jobSubmit.parse({ ...kept, ...step.change }) as unknown as JobSpec;
          editJob(ctx, operator(step.by), jobId, digest, changed);
        });
      case 'request_admission':
        return this.answered(step, (ctx) => {
          const id = requestAdmission(ctx, operator(step.by), {
            network: step.network,
            source_id: this.sourceId(step.runner),
            hosts: step.hosts,
            expires_ms: step.expires_ms,
            reason: null,
          });
          this.admissions.set(step.admission, id);
        });
      case 'decide_admission':
        return this.answered(step, (ctx) =>
          decideAdmission(ctx, operator(step.by), this.admissionId(step.admission), { decision: step.decision }),
        );
      case 'revoke_admission':
        return this.answered(step, (ctx) =>
          revokeAdmission(ctx, operator(step.by), this.admissionId(step.admission), null),
        );
      case 'drain':
        return this.answered(step, (ctx) =>
          drainSource(ctx, operator(step.by), this.sourceId(step.runner), step.reason ?? null, step.deadline_ms),
        );
      case 'resume':
        return this.answered(step, (ctx) =>
          resumeSource(ctx, operator(step.by), this.sourceId(step.runner), step.reason ?? null),
        );
    }
  }

  /** Does it, and checks that it was taken, or refused with the code that the story expects. */
  private async answered(step: GovernStep, command: (ctx: CommandContext) => void): Promise<void> {
    let answer = 'accepted';
    let detail = '';
    try {
      await this.stage.run(command);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      answer = error.code;
      detail = ` ${error.detail}`;
    }
    const words = `${step.by}, ${step.do.replaceAll('_', ' ')}: ${answer}.${detail}`;
    this.stage.check(answer === step.expect, words, `${words} Expected was ${step.expect}.`);
  }

  private job(name: string) {
    return jobView(this.stage.engine, this.stage.engine.job(this.stage.jobIdOf(name)));
  }

  private sourceId(name: string): string {
    const source = [...this.stage.engine.hot.fleet.sources.values()].find((s) => s.name === name);
    if (source === undefined) throw new Error(`the scenario enrolls no ${name}`);
    return source.sourceId;
  }

  private admissionId(name: string): string {
    const id = this.admissions.get(name);
    if (id === undefined) throw new Error(`the scenario requests no admission ${name}`);
    return id;
  }
}
