import type { Assignment, ClaimAnswer, EnvelopePayload, HeartbeatAnswer } from '../src-server/contract/runtime.ts';
import { RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';

/** The answer to hello. */
export interface HelloAnswer {
  nonce: string;
  plane_public_key: string;
  signature: string;
  /** Missing from planes that never changed their key. */
  succession?: unknown;
}
/** The registered session, as a claim with `register` answers it. */
export type SessionGrant = NonNullable<ClaimAnswer['session']>;
export type LeaseGrant = Assignment['lease'];
export type JobSpec = EnvelopePayload['job'];
export type LeaseNews = HeartbeatAnswer['leases'][number];

/** The answer to `/start`; it counts as the first renewal. */
export interface StartAnswer {
  attempt: number;
  ttl_ms: number;
  renew_after_ms: number;
  max_runtime_ms: number;
}
export interface LogAnswer {
  next_offset: number;
  durable_offset: number;
}
export interface DoctorAnswer {
  source: { source_id: string; state: string };
  compute_class: string;
}
/** One file that was stored, as `complete` names it. */
export interface OutputRef {
  path: string;
  sha256: string;
  size_bytes: number;
}

type Kind = 'string' | 'number' | 'object' | 'array';
const kindOf = (value: unknown): Kind | 'other' => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'string' || typeof value === 'number') return typeof value as Kind;
  return typeof value === 'object' && value !== null ? 'object' : 'other';
};

/**
 * Checks that an answer has the members this program reads, each of its kind; further members are ignored.
 * Throws RunnerError 69 naming the member, because a plane of another contract cannot be worked with.
 */
export function answerOf<T>(value: unknown, what: string, members: Readonly<Record<string, Kind>>): T {
  if (kindOf(value) !== 'object') throw malformed(what, 'it is not an object');
  for (const [name, kind] of Object.entries(members)) {
    if (kindOf((value as Record<string, unknown>)[name]) !== kind) throw malformed(what, `${name} is not a ${kind}`);
  }
  return value as T;
}

function malformed(what: string, why: string): RunnerError {
  return new RunnerError(EXIT.unavailable, `The plane's answer to ${what} cannot be read: ${why}.`);
}
