import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { messageOf, PlaneProblem, PlaneUnreachable, RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { Chance } from './ids.ts';
import type { Printer } from './printer.ts';
import type { Session } from './session.ts';
import type { SessionGrant } from './wire.ts';

const BACKOFF = { baseMs: 500, capMs: 30_000 };
/** `run --once` does not wait for a plane that is away longer than for work. */
const ONCE_PATIENCE_MS = 30_000;

/**
 * Opens the session, waiting for a plane that is away: `run` for ever, `run --once` for 30 s.
 * Returns null when a stop signal came first. Throws RunnerError 69 when `--once` waited in vain.
 */
export async function openPatiently(
  session: Session,
  isOnce: boolean,
  {
    clock,
    chance,
    printer,
    onStopSignal,
  }: { clock: Clock; chance: Chance; printer: Printer; onStopSignal: (stop: () => void) => () => void },
): Promise<SessionGrant | null> {
  const backoff = new Backoff(BACKOFF, chance);
  const stop = new AbortController();
  const unhook = onStopSignal(() => stop.abort());
  const startedMonoMs = clock.now().monoMs;
  let hasTold = false;
  try {
    while (!stop.signal.aborted) {
      try {
        return await session.open();
      } catch (error) {
        const isWorthMore = error instanceof PlaneUnreachable || (error instanceof PlaneProblem && error.retryable);
        if (!isWorthMore) throw error;
        if (isOnce && clock.now().monoMs - startedMonoMs > ONCE_PATIENCE_MS) {
          throw new RunnerError(EXIT.unavailable, messageOf(error));
        }
        if (!hasTold) printer.warn(`${messageOf(error)} Trying again until it answers.`);
        hasTold = true;
        const askedMs = error instanceof PlaneProblem ? (error.retryAfterMs ?? 0) : 0;
        await clock.sleep(Math.max(backoff.nextMs(), askedMs), stop.signal);
      }
    }
    return null;
  } finally {
    unhook();
  }
}
