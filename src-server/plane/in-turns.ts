import type { Clock, Timers } from './clock.ts';

/** Other work gets its turn after this long, ms. */
const TURN_MS = 10;

/** Takes steps to their end, and lets calls be answered in between. Rejects with what a step throws. */
export async function inTurns<T>(
  steps: Iterator<void, T>,
  { clock, timers }: { clock: Clock; timers: Pick<Timers, 'soon'> },
): Promise<T> {
  for (let fromMs = clock.monoMs(); ; ) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (clock.monoMs() - fromMs < TURN_MS) continue;
    await new Promise<void>((resolve) => timers.soon(resolve));
    fromMs = clock.monoMs();
  }
}

/** Takes steps to their end at once. */
export function drained<T>(steps: Iterator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
