/** What the end of the runner's process means for its owner. `final` is not tried again by itself. */
export type RunnerEnd = 'asked' | 'final' | 'again';

/** Exits that another start would only repeat: usage, damaged state, plane not trusted, not permitted. */
const FINAL: ReadonlySet<number> = new Set([64, 65, 76, 77]);

/** @param wasAsked true when we asked it to end */
export const meaningOfEnd = (exitCode: number | null, wasAsked: boolean): RunnerEnd => {
  if (wasAsked) return 'asked';
  return exitCode !== null && FINAL.has(exitCode) ? 'final' : 'again';
};

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** How long to wait before the next start. @param crashes in a row, from 1 */
export const restartDelayMs = (crashes: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(crashes - 1, 10));
