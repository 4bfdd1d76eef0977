import type { CheckedAnswer, Parsed } from '../helpers/checked-call.ts';
import type { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { RunnerUnderTest } from '../helpers/runner-under-test.ts';

/** What a program of a story does on the source that it comes to. */
export interface Plan {
  runMs: number;
  exitCode?: number;
  lines?: readonly string[];
}
interface Live {
  lease: { lease_id: string; fence: number };
  assignment: Parsed;
  startedMs: number;
  plan: Plan;
  /** Lines that the log has, and their length in bytes. */
  lines: number;
  bytes: number;
}

/** A third of the time after which a session token dies. */
const RENEW_AFTER_MS = 5 * 60_000;
const NONCE_FRESH_MS = 20_000;
/** Real time: an open poll is a sign of life, so one that falls silent has to let it end. */
const POLL_MS = 1_000;

/** A runner of a story: it polls, starts what it gets, renews, and ends each job as its plan says. Nothing is executed. */
export class OrchardRunner extends RunnerUnderTest {
  readonly live = new Map<string, Live>();
  private isSilent = false;
  private poll: Promise<void> | null = null;
  private nonce = '';
  private renewedMs = 0;
  private heardMs = 0;

  constructor(
    private readonly at: PlaneUnderTest,
    readonly name: string,
    sourceId: string,
    readonly slots: number,
    private readonly about: Record<string, unknown>,
    private readonly planOf: (job: Parsed) => Plan,
  ) {
    super(at, sourceId);
  }

  override register(nonce: string, proof: string): Record<string, unknown> {
    return super.register(nonce, proof, this.about);
  }

  /** Renews every lease, and the session before its token ends. */
  async beat(): Promise<void> {
    if (this.isSilent) return;
    const nowMs = this.at.clock.monoMs();
    // A nonce of before a silence is too old to sign.
    const isDue = nowMs - this.renewedMs > RENEW_AFTER_MS && nowMs - this.heardMs < NONCE_FRESH_MS;
    const leases = [...this.live.values()].map(({ lease }) => lease);
    const proof = () => this.prove(`connected-compute/session/v1\n${this.sessionId}\n${this.nonce}`);
    const answer = await this.heartbeat({ leases, ...(isDue ? { renew: { nonce: this.nonce, proof: proof() } } : {}) });
    if (answer.status !== 200) throw new Error(`${this.name} was not heard: ${answer.text}`);
    this.nonce = answer.json.nonce;
    this.heardMs = nowMs;
    if (isDue || this.renewedMs === 0) this.renewedMs = nowMs;
    if (answer.json.session_token !== undefined) this.token = answer.json.session_token;
    for (const { lease_id: id, state } of answer.json.leases) if (state !== 'active') this.live.delete(id);
  }

  /** Opens a poll where a slot is free; what it is granted starts at once. */
  ask(): void {
    const free = this.slots - this.live.size;
    if (this.isSilent || this.poll !== null || free <= 0) return;
    this.poll = this.claim({ capacity: this.slots, max: 1, wait_ms: POLL_MS })
      .then((answer) => this.begin(answer))
      .finally(() => {
        this.poll = null;
      });
  }

  /** Says nothing and asks for nothing from now on, as if its network were gone. */
  async fallSilent(): Promise<void> {
    this.isSilent = true;
    await this.poll;
  }

  /** Is heard again; what it held it takes for its own until it is told otherwise. */
  wake(): void {
    this.isSilent = false;
  }

  private async begin(answer: CheckedAnswer): Promise<void> {
    for (const assignment of answer.json?.assignments ?? []) {
      const lease = { lease_id: assignment.lease.lease_id, fence: assignment.lease.fence };
      const plan = this.planOf(assignment.job);
      await this.onLease('start', lease.lease_id, { fence: lease.fence });
      const startedMs = this.at.clock.monoMs();
      this.live.set(lease.lease_id, { lease, assignment, startedMs, plan, lines: 0, bytes: 0 });
    }
  }

  /** Writes what the programs have printed by now, and ends those that are done. */
  async work(): Promise<void> {
    if (this.isSilent) return;
    for (const live of [...this.live.values()]) {
      const ranMs = this.at.clock.monoMs() - live.startedMs;
      const lines = live.plan.lines ?? [];
      await this.print(live, Math.floor(lines.length * Math.min(1, ranMs / live.plan.runMs)));
      if (ranMs >= live.plan.runMs) await this.end(live);
    }
  }

  private async print(live: Live, upTo: number): Promise<void> {
    const text = (live.plan.lines ?? []).slice(live.lines, upTo).map((line) => `${line}\n`);
    if (text.length === 0) return;
    const data = text.join('');
    await this.onLease('logPut', live.lease.lease_id, {
      fence: live.lease.fence,
      stream: 'stdout',
      offset: live.bytes,
      data,
    });
    live.lines = upTo;
    live.bytes += Buffer.byteLength(data);
  }

  private async end({ lease, assignment, plan }: Live): Promise<void> {
    this.live.delete(lease.lease_id);
    const exitCode = plan.exitCode ?? 0;
    const outcome = exitCode === 0 ? 'succeeded' : 'failed';
    const runReceipt = this.receipt(assignment, { outcome, exitCode, runtimeMs: plan.runMs });
    const usage = { runtime_ms: plan.runMs };
    const told = { outcome, exit_code: exitCode, usage, run_receipt: runReceipt };
    if (exitCode === 0) await this.complete(lease, told);
    else await this.onLease('fail', lease.lease_id, { fence: lease.fence, ...told });
  }
}
