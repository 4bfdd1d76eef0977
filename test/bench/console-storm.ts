import { checkedCall } from '../helpers/checked-call.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

interface Served {
  url: string;
  workspaceId: string;
  token: string;
}
/** Steps a second, and what each brings: submits and whole runs, of which each is a claim, a start and an end. */
const STEPS_PER_SECOND = 10;
const SUBMITS = 90;
const RUNS = 5;
/** Calls that may be under way. */
const STEPS_OPEN = 16;

/** Real changes at a real plane, a thousand a second: jobs that are submitted, and a runner that claims and ends some. */
export class Storm {
  private keys = 0;
  private isOver = false;
  private running: Promise<void> = Promise.resolve();

  private constructor(
    private readonly plane: Served,
    private readonly runner: RunnerUnderTest,
    private readonly share: number,
  ) {}

  /** @param share of the thousand changes a second. */
  static async prepare(plane: Served, share = 1): Promise<Storm> {
    const { port } = new URL(plane.url);
    let keys = 0;
    const wire: ConstructorParameters<typeof RunnerUnderTest>[0] = {
      key: () => `storm-runner-${process.pid}-${++keys}`,
      call: (id, options = {}) =>
        checkedCall(Number(port), id, {
          ...options,
          bearer: options.bearer === undefined ? plane.token : options.bearer,
          params: { workspace_id: plane.workspaceId, ...options.params },
        }),
    };
    const body = { name: `storm-${process.pid}-${Date.now()}`, kind: 'docker_host', capacity: 200 };
    const { json } = await wire.call('enrollmentCreate', { body, key: wire.key() });
    const runner = new RunnerUnderTest(wire, json.source_id);
    await runner.redeem(json.credential);
    return new Storm(plane, runner, share);
  }

  start(): void {
    this.isOver = false;
    this.running = this.blow();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  /** Entries of the log now. */
  async entries(): Promise<number> {
    const answer = await this.send('GET', `/workspaces/${this.plane.workspaceId}/sources?limit=1`, this.plane.token);
    return Number(answer.headers.get('cc-seq'));
  }

  /** A step does not wait for the one before, as clients do not wait for each other; a plane that is behind gets no more. */
  private async blow(): Promise<void> {
    const open = new Set<Promise<void>>();
    const follow = (step: Promise<void>): void => {
      const ended = step.finally(() => open.delete(ended));
      open.add(ended);
    };
    let dueMs = performance.now();
    while (!this.isOver) {
      dueMs += 1_000 / STEPS_PER_SECOND;
      follow(this.submit());
      follow(this.work());
      if (open.size > STEPS_OPEN) await Promise.race(open);
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    await Promise.all(open);
  }

  private async submit(): Promise<void> {
    const items = Array.from({ length: Math.ceil(SUBMITS * this.share) }, (_, n) => ({
      wu_id: `WU-${1_000 + (n % 50)}`,
      title: `Storm ${this.keys} part ${n}`,
      command: { argv: ['true'] },
      priority: 100,
    }));
    await this.send('POST', `/workspaces/${this.plane.workspaceId}/jobs/bulk`, this.plane.token, { items });
  }

  private async work(): Promise<void> {
    const { token } = this.runner;
    const claim = { capacity: 200, max: Math.ceil(RUNS * this.share), wait_ms: 0 };
    const answer = await this.send('POST', '/runtime/claim', token, claim);
    if (answer.status !== 200) return;
    const { assignments } = (await answer.json()) as { assignments: { lease: { lease_id: string; fence: number } }[] };
    await Promise.all(
      assignments.map(async ({ lease: { lease_id: leaseId, fence } }) => {
        const done = { fence, outcome: 'succeeded', exit_code: 0, usage: { runtime_ms: 10 } };
        await this.send('POST', `/runtime/leases/${leaseId}/start`, token, { fence });
        await this.send('POST', `/runtime/leases/${leaseId}/complete`, token, done);
      }),
    );
  }

  private async send(method: string, path: string, token: string, body?: unknown): Promise<Response> {
    const answer = await fetch(`${this.plane.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'idempotency-key': `storm-${process.pid}-${++this.keys}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // On a machine that is busy elsewhere a lease may lapse before its start: that too is a change.
    if (answer.status >= 400 && answer.status !== 409)
      throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }
}
