import type { Assignment, EnvelopePayload } from '../src-server/contract/runtime.ts';
import { ActionRecorder } from './agent/action-recorder.ts';
import { ApprovalAsker } from './approval-asker.ts';
import { type AttemptContext, type AttemptOutcome, type Ending, NOT_RUN, type Stop } from './attempt-context.ts';
import { AttemptLogs } from './attempt-logs.ts';
import { outcomeOf, type Result, settlementBody, tellResult, verbOf } from './attempt-result.ts';
import { AttemptSpool } from './attempt-spool.ts';
import { startLease } from './attempt-start.ts';
import { checkoutRules } from './checkout/checkout-address.ts';
import { checkOut } from './checkout/git-checkout.ts';
import type { Reading } from './clock.ts';
import { type Collected, collectOutputs } from './collect-outputs.ts';
import { sha256Hex } from './ed25519.ts';
import { EnvelopeRefused, openEnvelope } from './envelope.ts';
import { messageOf } from './errors.ts';
import type { AgentRim } from './executors/agent.ts';
import type { ExecutionInput, JobProcesses } from './executors/executor.ts';
import { executorFor } from './executors/executor-for.ts';
import { markEntries } from './executors/job-environment.ts';
import { type Plan, planFor } from './executors/plan.ts';
import { HeldLease, KILL_GRACE_MS, type LeaseHolder, type Loss } from './held-lease.ts';
import { programOf } from './job-program.ts';
import { ClusterFault } from './kubernetes/cluster-client.ts';
import type { PlaneAnswer, PlaneRequest } from './plane-client.ts';
import { prepareInputs } from './prepare-inputs.ts';
import { duration, plain } from './printer.ts';
import type { RunRecord } from './receipt.ts';
import { AttemptRedaction } from './redaction/attempt-redaction.ts';
import type { Secret } from './redaction/secret-forms.ts';
import { type Settlement, settle } from './settle.ts';
import type { StartAnswer } from './wire.ts';
import { type AttemptDir, makeAttemptDir, removeTree } from './work-dir.ts';

/** After a cancel the plane waits 15 s for the settlement, of which the kill may take 10: the log gets part of the rest. */
const CANCELED_LOG_MS = 2_000;
/** Calls of a lost attempt are evidence that changes nothing: so long the plane is asked to keep the one in hand. */
const LATE_RECORD_MS = 60_000;
const REASON_LIMIT = 500;

/** A start that the plane acknowledged. */
interface Started {
  payload: EnvelopePayload;
  answer: StartAnswer;
  plan: Plan;
  /** When the acknowledged start left. */
  sent: Reading;
}

/** One granted lease from its envelope to its settlement. It obeys its lease: what runs ends when the lease does. */
export class Attempt implements LeaseHolder {
  #stop: Stop | null = null;
  #processes: JobProcesses | null = null;
  #logs: AttemptLogs | null = null;
  /** The plane knows how the attempt ended. */
  #isOver = false;
  #redaction = new AttemptRedaction([], () => undefined);
  #graceMs = KILL_GRACE_MS;
  /** Ends preparation: nothing is to be started any more. */
  readonly #cut = new AbortController();
  /** Ends every call to the plane. */
  readonly #halt = new AbortController();
  /** The lease was lost a while ago: nothing of it is recorded any more. */
  readonly #lost = new AbortController();
  #cancelLate: () => void = () => undefined;
  readonly #grantedMonoMs: number;
  readonly #send: (request: PlaneRequest) => Promise<PlaneAnswer>;

  constructor(
    private readonly assignment: Assignment,
    private readonly context: AttemptContext,
  ) {
    this.#grantedMonoMs = context.clock.now().monoMs;
    this.#send = (request) => context.session.send(request);
  }

