import type { Clock } from '../clock.ts';
import { startCommand } from './command.ts';
import type { Enforced, Execution, ExecutionInput, Executor } from './executor.ts';
import { jobEnvironment, markEntries } from './job-environment.ts';

/** What an unconfined command gets: its process group, and nothing on files or network. */
export const OPEN_COMMAND: Enforced = {
  executor: 'command',
  files: 'none',
  network: 'not_enforced',
  pid: 'group',
  image: null,
  connections: null,
  connectionsOmitted: 0,
};

/** Command jobs as ordinary processes of this user. */
export class OpenCommand implements Executor {
  constructor(private readonly clock: Clock) {}

  async start({ payload, attempt, dir, declared }: ExecutionInput): Promise<Execution> {
    const environment = jobEnvironment({
      platform: process.platform,
      own: process.env,
      workDir: dir.work,
      tmpDir: dir.tmp,
      jobId: payload.job_id,
      attempt,
      fence: payload.fence,
      declared,
    });
    const mark = { entries: markEntries(payload.job_id, payload.fence), directory: dir.path };
    const { argv, shell } = payload.job.command;
    const { stdout, stderr, tree, exited, ended } = await startCommand(
      { argv, shell, cwd: dir.work, environment, mark },
      this.clock,
    );
    return {
      stdout,
      stderr,
      processes: tree,
      environmentNames: Object.keys(environment),
      exited,
      ended: ended.then((end) => ({ ...end, enforced: OPEN_COMMAND })),
    };
  }
}
