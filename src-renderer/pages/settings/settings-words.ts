import type { Role } from '../../../src-server/contract/terms.ts';
import { formatSpan } from '../../format/duration.ts';

/** What each role may do, in a sentence. */
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: 'Reads everything.',
  operator: 'Reads, and runs jobs, sources and leases.',
  approver: 'Reads, and decides what waits for a person.',
  admin: 'All of it: policy, budgets, operators, settings.',
};

const SECOND_MS = 1_000;
const MIN_S = 5;
const MAX_S = 3_600;

/** What follows from a lease time: how often a runner renews, when it stops itself, the grace. */
export const leaseTimeWords = (ttlMs: number): string =>
  `Renewed every ${formatSpan(ttlMs / 4)}, a runner stops itself at ${formatSpan((ttlMs * 3) / 4)}, grace ${formatSpan(ttlMs / 4)}.`;

/** A typed lease time in ms, or the sentence that says what it must be. */
export const readLeaseTime = (text: string): { ttlMs: number } | { problem: string } => {
  const seconds = Number(text.trim());
  if (text.trim() === '' || !Number.isInteger(seconds) || seconds < MIN_S || seconds > MAX_S)
    return { problem: `Give whole seconds from ${MIN_S} to ${MAX_S}.` };
  return { ttlMs: seconds * SECOND_MS };
};
