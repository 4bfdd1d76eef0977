import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { PlaneProblem, PlaneUnreachable } from './errors.ts';
import type { Chance } from './ids.ts';
import { checkInputs, type Download, fetchInput, type Input } from './inputs.ts';

const BACKOFF = { baseMs: 500, capMs: 10_000 };

/**
 * Fetches every input, over lost connections, until `signal` ends it (then it returns with what there is).
 * Throws InputRefused, PlaneProblem or a file system error: the attempt fails with it.
 */
export async function prepareInputs(
  inputs: readonly Input[],
  leaseId: string,
  workDir: string,
  { download, clock, chance, signal }: { download: Download; clock: Clock; chance: Chance; signal: AbortSignal },
): Promise<void> {
  checkInputs(inputs);
  const backoff = new Backoff(BACKOFF, chance);
  for (const input of inputs) {
    for (let isDone = false; !isDone && !signal.aborted; ) {
      try {
        await fetchInput(input, leaseId, workDir, download, signal);
        isDone = true;
      } catch (error) {
        if (signal.aborted) return;
        const isWorthMore = error instanceof PlaneUnreachable || (error instanceof PlaneProblem && error.retryable);
        if (!isWorthMore) throw error;
        await clock.sleep(backoff.nextMs(), signal);
      }
    }
  }
}
