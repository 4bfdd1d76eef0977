/** The grace after a lease's time, ms: a quarter of it. */
export const graceMs = (ttlMs: number): number => ttlMs / 4;

/** From a renewal to the moment at which the plane takes over, ms: the lease's time and its grace. */
export const takeOverMs = (ttlMs: number): number => ttlMs + graceMs(ttlMs);
