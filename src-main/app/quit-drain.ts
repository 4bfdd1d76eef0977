import type { AppLogger } from '../log/logger.ts';

/** The part of a quit event that is used. */
export interface QuitEvent {
  preventDefault(): void;
}

/**
 * Holds a quit back until everything has stopped, then lets it through.
 * @param drain stops what runs; bounded by itself
 * @param quit asks the app to quit again
 * @returns the listener for the app's `before-quit`
 */
export const createQuitDrain = (drain: () => Promise<void>, quit: () => void, log: AppLogger) => {
  let state: 'running' | 'draining' | 'drained' = 'running';
  const finish = () => {
    state = 'drained';
    quit();
  };
  return (event: QuitEvent): void => {
    if (state === 'drained') return;
    event.preventDefault();
    if (state === 'draining') return;
    state = 'draining';
    drain().then(finish, (cause: unknown) => {
      // A quit that cannot drain still quits; what was acknowledged is on disk.
      log.error('quit.drain_failed', { cause });
      finish();
    });
  };
};
