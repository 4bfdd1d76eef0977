/** One reading of both clocks, in milliseconds. `monoMs` never goes back; `wallMs` counts from 1970 and can jump. */
export interface Reading {
  monoMs: number;
  wallMs: number;
}

/** Time as the runner sees it; the only module that reads a clock or sets a timer. */
export interface Clock {
  now(): Reading;
  /** Resolves after `ms`, or at once when `signal` aborts (never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once after `ms`; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
  /** Calls `run` every `ms` until the returned function is called. */
  every(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => ({ monoMs: performance.now(), wallMs: Date.now() }),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};

/** RFC 3339 UTC with milliseconds, for receipts and people; nothing is decided by it. */
export function instantOf(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
