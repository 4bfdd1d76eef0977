import type { ActionFacts } from '../../src-server/contract/agent.ts';
import { chainOf, signedActionText } from '../../src-server/plane/evidence/action-chain.ts';
import type { CheckedAnswer, Parsed } from './checked-call.ts';
import type { PlaneUnderTest } from './plane-under-test.ts';
import type { RunnerUnderTest } from './runner-under-test.ts';

const POSTURE = { files: 'confined', network: ['none', 'allow_list'], agents: ['none'] };
/** 3 milli-CU for a read, 5 for a write that somebody allowed. */
const TOOLS = { 'fs.read': { price_mcu: 3 }, 'fs.write': { rule: 'ask', price_mcu: 5 } };

/** A started agent job on the wire: its runner chains and signs its calls, and can be told to do so wrongly. */
export class AgentUnderTest {
  /** The last link that the plane acknowledged. */
  chain = '';

  private constructor(
    private readonly plane: PlaneUnderTest,
    private readonly runner: RunnerUnderTest,
    readonly assignment: Parsed,
  ) {}

  static async start(plane: PlaneUnderTest, runner: RunnerUnderTest): Promise<AgentUnderTest> {
    await runner.heartbeat({ posture: POSTURE });
    await plane.submit({
      kind: 'mcp',
      command: undefined,
      mcp: { argv: ['agent'], tools: TOOLS, max_calls: 4 },
      budget: { extras_mcu: 100 },
      approval: { when: 'on_request' },
      max_attempts: 1,
    });
    const agent = new AgentUnderTest(plane, runner, await runner.claimOne());
    await runner.onLease('start', agent.lease.lease_id, { fence: agent.lease.fence });
    return agent;
  }

  get lease(): { lease_id: string; fence: number } {
    const { lease_id, fence } = this.assignment.lease;
    return { lease_id, fence };
  }
  get jobId(): string {
    return this.assignment.job.job_id;
  }

  /** A read that went well, unless told otherwise. */
  facts(n: number, over: Partial<ActionFacts> = {}): ActionFacts {
    return {
      n,
      tool: 'fs.read',
      summary: 'notes.txt',
      arguments_sha256: '0'.repeat(64),
      verdict: 'allowed',
      detail: null,
      cost_mcu: 3,
      duration_ms: 1,
      result_bytes: 2,
      result_sha256: '1'.repeat(64),
      approval_id: null,
      ...over,
    };
  }

  async act(action: ActionFacts, over: object = {}): Promise<CheckedAnswer> {
    const { lease, runner } = this;
    const chain = chainOf({ ...lease, after: this.chain }, action);
    const body = { fence: lease.fence, action, chain, signature: runner.prove(signedActionText(chain)), ...over };
    const answer = await runner.onLease('action', lease.lease_id, body);
    if (answer.status === 200 || answer.json.kept_seq !== undefined) this.chain = chain;
    return answer;
  }

  revoke(): Promise<CheckedAnswer> {
    return this.plane.call('leaseRevoke', { params: { lease_id: this.lease.lease_id }, body: {} });
  }

  /** Its run receipt, which tells of these calls. */
  receipt(told: { count: number; cost_mcu: number; chain?: string } | null) {
    return this.runner.receipt(this.assignment, { actions: told === null ? null : { chain: this.chain, ...told } });
  }

  end(told: Parameters<AgentUnderTest['receipt']>[0], extrasMcu = 0): Promise<CheckedAnswer> {
    return this.runner.complete(this.lease, { extras_mcu: extrasMcu, run_receipt: this.receipt(told) });
  }

  async actions(): Promise<Parsed[]> {
    return (await this.plane.call('jobActions', { params: { job_id: this.jobId } })).json.items;
  }

  async attempt(): Promise<Parsed> {
    return (await this.plane.job(this.jobId)).attempts[0];
  }
}
