import type { Clock } from '../clock.ts';
import { programOf } from '../job-program.ts';
import { type Ceilings, enforcedBy, groupFor, NO_CEILINGS } from '../limits/ceilings.ts';
import { UNCONFINED } from '../receipt.ts';
import { startCommand } from './command.ts';
import type { Execution, ExecutionInput, Executor } from './executor.ts';
import { jobEnvironment, markEntries } from './job-environment.ts';

/** Command jobs as ordinary processes of this user. */
export class OpenCommand implements Executor {
  constructor(
    private readonly clock: Clock,
    private readonly ceilings: Ceilings = NO_CEILINGS,
  ) {}

  async start({ payload, attempt, dir, declared, secrets, extra }: ExecutionInput): Promise<Execution> {
    const common = jobEnvironment({
      platform: process.platform,
      own: process.env,
      workDir: dir.work,
      tmpDir: dir.tmp,
      jobId: payload.job_id,
      attempt,
      fence: payload.fence,
      declared,
      secrets,
    });
    const environment = { ...common, ...extra };
    const mark = { entries: markEntries(payload.job_id, payload.fence), directory: dir.path };
    const { argv, shell } = programOf(payload.job);
    const group = groupFor(this.ceilings, payload);
    const { stdout, stderr, tree, exited, ended } = await startCommand(
      { argv, shell, cwd: dir.work, environment, mark, group },
      this.clock,
    );
    return {
      stdout,
      stderr,
      processes: tree,
      environmentNames: Object.keys(environment),
      exited,
      ended: ended.then((end) => ({ ...end, enforced: { ...UNCONFINED, ...enforcedBy(group) } })),
    };
  }
}
