import { agentProgram } from './agent-program.ts';
import type { Parsed } from './checked-call.ts';
import type { PlaneProcess } from './plane-process.ts';

/** Calls of the agent, in order; the name `wait` keeps it busy until it is ended. */
export type Script = [string, object?][];
const ALL = { 'fs.read': {}, 'fs.write': {}, exec: {}, 'http.fetch': {} };

/** Jobs of the scripted agent, and what a plane has on record of them. */
export class AgentJobs {
  private constructor(
    private readonly plane: PlaneProcess,
    private readonly program: string,
  ) {}

  static async of(plane: PlaneProcess): Promise<AgentJobs> {
    return new AgentJobs(plane, await agentProgram());
  }

  /** The job, to be submitted. `tools`: those it may use, all of them when left out; `words`: arguments the agent ignores. */
  spec(
    script: Script,
    { tools = ALL, words = [], ...more }: { tools?: object; words?: string[]; [field: string]: unknown } = {},
  ): object {
    return {
      wu_id: 'WU-1',
      title: 'Let the agent work',
      kind: 'mcp',
      mcp: { argv: ['node', 'agent.mjs', ...words], tools },
      inputs: [
        { path: 'agent.mjs', text: this.program },
        { path: 'script.json', text: JSON.stringify(script) },
        { path: 'notes.txt', text: 'first line\n' },
      ],
      outputs: ['out/**'],
      max_attempts: 1,
      ...more,
    };
  }

  /** Submits it and returns its id. */
  async submit(...job: Parameters<AgentJobs['spec']>): Promise<string> {
    return (await this.plane.submit(this.spec(...job))).job_id;
  }

  async actions(jobId: string): Promise<Parsed[]> {
    return (await this.plane.call('jobActions', { params: { job_id: jobId } })).json.items;
  }

  /** What the agent printed: one line for its tools, one for each answer. */
  async said(jobId: string): Promise<Parsed[]> {
    return (await this.log(jobId))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  async log(jobId: string): Promise<string> {
    return (await this.plane.call('jobLog', { params: { job_id: jobId }, query: { stream: 'stdout' } })).json.data;
  }

  /** The predicate of its first receipt of this kind. */
  async receipt(jobId: string, kind: 'run' | 'late' = 'run'): Promise<Parsed> {
    const { items } = (await this.plane.call('jobReceipts', { params: { job_id: jobId } })).json;
    return items.find((item: Parsed) => item.kind === kind)?.statement.predicate;
  }
}
