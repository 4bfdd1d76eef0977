import type { Assignment, ClaimAnswer, ClaimRequest } from '../src-server/contract/runtime.ts';
import type { PlaneAnswer, PlaneRequest } from './plane-client.ts';
import { answerOf } from './wire.ts';

/** A claim's answer must come this long after its wait at the latest. */
const MARGIN_MS = 10_000;

/** One logical claim: repeated with the same key, it is the same claim, and its grants are not lost with an answer. */
export interface Claim {
  key: string;
  /** Slots in all. */
  capacity: number;
  max: number;
  waitMs: number;
}

/** What a claim came to; `reason` is the plane's code for granting nothing. */
export type ClaimResult =
  | { kind: 'granted'; assignments: Assignment[] }
  | { kind: 'nothing'; reason: string; retryAfterMs: number };

/** Asks for work, waiting at the plane for at most `waitMs`. Throws as Session.send does. */
export async function claimWork(
  claim: Claim,
  send: (request: PlaneRequest) => Promise<PlaneAnswer>,
  signal?: AbortSignal,
): Promise<ClaimResult> {
  const body: ClaimRequest = { capacity: claim.capacity, max: claim.max, wait_ms: claim.waitMs };
  const answer = await send({
    method: 'POST',
    path: '/api/v1/runtime/claim',
    headers: { 'idempotency-key': claim.key },
    json: body,
    timeoutMs: claim.waitMs + MARGIN_MS,
    signal,
  });
  const seconds = Number(answer.headers['retry-after'] ?? 0);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : 0;
  if (answer.status === 204) {
    return { kind: 'nothing', reason: String(answer.headers['cc-reason'] ?? ''), retryAfterMs };
  }
  const { assignments } = answerOf<ClaimAnswer>(answer.json, 'claim', { assignments: 'array' });
  if (assignments.length === 0) return { kind: 'nothing', reason: '', retryAfterMs };
  for (const assignment of assignments) {
    answerOf(assignment, 'claim', { job: 'object', lease: 'object', envelope: 'object' });
    answerOf(assignment.lease, 'claim', { lease_id: 'string', fence: 'number', start_within_ms: 'number' });
  }
  return { kind: 'granted', assignments };
}
