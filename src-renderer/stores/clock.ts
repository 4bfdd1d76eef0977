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

/** Calls once when there is nothing else to do, after `withinMs` in any case; the answer cancels it. */
export const whenIdle = (withinMs: number, run: () => void): (() => void) => {
  if (typeof requestIdleCallback !== 'function') return after(withinMs, run);
  const handle = requestIdleCallback(run, { timeout: withinMs });
  return () => cancelIdleCallback(handle);
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
let bend: ((ms: number) => number) | null = null;

/** The time that screens show: this browser's, or that of the demo on screen. */
export const shownNow = (): number => (bend === null ? now() : bend(now()));

const wholeSecond = (ms: number): number => Math.floor(ms / TICK_MS) * TICK_MS;
let current = wholeSecond(now());
let real = current;
let stop: (() => void) | null = null;

const tick = () => {
  real = wholeSecond(now());
  current = wholeSecond(shownNow());
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  if (stop === null) {
    real = wholeSecond(now());
    current = wholeSecond(shownNow());
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

/** Shows another time on all screens, one that may stand still; null: this browser's again. */
export const showTime = (of: ((ms: number) => number) | null): void => {
  bend = of;
  tick();
};

/** Wall time of this browser whatever the screens show, for what is about the connection. */
export const useRealNow = (): number =>
  useSyncExternalStore(
    subscribe,
    () => real,
    () => real,
  );

/** The shown time in ms, whole seconds, renewed once a second by one timer that all components share. */
export const useNow = (): number =>
  useSyncExternalStore(
    subscribe,
    () => current,
    () => current,
  );
