import type { EntryActor } from '../../ledger/entry.ts';
import type { Engine } from '../engine.ts';
import type { RejectedWrites } from '../leases.ts';
import type { RuntimeTokens } from '../runtime-tokens.ts';
import type { Wakeups } from '../stopping.ts';

/** What every command works with. Commands gather, decide by the domain's rules, and emit; they never wait. */
export interface CommandContext {
  engine: Engine;
  wakeups: Wakeups;
  rejected: RejectedWrites;
  tokens: RuntimeTokens;
}

/** Who acts, for the log. */
export type Actor = EntryActor;
export interface Idempotency {
  /** Short hash of principal and Idempotency-Key. */
  key: string;
  /** Short hash of the request. */
  request: string;
}
