import type { ConnectArgs } from './args.ts';
import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Capabilities } from './confinement/capabilities.ts';
import { newPrivateKeyPem, readPrivateKey, sha256Hex } from './ed25519.ts';
import { PlaneProblem, PlaneUnreachable, RunnerError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { sourceFacts } from './facts.ts';
import { greet } from './hello.ts';
import { stateDirOf } from './identity.ts';
import type { Chance } from './ids.ts';
import { PlaneClient } from './plane-client.ts';
import { planeOrigin } from './plane-url.ts';
import type { Printer } from './printer.ts';
import { type Registrant, registerWithCredential } from './registration.ts';
import type { RunnerState } from './state-dir.ts';
import type { Surroundings } from './user-folders.ts';
import type { SessionGrant } from './wire.ts';

const TRIES = 4;
const BACKOFF = { baseMs: 500, capMs: 4_000 };

export interface ConnectDependencies {
  clock: Clock;
  chance: Chance;
  printer: Printer;
  surroundings: Surroundings;
  /** Asked only after the plane proved the pinned key. */
  readCredential: () => Promise<string>;
  /** Tries what this machine can enforce. */
  probe: () => Promise<Capabilities>;
  /** The bytes of this program. */
  program: () => Buffer;
}

/**
 * Tries again after a lost answer: the same credential with the same key is the same redemption, so nothing is lost.
 */
async function redeem(
  registrant: Registrant,
  credential: string,
  { clock, chance }: ConnectDependencies,
): Promise<SessionGrant> {
  const backoff = new Backoff(BACKOFF, chance);
  for (let i = 1; ; i += 1) {
    try {
      return await registerWithCredential(registrant, credential);
    } catch (error) {
      const isWorthMore = error instanceof PlaneUnreachable || (error instanceof PlaneProblem && error.retryable);
      if (!isWorthMore || i === TRIES) throw error;
      await clock.sleep(backoff.nextMs());
    }
  }
}

/**
 * Enrolls this machine: the plane proves its key, the credential is used up, key and ids are kept 0600, the credential
 * is forgotten. Connected already, it changes nothing and reads no credential.
 */
export async function connect(args: ConnectArgs, dependencies: ConnectDependencies): Promise<ExitCode> {
  const { printer, surroundings, clock } = dependencies;
  const origin = planeOrigin(args.url);
  const stateDir = stateDirOf(args, surroundings);
  const stored = stateDir.read();
  if (stored !== null && (stored.enrollment_id !== args.enrollment || stored.plane_key !== args.planeKey)) {
    throw new RunnerError(
      EXIT.data,
      `${stateDir.path} belongs to ${stored.enrollment_id} on another plane. Use another --state-dir.`,
    );
  }
  if (stored !== null && stored.session_id !== null) {
    printer.say(`Connected already as ${stored.session_id} to ${stored.url}. No credential was read.`);
    return EXIT.ok;
  }
  const client = new PlaneClient(origin, clock);
  try {
    const { planePublicKey } = await greet(client, args.planeKey);
    printer.say(`The plane at ${origin} holds the pinned key ${args.planeKey}.`);
    const program = dependencies.program();
    const state: RunnerState = {
      v: 1,
      url: origin,
      enrollment_id: args.enrollment,
      plane_key: args.planeKey,
      plane_public_key: planePublicKey,
      private_key_pem: stored?.private_key_pem ?? newPrivateKeyPem(),
      session_id: null,
      source_id: null,
      heartbeat_interval_ms: 0,
      lease_ttl_ms: 0,
      bootstrap_sha256: sha256Hex(program),
    };
    const credential = await dependencies.readCredential();
    stateDir.make();
    // The key is on disk before the credential is used: after a crash in between, connect again redeems with it.
    stateDir.write(state);
    const privateKey = readPrivateKey(state.private_key_pem);
    const facts = sourceFacts((await dependencies.probe()).posture);
    const grant = await redeem(
      { client, planeKey: args.planeKey, privateKey, facts, capacity: 1 },
      credential,
      dependencies,
    );
    stateDir.writeBootstrap(program);
    stateDir.write({
      ...state,
      session_id: grant.session_id,
      source_id: grant.source_id,
      heartbeat_interval_ms: grant.heartbeat_interval_ms,
      lease_ttl_ms: grant.lease_ttl_ms,
    });
    printer.say(`Connected as ${grant.session_id}, source ${grant.source_id}, compute class ${grant.compute_class}.`);
    printer.say('The credential is used up and was not kept. Next: doctor, then run --once.');
    return EXIT.ok;
  } finally {
    client.close();
  }
}
