/** Exit codes of the command line that another start would only repeat, and what a person is told then. */
const FINAL_EXITS: ReadonlyMap<number, string> = new Map([
  [64, 'The control plane was started with arguments it does not know. Install the app again.'],
  [65, 'The data directory is damaged. Run "connected-compute doctor --deep" on it before anything else.'],
  [75, 'A control plane is already running on this data directory. Close it, or use its console in the browser.'],
  [77, 'The data directory may not be read or written by this user.'],
]);

/** What the end of the plane's process means. `final` is not tried again by itself. */
export type ExitMeaning = { kind: 'stopped' } | { kind: 'final' | 'crashed'; sentence: string };

const CRASHED = 'The control plane ended unexpectedly and is being started again.';

/**
 * Tells a wished end, a refusal to run and a crash apart.
 * @param exitCode the process's exit code; null or negative where a signal ended it
 * @param wasAsked true when we asked it to stop
 * @param said the sentence of its `failed` message, where it sent one
 */
export const meaningOfExit = (exitCode: number | null, wasAsked: boolean, said: string | null): ExitMeaning => {
  if (wasAsked) return { kind: 'stopped' };
  const known = exitCode === null ? undefined : FINAL_EXITS.get(exitCode);
  if (known !== undefined) return { kind: 'final', sentence: said ?? known };
  // An exit with 0 that nobody asked for leaves the window without a plane just the same.
  return { kind: 'crashed', sentence: said ?? CRASHED };
};
