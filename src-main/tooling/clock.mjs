/** Milliseconds since this process started, for the times that a script prints; nothing is decided by it. */
export const elapsedMs = () => performance.now();

/** `0.84 s` from a span in milliseconds. */
export const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(2)} s`;
