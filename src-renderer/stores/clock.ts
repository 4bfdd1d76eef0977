import { useSyncExternalStore } from 'react';

/**
 * The only place that reads the time or sets timers. Everything else asks here, so that tests can hold the clock.
 */

/** Wall time in ms since 1970. */
export const now = (): number => Date.now();

/** Calls once after `delayMs`; the answer cancels it. */
export const after = (delayMs: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
};

/** Calls every `periodMs`; the answer stops it. */
export const every = (periodMs: number, run: () => void): (() => void) => {
  const timer = setInterval(run, periodMs);
  return () => clearInterval(timer);
};

/** Resolves after `delayMs`, or at once when `signal` aborts. */
export const sleep = (delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const cancel = after(delayMs, resolve);
    signal?.addEventListener('abort', () => {
      cancel();
      resolve();
    });
  });

const TICK_MS = 1_000;
const listeners = new Set<() => void>();
let current = Math.floor(now() / TICK_MS) * TICK_MS;
let stop: (() => void) | null = null;

const tick = () => {
  current = Math.floor(now() / TICK_MS) * TICK_MS;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  if (stop === null) {
    current = Math.floor(now() / TICK_MS) * TICK_MS;
    stop = every(TICK_MS, tick);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && stop !== null) {
      stop();
      stop = null;
    }
  };
};

/** Wall time in ms, whole seconds, renewed once a second by one timer that all components share. */
export const useNow = (): number =>
  useSyncExternalStore(
    subscribe,
    () => current,
    () => current,
  );
