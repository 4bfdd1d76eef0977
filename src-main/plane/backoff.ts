/** The first restart is quick: most crashes do not repeat. */
export const FIRST_DELAY_MS = 250;
/** A plane that keeps crashing costs a start per half minute at most. */
export const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before the next start.
 * @param crashes crashes in a row, 1 or more
 * @returns milliseconds: 250, 500, 1,000 … 30,000
 */
export const restartDelayMs = (crashes: number): number =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(crashes - 1, 20));
