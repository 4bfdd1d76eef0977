const BASE_MS = 1_000;
const CAP_MS = 300_000;
/** About an hour and a half of tries, the last ones five minutes apart. */
export const METER_TRIES_MAX = 24;

/** Wait before try number `tries` + 1: full jitter of a doubling time. `unit` in [0, 1). */
export const meterDelayMs = (tries: number, unit: number): number =>
  Math.floor(Math.min(CAP_MS, BASE_MS * 2 ** Math.min(tries, 20)) * unit) + 250;
