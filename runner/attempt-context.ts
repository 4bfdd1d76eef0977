import type { ActionTally } from './agent/action-recorder.ts';
import type { GatewayModule } from './agent/gateway-module.ts';
import type { Clock } from './clock.ts';
import type { Capabilities } from './confinement/capabilities.ts';
import type { HeldLeases } from './held-leases.ts';
import type { Chance } from './ids.ts';
import type { Printer } from './printer.ts';
import type { EnforcedConfinement, RunRecord } from './receipt.ts';
import { UNCONFINED } from './receipt.ts';
import type { SecretStore } from './secret-store.ts';
import type { Session } from './session.ts';

/** What an attempt works with. */
export interface AttemptContext {
  session: Session;
  leases: HeldLeases;
  clock: Clock;
  chance: Chance;
  printer: Printer;
  /** Folder of the attempts' directories. */
  workRoot: string;
  /** Folder of the spools on disk, in the state directory. */
  spoolRoot: string;
  /** Values of the secrets that jobs name. */
  secrets: SecretStore;
  /** A job wrote something that looks like a credential of the plane: its SHA-256 in hex. */
  onExposed: (leaseId: string, sha256: string) => void;
  /** What this source can enforce now. */
  capabilities: () => Capabilities;
  /** A container or pod could not be started: what was found of its engine or cluster may hold no more. */
  onEngineFailed: () => void;
  /** The module that speaks with agents; rejects with an Error in words. */
  gateway: () => Promise<GatewayModule>;
  /** Hosts that repositories may be fetched from. */
  checkoutHosts: readonly string[];
  /** Registries that images may be fetched from. */
  registries: readonly string[];
  /** Runs no job that would not be confined. */
  isConfinedOnly: boolean;
  /** Leaves the attempt's directory behind. */
  keep: boolean;
  /** Sends a heartbeat at once, over fresh connections. */
  ask: () => void;
  /** Sends the next heartbeat no later than this many milliseconds from now. */
  beatWithin: (ms: number) => void;
}

/** How an attempt ended for its runner. `untrusted`: the envelope does not hold, nothing was started. */
export type AttemptOutcome = RunRecord['outcome'] | 'untrusted' | 'unfit' | 'lapsed' | 'given_back';

/** Why an attempt was ended from outside, with words for people and the record. */
export interface Stop {
  kind: 'canceled' | 'stopped' | 'timed_out' | 'lost' | 'given_back';
  detail: string;
}

/** How the command itself ended; all empty when it never ran. */
export interface Ending {
  exitCode: number | null;
  signal: string | null;
  cpuMs: number | null;
  /** Processes that could not be ended. */
  leftovers: number;
  /** What kept it from running; null when it ran. */
  detail: string | null;
  environmentNames: readonly string[];
  /** What held while it ran. */
  enforced: EnforcedConfinement;
  /** Calls of an agent that are on the record; null for other jobs. */
  actions: ActionTally | null;
}

export const NOT_RUN: Ending = {
  exitCode: null,
  signal: null,
  cpuMs: null,
  leftovers: 0,
  detail: null,
  environmentNames: [],
  enforced: UNCONFINED,
  actions: null,
};
