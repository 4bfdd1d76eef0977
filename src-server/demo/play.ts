import { DemoRun } from './demo-run.ts';
import type { Scenario } from './scenario.ts';
import type { Played, Told } from './stage.ts';

/**
 * Plays a scenario through the real plane on a virtual clock and checks itself: every expectation, and the chain of the
 * log that it made.
 * @param pace called before virtual time passes, so that a person can follow; ms of virtual time.
 */
export async function play(
  story: Scenario,
  tell: (line: Told) => void,
  pace: (ms: number) => Promise<void> = async () => undefined,
): Promise<Played> {
  const run = await DemoRun.start(story, tell);
  for (const atMs of run.momentsMs) {
    if (atMs > run.nowMs) await pace(atMs - run.nowMs);
    await run.advanceTo(atMs);
  }
  return run.end();
}
