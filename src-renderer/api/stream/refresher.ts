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

/** Gathers refetches: a storm of changes leads to one fetch a second and resource. */
export const createRefresher = (run: (key: QueryKey) => void, clock: Clock): Refresher => {
  const lastRun = new Map<string, number>();
  const pending = new Map<string, () => void>();
  return {
    refresh: (key) => {
      const hash = hashKey(key);
      if (pending.has(hash)) return;
      const since = clock.now() - (lastRun.get(hash) ?? Number.NEGATIVE_INFINITY);
      const delay = Math.max(FIRST_DELAY_MS, PERIOD_MS - since);
      pending.set(
        hash,
        clock.after(delay, () => {
          pending.delete(hash);
          lastRun.set(hash, clock.now());
          run(key);
        }),
      );
    },
    stop: () => {
      for (const cancel of pending.values()) cancel();
      pending.clear();
    },
  };
};
