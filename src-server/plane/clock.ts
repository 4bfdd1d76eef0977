/** The two clocks of the plane. Durations come only from the monotonic one; wall time is for display. */
export interface Clock {
  /** Whole milliseconds since this process started; never goes back, may stand still while the machine sleeps. */
  monoMs(): number;
  /** Milliseconds since 1970; may jump. */
  wallMs(): number;
}

const startedNs = process.hrtime.bigint();

export const systemClock: Clock = {
  monoMs: () => Number((process.hrtime.bigint() - startedNs) / 1_000_000n),
  wallMs: () => Date.now(),
};

let lastMs = Number.NaN;
let lastInstant = '';
let lastSecond = Number.NaN;
/** Up to the point before the milliseconds. */
let lastSecondText = '';

/** RFC 3339 UTC with milliseconds. Calls of one millisecond share its text, and those of one second most of it. */
export function instantOf(wallMs: number): string {
  if (wallMs === lastMs) return lastInstant;
  const second = Math.floor(wallMs / 1_000);
  if (second !== lastSecond) {
    lastSecondText = new Date(second * 1_000).toISOString().slice(0, -'000Z'.length);
    lastSecond = second;
  }
  lastInstant = `${lastSecondText}${String(Math.floor(wallMs - second * 1_000)).padStart(3, '0')}Z`;
  lastMs = wallMs;
  return lastInstant;
}

/** Timers of the running plane; the simulator and the demo bring their own. */
export interface Timers {
  /** Calls back after at least `ms`; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
  every(ms: number, run: () => void): () => void;
  /** At the end of the current turn. */
  soon(run: () => void): void;
}

export const systemTimers: Timers = {
  after(ms, run) {
    const handle = setTimeout(run, ms);
    return () => clearTimeout(handle);
  },
  every(ms, run) {
    const handle = setInterval(run, ms);
    return () => clearInterval(handle);
  },
  soon: (run) => void setImmediate(run),
};
