/** Time as the desktop process sees it; the only module here that reads a clock or sets a timer. */
export interface AppClock {
  /** Whole milliseconds since this process started; never goes back. */
  monoMs(): number;
  /** RFC 3339 UTC with milliseconds, for log lines. */
  instant(): string;
  /** Calls back once after `ms`; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: AppClock = {
  monoMs: () => Math.trunc(performance.now()),
  instant: () => new Date().toISOString(),
  after(ms, run) {
    const handle = setTimeout(run, ms);
    return () => clearTimeout(handle);
  },
};
