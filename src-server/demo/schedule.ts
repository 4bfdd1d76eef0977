import type { Scenario, Step } from './scenario.ts';

/** Something that a story does at a moment of its virtual time; without a step only the heartbeats are due. */
export interface Moment {
  /** Ms of virtual time since the story began. */
  atMs: number;
  step: Step | null;
}

/**
 * When each step of a story comes. A wait is no step of its own: it moves what follows, with heartbeats on the way and
 * at its end.
 * @param heartbeatMs time between two heartbeats of a runner
 */
export function scheduleOf(story: Scenario, heartbeatMs: number): { moments: readonly Moment[]; endsAtMs: number } {
  const moments: Moment[] = [];
  let nowMs = 0;
  for (const step of story.steps) {
    moments.push({ atMs: nowMs, step });
    if (step.do !== 'wait') continue;
    const endMs = nowMs + step.ms;
    for (let atMs = nowMs + heartbeatMs; atMs < endMs; atMs += heartbeatMs) moments.push({ atMs, step: null });
    moments.push({ atMs: endMs, step: null });
    nowMs = endMs;
  }
  return { moments, endsAtMs: nowMs };
}
