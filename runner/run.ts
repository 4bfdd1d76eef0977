import { existsSync } from 'node:fs';
import type { Assignment } from '../src-server/contract/runtime.ts';
import { GatewayLoader } from './agent/gateway-module.ts';
import type { RunArgs } from './args.ts';
import { Attempt } from './attempt.ts';
import type { AttemptOutcome } from './attempt-context.ts';
import { ClaimLoop } from './claim-loop.ts';
import type { Clock } from './clock.ts';
import type { Capabilities } from './confinement/capabilities.ts';
import { WatchedCapabilities } from './confinement/watched-capabilities.ts';
import { sweepContainers } from './containers/sweep-containers.ts';
import { DirectivePoll } from './directive-poll.ts';
import { messageOf, RunnerError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { sourceFacts } from './facts.ts';
import { Heartbeat } from './heartbeat.ts';
import { HeldLeases } from './held-leases.ts';
import { type Identity, readIdentity } from './identity.ts';
import type { Chance } from './ids.ts';
import { sweepCluster } from './kubernetes/sweep-cluster.ts';
import { sweepGroups } from './limits/sweep-groups.ts';
import { openPatiently } from './open-session.ts';
import { PlaneClient } from './plane-client.ts';
import type { Printer } from './printer.ts';
import { recoverAttempts } from './recover-attempts.ts';
import { takeLock } from './run-lock.ts';
import { SecretStore, takeFromEnvironment } from './secret-store.ts';
import { Session } from './session.ts';
import { defaultWorkDir, type Surroundings } from './user-folders.ts';
import type { SessionGrant } from './wire.ts';
import { Witness } from './witness/witness.ts';
import { prepareWorkRoot, sweepWorkRoot } from './work-dir.ts';

/** How long `run --once` waits for work. */
const ONCE_WAIT_MS = 30_000;
const GOODBYE_MS = 2_000;
/** SIGTERM to SIGKILL for jobs that are given back at the end of a drain. */
const GIVE_BACK_GRACE_MS = 10_000;
/** Giving back and killing must be through by this time after their start. */
const GIVE_BACK_MS = GIVE_BACK_GRACE_MS + 10_000;
const STOP_NOW_MS = 3_000;
/** After a grant that could not be taken, so that it is not granted and given back in a circle. */
const UNFIT_PAUSE_MS = 2_000;

export interface RunDependencies {
  clock: Clock;
  chance: Chance;
  printer: Printer;
  surroundings: Surroundings;
  /** This process's environment, from which `--secret-env` takes its values. */
  env: Record<string, string | undefined>;
  /** Tries what this machine can enforce. */
  probe: (isFresh?: boolean) => Promise<Capabilities>;
  /** Calls `stop` at each SIGTERM, SIGINT or SIGHUP; the returned function ends it. */
  onStopSignal: (stop: () => void) => () => void;
}

/** Claims and executes jobs; one object per `run`. */
class Run {
  readonly #attempts = new Map<Attempt, Promise<void>>();
  readonly #outcomes: AttemptOutcome[] = [];
  readonly #leases: HeldLeases;
  readonly #heartbeat: Heartbeat;
  readonly #directives: DirectivePoll;
  readonly #claims: ClaimLoop;
  readonly #gateway: GatewayLoader;
  #signals = 0;
  #failure: unknown = null;
  #sourceDirective: string | null = null;
  #onSlotFreed: (() => void)[] = [];

  constructor(
    private readonly args: RunArgs,
    private readonly session: Session,
    private readonly workRoot: string,
    private readonly secrets: SecretStore,
    private readonly capabilities: WatchedCapabilities,
    private readonly dependencies: RunDependencies,
  ) {
    const { clock, chance, printer } = dependencies;
    this.#leases = new HeldLeases(clock);
    this.#gateway = new GatewayLoader(async (path, limitBytes) => {
      const { bytes } = await session.client.fetchBytes({ method: 'GET', path }, limitBytes);
      return bytes;
    });
    const onSource = (source: { directive?: string }) => this.#obey(source.directive ?? null);
    const common = { session, leases: this.#leases, clock, chance, printer, onSource };
    this.#heartbeat = new Heartbeat({
      ...common,
      posture: () => capabilities.now().posture,
      onFatal: (error) => this.#fail(error),
    });
    this.#directives = new DirectivePoll(common);
    const witness = new Witness({ identity: session.identity, send: session.send.bind(session), clock });
    this.#claims = new ClaimLoop({
      session,
      clock,
      chance,
      printer,
      freeSlots: () => session.capacity - this.#attempts.size,
      slotFreed: () => new Promise((resolve) => this.#onSlotFreed.push(resolve)),
      isPaused: () => args.pauseFile !== null && existsSync(args.pauseFile),
      onGrant: (assignment) => this.#take(assignment),
      beforeClaim: () => witness.look(),
    });
  }

  async execute(grant: SessionGrant): Promise<ExitCode> {
    const { onStopSignal, printer } = this.dependencies;
    const unhook = onStopSignal(() => this.#onSignal());
    const { capacity } = this.session;
    const slots = capacity === 1 ? '1 slot' : `${capacity} slots`;
    printer.say(`Asking for work as ${grant.session_id}, ${slots}, compute class ${grant.compute_class}.`);
    this.#heartbeat.start();
    this.capabilities.start();
    try {
      let isIdle = false;
      try {
        if (this.args.once) isIdle = await this.#claimOnce();
        else await this.#claims.runForEver();
      } catch (error) {
        this.#fail(error);
      }
      await Promise.all(this.#attempts.values());
      if (this.#failure !== null) throw this.#failure;
      if (this.#signals > 1) return EXIT.failed;
      return this.args.once && !isIdle ? this.#exitOfOnce() : EXIT.ok;
    } finally {
      unhook();
      this.capabilities.stop();
      await this.#close();
    }
  }

  /** Returns whether there was nothing to run. */
  async #claimOnce(): Promise<boolean> {
    const { end, reason } = await this.#claims.runOnce(ONCE_WAIT_MS);
    if (end === 'granted') return false;
    if (this.#signals > 0 || this.#failure !== null) return true;
    const seconds = `${ONCE_WAIT_MS / 1000} s`;
    if (end === 'silent')
      throw new RunnerError(EXIT.unavailable, `No answer from the plane for ${seconds}. Nothing was run.`);
    this.dependencies.printer.say(`No work in ${seconds}${reason ? ` (${reason})` : ''}. Nothing was run.`);
    return true;
  }

  #exitOfOnce(): ExitCode {
    if (this.#outcomes.includes('untrusted')) return EXIT.planeNotTrusted;
    return this.#outcomes.every((outcome) => outcome === 'succeeded') ? EXIT.ok : EXIT.failed;
  }

  #take(assignment: Assignment): void {
    const { clock, chance, printer } = this.dependencies;
    const attempt = new Attempt(assignment, {
      session: this.session,
      leases: this.#leases,
      clock,
      chance,
      printer,
      workRoot: this.workRoot,
      spoolRoot: this.session.identity.stateDir.spoolPath,
      secrets: this.secrets,
      onExposed: (leaseId, sha256) => this.#heartbeat.expose(leaseId, sha256),
      capabilities: () => this.capabilities.now(),
      onEngineFailed: () => this.capabilities.tryAgain(),
      gateway: () => this.#gateway.load(),
      checkoutHosts: this.args.checkoutHosts,
      registries: this.args.imageRegistries,
      isConfinedOnly: this.args.confinedOnly,
      keep: this.args.keep,
      ask: () => {
        this.session.client.close();
        this.#heartbeat.now();
      },
      beatWithin: (ms) => this.#heartbeat.within(ms),
    });
    // Granted while the last claim was being taken back.
    if (this.#signals > 0 || this.#failure !== null) attempt.giveBack('The runner is stopping.', 0);
    const { kinds } = this.args;
    const isForeign = kinds !== null && !kinds.includes(assignment.job.kind);
    if (isForeign) attempt.giveBack(`This source takes ${kinds.join(', ')} jobs only.`, 0);
    const done = attempt
      .run()
      .then(async (outcome) => {
        this.#outcomes.push(outcome);
        if ((isForeign || outcome === 'unfit' || outcome === 'untrusted') && !this.args.once)
          await clock.sleep(UNFIT_PAUSE_MS);
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#attempts.delete(attempt);
        for (const resolve of this.#onSlotFreed.splice(0)) resolve();
      });
    this.#attempts.set(attempt, done);
  }

  #obey(directive: string | null): void {
    if (directive === this.#sourceDirective) return;
    this.#sourceDirective = directive;
    const { printer } = this.dependencies;
    if (directive === 'revoke')
      this.#fail(new RunnerError(EXIT.notPermitted, 'This source was revoked. Its jobs are being ended.'));
    else if (directive === 'drain')
      printer.say('The plane drains this source: running jobs finish, no new one is granted.');
    else printer.say('This source is no longer drained.');
  }

  /** The session is over: every job is ended, because nothing can renew its lease. */
  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    void this.#claims.end();
    for (const attempt of this.#attempts.keys()) {
      attempt.giveBack('The session is over.', GIVE_BACK_GRACE_MS);
      attempt.abandon();
    }
  }

  #onSignal(): void {
    const { printer, clock } = this.dependencies;
    this.#signals += 1;
    if (this.#signals === 1) {
      const running = this.#attempts.size;
      const bound = `${Math.round(this.args.drainMs / 1000)} s`;
      printer.say(
        running === 0 ? 'Stopping.' : `Stopping. ${running} running, finished or given back within ${bound}.`,
      );
      void this.#claims.end();
      clock.after(this.args.drainMs, () =>
        this.#giveAllBack('The runner is stopping.', GIVE_BACK_GRACE_MS, GIVE_BACK_MS),
      );
    } else if (this.#signals === 2) {
      printer.say('Stopping now. Running jobs are killed and given back.');
      this.#giveAllBack('The runner was stopped.', 0, STOP_NOW_MS);
    }
  }

  #giveAllBack(reason: string, graceMs: number, withinMs: number): void {
    for (const attempt of this.#attempts.keys()) attempt.giveBack(reason, graceMs);
    this.dependencies.clock.after(withinMs, () => {
      for (const attempt of this.#attempts.keys()) attempt.abandon();
    });
  }

  async #close(): Promise<void> {
    const { clock } = this.dependencies;
    await Promise.race([Promise.all([this.#heartbeat.stop(), this.#directives.stop()]), clock.sleep(GOODBYE_MS)]);
    if (this.#failure !== null) return;
    const goodbye = this.session
      .send({
        method: 'POST',
        path: '/api/v1/runtime/sessions/end',
        json: { reason: 'goodbye' },
        timeoutMs: GOODBYE_MS,
      })
      .catch(() => undefined);
    await Promise.race([goodbye, clock.sleep(GOODBYE_MS)]);
  }
}

/** What a source that takes some kinds only can do: of the others it says nothing, so that none is granted to it. */
function onlyKinds(found: Capabilities, kinds: readonly string[] | null): Capabilities {
  if (kinds === null) return found;
  const { posture } = found;
  return {
    ...found,
    posture: {
      ...posture,
      containers: kinds.includes('container') ? posture.containers : [],
      kubernetes: kinds.includes('kubernetes') && posture.kubernetes,
      ...(posture.agents === undefined ? {} : { agents: kinds.includes('mcp') ? posture.agents : [] }),
    },
  };
}

/** Tries what this machine can enforce, now and while it runs. Throws RunnerError 77 when nothing is left to run. */
async function watch(
  { confinedOnly, kinds }: RunArgs,
  { probe: probeAll, clock, printer }: RunDependencies,
): Promise<WatchedCapabilities> {
  const probe = async (isFresh = false): Promise<Capabilities> => onlyKinds(await probeAll(isFresh), kinds);
  const first = await probe();
  if (confinedOnly && first.posture.files !== 'confined' && first.engine === null && first.cluster === null) {
    const why = first.posture.detail?.confinement ?? 'this platform has no confinement that was tried';
    throw new RunnerError(
      EXIT.notPermitted,
      `Nothing can be confined here (${why}), so --confined-only leaves nothing to run. See doctor.`,
    );
  }
  return new WatchedCapabilities(first, probe, clock, ({ posture }) =>
    printer.warn(
      `What this source can enforce changed: files ${posture.files}, network ${posture.network?.join(', ') || 'not enforced'}${posture.kubernetes ? ', jobs in a cluster' : ''}.`,
    ),
  );
}

/** Runs jobs until stopped, or one with `--once`. Throws RunnerError as the table of exit codes says. */
export async function run(args: RunArgs, dependencies: RunDependencies): Promise<ExitCode> {
  const { clock, printer, surroundings } = dependencies;
  const identity: Identity = readIdentity(args, surroundings, args.url);
  const secrets = new SecretStore(identity.stateDir, takeFromEnvironment(args.secretEnv, dependencies.env));
  const workRoot = prepareWorkRoot(
    args.workDir ?? defaultWorkDir(surroundings),
    identity.enrollment,
    identity.stateDir.path,
  );
  const unlock = takeLock(identity.stateDir.lockPath);
  const client = new PlaneClient(identity.origin, clock);
  try {
    const swept = await sweepWorkRoot(workRoot, args.keep, clock);
    if (swept > 0) printer.warn(`${swept} processes of an earlier run were still there and were ended.`);
    const capabilities = await watch(args, dependencies);
    const groups = await sweepGroups(identity.sessionId, clock);
    if (groups === 1) printer.warn('1 control group of an earlier run was still there and was removed.');
    if (groups > 1) printer.warn(`${groups} control groups of an earlier run were still there and were removed.`);
    const left = await sweepContainers(capabilities.now().engine, workRoot);
    if (left > 0) printer.warn(`${left} containers of an earlier run were still there and were removed.`);
    const { cluster } = capabilities.now();
    const pods = await sweepCluster(cluster, identity.sessionId, surroundings.env, clock);
    if (pods > 0) printer.warn(`${pods} Kubernetes Jobs of an earlier run were still there and were removed.`);
    const facts = sourceFacts(capabilities.now().posture);
    const session = new Session(identity, client, facts, args.capacity ?? 1, clock);
    const grant = await openPatiently(session, args.once, dependencies);
    if (grant === null) return EXIT.ok;
    // Beside the claims: a plane that is slow to take an old log must not keep new work away.
    const recovery = recoverAttempts(identity.stateDir.spoolPath, {
      session,
      clock,
      chance: dependencies.chance,
      printer,
    });
    recovery.catch((error: unknown) => printer.warn(`An earlier attempt was not settled: ${messageOf(error)}`));
    return await new Run(args, session, workRoot, secrets, capabilities, dependencies).execute(grant);
  } finally {
    client.close();
    unlock();
  }
}
