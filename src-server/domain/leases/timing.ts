import { HEARTBEAT_INTERVAL_MAX_MS } from '../../contract/limits.ts';

/** All durations of a lease follow from its time (TTL), in ms. */
export interface LeaseTiming {
  ttlMs: number;
  /** A runner renews this often. */
  renewAfterMs: number;
  /** The plane takes over at TTL + grace without a renewal. */
  graceMs: number;
  takeOverMs: number;
  /** The runner stops its job by itself after this long without an acknowledged renewal. */
  selfStopMs: number;
  heartbeatMs: number;
}

/** @param ttlMs the workspace's setting, 5 s to 1 h. */
export function leaseTiming(ttlMs: number): LeaseTiming {
  const quarter = Math.floor(ttlMs / 4);
  return {
    ttlMs,
    renewAfterMs: quarter,
    graceMs: quarter,
    takeOverMs: ttlMs + quarter,
    selfStopMs: quarter * 3,
    heartbeatMs: Math.min(HEARTBEAT_INTERVAL_MAX_MS, quarter),
  };
}
