import { hashKey, type QueryKey } from '@tanstack/react-query';

const PERIOD_MS = 1_000;
/** The first change of a quiet spell shows soon; what follows is gathered. */
const FIRST_DELAY_MS = 120;

export interface Refresher {
  /** Asks for a fetch of everything below the key, at most once a second and key. */
  refresh: (key: QueryKey) => void;
  stop: () => void;
}
interface Clock {
  now: () => number;
  after: (delayMs: number, run: () => void) => () => void;
}

/**
 * Gathers refetches: a storm of changes leads to one fetch a second and resource. One that takes longer is waited for: to begin
 * anew with each change would mean that none ever ends.
 * @param run fetches, and resolves when that is done.
 */
export const createRefresher = (run: (key: QueryKey) => Promise<unknown>, clock: Clock): Refresher => {
  const lastRun = new Map<string, number>();
  const pending = new Map<string, () => void>();
  const running = new Set<string>();
  /** Asked for while they were being fetched: what came meanwhile may not be in the answer. */
  const again = new Set<string>();
  let isStopped = false;
  const refresh = (key: QueryKey): void => {
    const hash = hashKey(key);
    if (isStopped || pending.has(hash)) return;
    if (running.has(hash)) {
      again.add(hash);
      return;
    }
    const since = clock.now() - (lastRun.get(hash) ?? Number.NEGATIVE_INFINITY);
    const delay = Math.max(FIRST_DELAY_MS, PERIOD_MS - since);
    pending.set(
      hash,
      clock.after(delay, () => {
        pending.delete(hash);
        lastRun.set(hash, clock.now());
        running.add(hash);
        const ended = () => {
          running.delete(hash);
          if (again.delete(hash)) refresh(key);
        };
        run(key).then(ended, ended);
      }),
    );
  };
  return {
    refresh,
    stop: () => {
      isStopped = true;
      for (const cancel of pending.values()) cancel();
      pending.clear();
    },
  };
};
