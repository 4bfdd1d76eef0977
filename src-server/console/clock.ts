/** Time as the console's host sees it; the only module here that reads a clock or sets a timer. */
export interface HostClock {
  /** Milliseconds since this process started; never goes back. */
  monoMs(): number;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Calls back once after `ms`; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
}

export const systemHostClock: HostClock = {
  monoMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, run) {
    const handle = setTimeout(run, ms);
    return () => clearTimeout(handle);
  },
};

/** RFC 3339 UTC with milliseconds. */
export const instantOf = (wallMs: number): string => new Date(wallMs).toISOString();
