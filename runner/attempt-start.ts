import { Backoff } from './backoff.ts';
import type { Clock, Reading } from './clock.ts';
import { messageOf, PlaneProblem, PlaneUnreachable } from './errors.ts';
import type { Chance } from './ids.ts';
import type { PlaneAnswer, PlaneRequest } from './plane-client.ts';
import { answerOf, type LeaseGrant, type StartAnswer } from './wire.ts';

const BACKOFF = { baseMs: 200, capMs: 1_000 };

/** A start that the plane acknowledged: `sent` is when the acknowledged request left, which is the first renewal. */
export type Start = { kind: 'started'; answer: StartAnswer; sent: Reading } | { kind: 'lapsed'; detail: string };

/** Tells the plane that the attempt starts, until it answers or the time to start is over. Nothing runs before. */
export async function startLease(
  lease: LeaseGrant,
  grantedMonoMs: number,
  { send, clock, chance }: { send: (request: PlaneRequest) => Promise<PlaneAnswer>; clock: Clock; chance: Chance },
): Promise<Start> {
  const backoff = new Backoff(BACKOFF, chance);
  const path = `/api/v1/runtime/leases/${lease.lease_id}/start`;
  for (;;) {
    const sent = clock.now();
    const leftMs = grantedMonoMs + lease.start_within_ms - sent.monoMs;
    if (leftMs <= 0) return { kind: 'lapsed', detail: 'The plane did not acknowledge the start in time.' };
    try {
      const answer = await send({ method: 'POST', path, json: { fence: lease.fence }, timeoutMs: leftMs });
      const members = {
        attempt: 'number',
        ttl_ms: 'number',
        renew_after_ms: 'number',
        max_runtime_ms: 'number',
      } as const;
      return { kind: 'started', answer: answerOf<StartAnswer>(answer.json, 'start', members), sent };
    } catch (error) {
      const isWorthMore = error instanceof PlaneUnreachable || (error instanceof PlaneProblem && error.retryable);
      if (!isWorthMore && !(error instanceof PlaneProblem)) throw error;
      if (!isWorthMore)
        return { kind: 'lapsed', detail: messageOf(error instanceof PlaneProblem ? new Error(error.detail) : error) };
      await clock.sleep(backoff.nextMs());
    }
  }
}
