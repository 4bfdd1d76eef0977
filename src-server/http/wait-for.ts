import type { Call } from './call.ts';

/** A wait that was set up before its first look, so that nothing can come unseen between look and wait. */
export interface Waiting {
  /** Resolves when it was woken since it was set up, after `ms`, when the client hangs up or the plane stops. */
  within(ms: number): Promise<void>;
  giveUp(): void;
}

/** @param listen takes a callback that wakes, and returns what takes it back. */
export function waitFor(call: Call, listen: (wake: () => void) => () => void): Waiting {
  let isWoken = false;
  let wake = (): void => undefined;
  const stopListening = listen(() => {
    isWoken = true;
    wake();
  });
  const { served, response } = call;
  const within = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        stopTimer();
        stopListening();
        response.off('close', done);
        served.waits.delete(done);
        resolve();
      };
      const stopTimer = served.host.timers.after(ms, done);
      wake = done;
      response.once('close', done);
      served.waits.add(done);
      if (isWoken || served.isStopping() || response.destroyed) done();
    });
  return { within, giveUp: stopListening };
}