  /** Runs it to its end. Rejects only when the session is over (RunnerError) or this program is at fault. */
  async run(): Promise<AttemptOutcome> {
    const { session, printer, clock, chance } = this.context;
    const { lease } = this.assignment;
    let payload: EnvelopePayload;
    try {
      payload = openEnvelope(this.assignment, session.identity.planePublicKey, session.identity.sessionId);
    } catch (error) {
      if (!(error instanceof EnvelopeRefused)) throw error;
      printer.warn(`Lease ${plain(lease.lease_id)} refused. ${error.message} Nothing of it was run.`);
      await this.#release(error.message);
      return 'untrusted';
    }
    const plan = this.#plan(payload);
    if (typeof plan === 'string' || this.#stop !== null) {
      const reason = typeof plan === 'string' ? plan : 'The runner is stopping.';
      printer.warn(`${plain(payload.job.wu_id)} given back. ${reason}`);
      await this.#release(reason);
      return typeof plan === 'string' ? 'unfit' : 'given_back';
    }
    const start = await startLease(lease, this.#grantedMonoMs, { send: this.#send, clock, chance });
    if (start.kind === 'lapsed') {
      printer.warn(`${plain(payload.job.wu_id)} not started. ${plain(start.detail)}`);
      return 'lapsed';
    }
    return this.#runStarted({ payload, answer: start.answer, sent: start.sent, plan });
  }

  /** Ends the job and gives the lease back, so that another source can take it. Called again, the shorter grace counts. */
  giveBack(reason: string, graceMs: number): void {
    this.#end({ kind: 'given_back', detail: reason }, graceMs);
  }

  /** Gives up on the plane: no more tries to send or settle. */
  abandon(): void {
    this.#halt.abort();
    this.#cancelLate();
    this.#logs?.halt();
  }

  freeze(): void {
    this.context.printer.warn(`Wall time jumped past the lease of ${this.#name()}. Job frozen, asking the plane.`);
    // Where a process cannot be stopped in place, the lease cannot be kept through a jump.
    const lease = this.context.leases.find(this.assignment.lease.lease_id);
    if (process.platform === 'win32') lease?.superseded('Wall time jumped past the lease.');
    else this.#processes?.freeze();
  }

  thaw(): void {
    this.context.printer.say(`The lease of ${this.#name()} is still held. Job goes on.`);
    this.#processes?.thaw();
  }

  lost({ detail, graceMs }: Loss): void {
    this.#logs?.halt();
    this.context.printer.warn(`Lease of ${this.#name()} lost. ${plain(detail)} Ending its processes.`);
    // A loss outranks every other cause: whatever was asked before, this attempt may write no more.
    this.#stop = null;
    this.#cancelLate = this.context.clock.after(LATE_RECORD_MS, () => this.#lost.abort());
    this.#end({ kind: 'lost', detail }, graceMs);
  }

  directed(directive: 'cancel' | 'stop', reason: string): void {
    const why = reason === '' ? '' : ` (${plain(reason)})`;
    if (this.#stop === null) this.context.printer.say(`${this.#name()}: ${directive} asked${why}.`);
    const kind = directive === 'cancel' ? 'canceled' : 'stopped';
    this.#end({ kind, detail: reason || `${directive} asked by the plane.` }, KILL_GRACE_MS);
  }

  /** How the job is to run here, or why it is not. What it prefers and does not get is said. */
  #plan({ job }: EnvelopePayload): Plan | string {
    const { capabilities, isConfinedOnly, printer } = this.context;
    const plan = planFor(job, capabilities().posture, isConfinedOnly);
    if (typeof plan !== 'string' && plan.notEnforced.length > 0)
      printer.warn(`${plain(job.wu_id)} runs with ${plan.notEnforced.join(' and ')} not enforced.`);
    return plan;
  }

  #name(): string {
    return plain(String(this.assignment.job.wu_id));
  }

