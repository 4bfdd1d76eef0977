import type { Demo, DemoChaos } from '../../../src-server/contract/demo.ts';
import { eventsOf } from '../job/entry-words.ts';

/** What each kind of chaos does, and what takes it back. */
export const CHAOS_WORDS: Readonly<Record<DemoChaos, { begin: string; end: string; state: string }>> = {
  kill: { begin: 'Kill', end: 'Start again', state: 'killed' },
  pause: { begin: 'Pause', end: 'Go on', state: 'paused' },
  partition: { begin: 'Partition', end: 'Connect', state: 'cut off' },
  skew: { begin: 'Skew clock', end: 'Set clock', state: 'clock ahead' },
  slow_disk: { begin: 'Slow disk', end: 'Mend disk', state: 'slow disk' },
};

export const INVARIANT_WORDS: Readonly<Record<Demo['invariants'][number]['id'], string>> = {
  I1: 'At most one active lease per job',
  I2: 'Fences only go up',
  I7: 'A rejected write changes nothing',
  I5: 'A job settles once',
};

/** A line of the story as a headline, its first sentence, and the rest of it. */
export const headlineOf = (text: string): { headline: string; rest: string } => {
  const end = /^(.+?[.;!?])\s+(?=\S)/.exec(text)?.[1];
  return end === undefined ? { headline: text, rest: '' } : { headline: end, rest: text.slice(end.length).trim() };
};

/** The newest line of the story; null before the first. */
export const lineNow = (demo: Demo): Demo['story'][number] | null => demo.story.at(-1) ?? null;

/** Fence of a late write of this source, while no newer entry speaks of it; null when there is none. */
export const rejectedFence = (demo: Demo, sourceId: string): number | null => {
  for (const entry of demo.evidence) {
    const told = eventsOf(entry).find(({ body }) => body.source_id === sourceId);
    if (told === undefined) continue;
    return told.type === 'completion.rejected' && typeof told.body.fence === 'number' ? told.body.fence : null;
  }
  return null;
};
