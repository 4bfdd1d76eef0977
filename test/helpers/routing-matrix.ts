import type { FallbackMode, PolicyMode } from '../../src-server/contract/terms.ts';

/** How the preferred side stands when the job comes. */
export const FIRST_SIDES = ['free', 'busy', 'late', 'offline', 'none registered', 'none eligible'] as const;
export type FirstSide = (typeof FIRST_SIDES)[number];

export interface Cell {
  mode: PolicyMode;
  first: FirstSide;
  fallback: FallbackMode;
  /** What becomes of the job at once, and once `after_ms` is over. */
  atOnce: 'first' | 'second' | 'held' | 'waiting';
  later: 'first' | 'second' | 'held' | 'waiting';
  /** The last answer, as people read it. */
  sentence: string;
}

/** Names and side words as sentences have them, so that one table serves both directions. */
interface Words {
  first: string;
  second: string;
  firstName: string;
  secondName: string;
  mode: PolicyMode;
  /** What an operator is told the second side may cost at most. */
  cost: string;
}

/** Why the first side has nobody, as every sentence of that column begins. */
const WAITING: Record<Exclude<FirstSide, 'free'>, (w: Words) => string> = {
  busy: (w) => `${w.firstName} has no free slot.`,
  late: (w) => `${w.firstName} is late, it sent no heartbeat for 30 s.`,
  offline: (w) => `${w.firstName} is offline.`,
  'none registered': (w) => `No ${w.first} source is registered.`,
  'none eligible': (w) => `No ${w.first} source has cpu-small and zone=a.`,
};
/** Why the second side may take it, as a reason inside a sentence. */
const CROSSING: Record<Exclude<FirstSide, 'free'>, (w: Words) => string> = {
  busy: (w) => `no ${w.first} slot came free in 5 s`,
  late: (w) => `no ${w.first} slot came free in 5 s`,
  offline: (w) => `no ${w.first} source with cpu-small and zone=a is online`,
  'none registered': (w) => `no ${w.first} source is registered`,
  'none eligible': (w) => `no ${w.first} source has cpu-small and zone=a`,
};
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function onlyCell(first: FirstSide, w: Words): Pick<Cell, 'atOnce' | 'later' | 'sentence'> {
  if (first === 'free') return freeCell(w);
  const because: Record<Exclude<FirstSide, 'free'>, string> = {
    busy: `cpu-small is ${w.mode} and ${w.firstName} has no free slot.`,
    late: `cpu-small is ${w.mode} and ${w.firstName} is late, it sent no heartbeat for 30 s.`,
    offline: `cpu-small is ${w.mode} and ${w.firstName} is offline.`,
    'none registered': `The policy is ${w.mode} and no ${w.first} source is registered.`,
    'none eligible': `The policy is ${w.mode} and no ${w.first} source has cpu-small and zone=a.`,
  };
  return { atOnce: 'waiting', later: 'waiting', sentence: because[first] };
}

const freeCell = (w: Words): Pick<Cell, 'atOnce' | 'later' | 'sentence'> => ({
  atOnce: 'first',
  later: 'first',
  sentence: `Assigned to ${w.firstName}, because it is the only ${w.first} source asking now with cpu-small and zone=a. Network not enforced.`,
});

function firstCell(first: FirstSide, fallback: FallbackMode, w: Words): Pick<Cell, 'atOnce' | 'later' | 'sentence'> {
  if (first === 'free') return freeCell(w);
  const isThere = first === 'busy' || first === 'late';
  const crossing = CROSSING[first](w);
  if (fallback === 'never')
    return {
      atOnce: 'waiting',
      later: 'waiting',
      sentence: `${WAITING[first](w)} ${capital(w.second)} is never asked under this policy.`,
    };
  const later = fallback === 'auto' ? 'second' : 'held';
  return {
    atOnce: isThere ? 'waiting' : later,
    later,
    sentence:
      fallback === 'auto'
        ? `Assigned to ${w.secondName}, because ${crossing}. Network not enforced.`
        : `${capital(crossing)}. ${capital(w.second)} could take it now${w.cost}. Waits for your word.`,
  };
}

/** Modes × how the first side stands × fallback, with the outcome and the sentence of each cell; the second side asks and has a slot. */
export function matrix(names: { byoc: string; managed: string }): Cell[] {
  const cells: Cell[] = [];
  for (const mode of ['byoc_first', 'managed_first', 'byoc_only', 'managed_only'] as const)
    for (const first of FIRST_SIDES)
      for (const fallback of ['auto', 'ask', 'never'] as const) {
        const isByoc = mode.startsWith('byoc');
        const words: Words = {
          first: isByoc ? 'BYOC' : 'managed',
          second: isByoc ? 'managed' : 'BYOC',
          firstName: isByoc ? names.byoc : names.managed,
          secondName: isByoc ? names.managed : names.byoc,
          mode,
          cost: isByoc ? ' for at most 1 CU' : '',
        };
        const rest = mode.endsWith('_only') ? onlyCell(first, words) : firstCell(first, fallback, words);
        cells.push({ mode, first, fallback, ...rest });
      }
  return cells;
}