  #end(stop: Stop, graceMs: number): void {
    this.#stop ??= stop;
    this.#graceMs = Math.min(this.#graceMs, graceMs);
    this.#cut.abort();
    this.#killProcesses();
  }

  #killProcesses(): void {
    // The command's own end awaits the same kill and tells its trouble.
    this.#processes?.kill(this.#graceMs).catch(() => undefined);
  }

  #settle(verb: 'complete' | 'fail' | 'release', body: object): Promise<Settlement> {
    const { clock, chance } = this.context;
    const { lease_id: leaseId, fence } = this.assignment.lease;
    return settle({ leaseId, fence }, verb, body, { send: this.#send, clock, chance, signal: this.#halt.signal });
  }

  #release(reason: string): Promise<Settlement> {
    return this.#settle('release', { fence: this.assignment.lease.fence, reason: reason.slice(0, REASON_LIMIT) });
  }

  async #runStarted(started: Started): Promise<AttemptOutcome> {
    const { clock, leases, printer, ask, beatWithin, keep, chance } = this.context;
    const { payload, answer, sent } = started;
    const { lease_id: leaseId, fence } = payload;
    const held = new HeldLease(leaseId, fence, sent, answer.ttl_ms, clock, this, ask);
    leases.add(held);
    beatWithin(answer.renew_after_ms);
    const log = {
      send: this.#send,
      clock,
      chance,
      onSuperseded: (detail: string) => held.superseded(detail),
      onBroken: (detail: string) => printer.warn(`${this.#name()}: its log is no longer sent. ${plain(detail)}`),
      onGap: (detail: string) => printer.warn(`${this.#name()}: ${detail}`),
    };
    const about = { v: 1 as const, payload, started_wall_ms: Math.round(sent.wallMs) };
    const spool = AttemptSpool.make(this.context.spoolRoot, about, (detail) =>
      printer.warn(`${this.#name()}: its log is not kept on disk. ${plain(detail)}`),
    );
    const title = `${this.#name()} "${plain(payload.job.title)}"`;
    printer.say(`${title}: attempt ${answer.attempt}, fencing token ${fence}. ${plain(this.assignment.why)}`);
    let dir: AttemptDir | null = null;
    try {
      let ending: Ending;
      try {
        // Before anything is fetched or started: without its secrets the job is not worth a beginning.
        const secrets = this.context.secrets.resolve(payload.job.secrets);
        this.#redaction = new AttemptRedaction(secrets, (sha256) => this.context.onExposed(leaseId, sha256));
        this.#logs = new AttemptLogs(leaseId, fence, log, () => this.#redaction.stream(), spool);
        dir = makeAttemptDir(this.context.workRoot, leaseId, fence);
        ending = await this.#execute(started, dir, secrets);
      } catch (error) {
        // Inputs, disk or program: the attempt fails with the words of what went wrong.
        ending = { ...NOT_RUN, detail: this.#redaction.text(messageOf(error)) };
      }
      held.disarm();
      const outcome = await this.#conclude(started, ending, dir);
      // Unless the plane was never reached: then the next start of this runner tells it how far the log had come.
      if (this.#isOver) spool.remove();
      return outcome;
    } finally {
      this.abandon();
      leases.remove(held);
      const trouble = dir === null || keep ? null : removeTree(dir.path);
      if (trouble !== null) printer.warn(`${dir?.path} could not be removed: ${trouble}.`);
    }
  }

  /** Inputs, then the command, to the end of both. */
  async #execute(
    { payload, answer, sent, plan }: Started,
    dir: AttemptDir,
    secrets: readonly Secret[],
  ): Promise<Ending> {
    const { clock } = this.context;
    const limitMs = Math.min(payload.max_runtime_ms, answer.max_runtime_ms);
    const leftMs = Math.max(0, sent.monoMs + limitMs - clock.now().monoMs);
    const cancelLimit = clock.after(leftMs, () =>
      this.#end({ kind: 'timed_out', detail: `Ran longer than ${duration(limitMs)}.` }, KILL_GRACE_MS),
    );
    try {
      await this.#prepare(payload, dir);
      if (this.#stop !== null) return NOT_RUN;
      return await this.#runJob(plan, { payload, attempt: answer.attempt, dir }, secrets);
    } finally {
      cancelLimit();
    }
  }

  /** The checkout first, then the inputs over it. */
  async #prepare(payload: EnvelopePayload, dir: AttemptDir): Promise<void> {
    const { session, clock, chance, checkoutHosts } = this.context;
    const { signal } = this.#cut;
    const { checkout, inputs } = payload.job;
    if (checkout != null) {
      const mark = { entries: markEntries(payload.job_id, payload.fence), directory: dir.path };
      await checkOut(checkout, dir, { clock, signal, mark, rules: checkoutRules(checkoutHosts, payload) }).catch(
        (error: unknown) => {
          // What was ended from outside says nothing of the repository.
          if (!signal.aborted) throw error;
        },
      );
    }
    const download = session.download.bind(session);
    return prepareInputs(inputs, payload.lease_id, dir.work, { download, clock, chance, signal });
  }

  async #runJob(
    plan: Plan,
    input: Pick<ExecutionInput, 'payload' | 'attempt' | 'dir'>,
    secrets: readonly Secret[],
  ): Promise<Ending> {
    const { payload, dir } = input;
    const asker = payload.job.approval?.when === 'on_request' ? this.#asker(payload, dir) : null;
    const values = Object.fromEntries(secrets.map(({ name, value }) => [name, value]));
    const declared = programOf(payload.job).env;
    try {
      const extra = asker?.environment ?? {};
      const execution = { ...input, declared, secrets: values, extra, signal: this.#cut.signal };
      return await this.#follow(plan, execution, this.#agentRim(payload, asker));
    } finally {
      asker?.stop();
    }
  }

  /** A way for the job to ask a person midway, in files of its temporary folder. */
  #asker({ lease_id: leaseId, fence }: EnvelopePayload, dir: AttemptDir): ApprovalAsker {
    const { clock, chance, printer } = this.context;
    return new ApprovalAsker({ leaseId, fence }, dir.tmp, {
      send: this.#send,
      clock,
      chance,
      signal: this.#halt.signal,
      redact: (text) => this.#redaction.text(text),
      tell: (text) => printer.say(`${this.#name()} ${plain(text)}`),
    });
  }

  /** What governs an agent, and puts its calls on the record. */
  #agentRim({ lease_id: leaseId, fence }: EnvelopePayload, asker: ApprovalAsker | null): AgentRim {
    const { session, clock, chance, printer, leases, gateway } = this.context;
    const recorder = new ActionRecorder(
      { leaseId, fence },
      {
        send: this.#send,
        clock,
        chance,
        privateKey: session.identity.privateKey,
        signal: AbortSignal.any([this.#halt.signal, this.#lost.signal]),
        onSuperseded: (detail) => leases.find(leaseId)?.superseded(detail),
      },
    );
    return {
      gateway,
      recorder,
      ask: asker === null ? null : (reason, signal) => asker.ask(reason, ['tool call'], signal),
      redact: (text) => this.#redaction.told(text),
      tell: (text) => printer.say(`${this.#name()} calls ${plain(text)}`),
    };
  }

  /** Starts the job and stays with it to its end. */
  async #follow(plan: Plan, input: ExecutionInput, agent: AgentRim): Promise<Ending> {
    const { capabilities, clock, registries, onEngineFailed } = this.context;
    const execution = await executorFor(plan, capabilities(), { clock, registries, agent })
      .start(input)
      .catch((error: unknown) => {
        if (plan.executor === 'container' || error instanceof ClusterFault) onEngineFailed();
        throw error;
      });
    this.#processes = execution.processes;
    this.#logs?.attach(execution.stdout, execution.stderr);
    // What was asked while the process was being made finds it now.
    if (this.#stop !== null) this.#killProcesses();
    await execution.exited;
    this.#logs?.takeRest();
    const { exitCode, signal, cpuMs, leftovers, enforced, actions = null, detail = null } = await execution.ended;
    const { environmentNames } = execution;
    return { exitCode, signal, cpuMs, leftovers: leftovers.length, detail, environmentNames, enforced, actions };
  }

  async #conclude({ payload, sent }: Started, ending: Ending, dir: AttemptDir | null): Promise<AttemptOutcome> {
    const { clock, printer, session } = this.context;
    const endedAt = clock.now();
    const stop = this.#stop;
    if (stop?.kind === 'given_back') {
      printer.say(`${this.#name()} given back. ${plain(stop.detail)}`);
      this.#isOver = (await this.#release(stop.detail)).kind !== 'given_up';
      return 'given_back';
    }
    let outcome = outcomeOf(stop, ending.exitCode);
    const collected = await this.#collect(payload, outcome, dir);
    await this.#flushLogs(outcome);
    // The lease may have been lost while the outputs were on their way.
    if (this.#isLost()) outcome = 'lost';
    const record: RunRecord = {
      outcome,
      exitCode: ending.exitCode,
      signal: ending.signal,
      startedWallMs: Math.round(sent.wallMs),
      endedWallMs: Math.round(endedAt.wallMs),
      runtimeMs: Math.max(0, Math.round(endedAt.monoMs - sent.monoMs)),
      environmentNames: ending.environmentNames,
      outputs: collected.outputs,
      log: this.#logs?.receipt() ?? { stdout: NO_OUTPUT, stderr: NO_OUTPUT },
      leftovers: ending.leftovers,
      confinement: ending.enforced,
      redactions: this.#redaction.redactions,
      actions: ending.actions,
    };
    const result: Result = { payload, record, ending, collected, stop: this.#isLost() ? this.#stop : stop };
    const body = settlementBody(result, session.identity.privateKey);
    const settlement = await this.#settle(verbOf(outcome), body);
    this.#isOver = settlement.kind !== 'given_up';
    tellResult(result, settlement, printer);
    return outcome;
  }

  #isLost(): boolean {
    return this.#stop?.kind === 'lost';
  }

  async #collect(payload: EnvelopePayload, outcome: RunRecord['outcome'], dir: AttemptDir | null): Promise<Collected> {
    if (dir === null || outcome === 'canceled' || outcome === 'lost') return { outputs: [], refused: [] };
    const { clock, chance, leases } = this.context;
    const lease = { leaseId: payload.lease_id, fence: payload.fence, workDir: dir.work };
    return collectOutputs(payload.job.outputs, lease, {
      send: this.#send,
      clock,
      chance,
      signal: this.#halt.signal,
      onSuperseded: (detail) => leases.find(payload.lease_id)?.superseded(detail),
      redact: (output) => this.#redaction.output(output, dir.work, dir.path),
      redactText: (text) => this.#redaction.text(text),
    });
  }

  async #flushLogs(outcome: RunRecord['outcome']): Promise<void> {
    const finished = this.#logs?.finish();
    if (outcome !== 'canceled') await finished;
    else await Promise.race([finished, this.context.clock.sleep(CANCELED_LOG_MS)]);
  }
}

const NO_OUTPUT = { size_bytes: 0, sha256: sha256Hex(''), truncated: false };
