import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { PlaneProblem, PlaneUnreachable } from './errors.ts';
import type { Chance } from './ids.ts';
import type { PlaneAnswer, PlaneRequest } from './plane-client.ts';

const BACKOFF = { baseMs: 500, capMs: 15_000 };
/** A result that found no plane for this long is given up; the lease is long over then. */
const GIVE_UP_MS = 6 * 3_600_000;

/**
 * `recorded`: the plane has it · `superseded`: the fence no longer holds and nothing was changed · `refused`: the plane
 * will not have it in this form · `given_up`: no answer in time, or told to stop.
 */
export type Settlement = { kind: 'recorded' | 'superseded' | 'refused' | 'given_up'; detail: string };

export interface SettleDependencies {
  send: (request: PlaneRequest) => Promise<PlaneAnswer>;
  clock: Clock;
  chance: Chance;
  /** Ends the tries. */
  signal: AbortSignal;
}

/**
 * Sends the end of a lease until the plane gives a final answer, over any number of lost answers and restarts. The
 * Idempotency-Key is made of lease, fence and verb, so a repeat is the same request also after a crash.
 */
export async function settle(
  lease: { leaseId: string; fence: number },
  verb: 'complete' | 'fail' | 'release',
  body: object,
  { send, clock, chance, signal }: SettleDependencies,
): Promise<Settlement> {
  const backoff = new Backoff(BACKOFF, chance);
  const giveUpAtMonoMs = clock.now().monoMs + GIVE_UP_MS;
  const request: PlaneRequest = {
    method: 'POST',
    path: `/api/v1/runtime/leases/${lease.leaseId}/${verb}`,
    headers: { 'idempotency-key': `${lease.leaseId}.${lease.fence}.${verb}` },
    json: body,
    signal,
  };
  let detail = 'told to stop';
  while (!signal.aborted && clock.now().monoMs < giveUpAtMonoMs) {
    try {
      await send(request);
      return { kind: 'recorded', detail: '' };
    } catch (error) {
      if (!(error instanceof PlaneUnreachable || error instanceof PlaneProblem)) throw error;
      if (error instanceof PlaneProblem && !error.retryable && error.status !== 401) {
        return { kind: error.code === 'conflict.lease_superseded' ? 'superseded' : 'refused', detail: error.detail };
      }
      detail = error.message;
      const askedMs = error instanceof PlaneProblem ? (error.retryAfterMs ?? 0) : 0;
      await clock.sleep(Math.max(backoff.nextMs(), askedMs), signal);
    }
  }
  return { kind: 'given_up', detail };
}
