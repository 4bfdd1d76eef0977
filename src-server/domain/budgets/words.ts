import type { Shortfall } from './judge.ts';

/** "1.5 CU" of milli-CU; a CU is a minute of `cpu-small`. */
export function cuWords(mcu: number): string {
  const whole = Math.floor(mcu / 1000);
  const rest = mcu % 1000;
  return `${whole}${rest === 0 ? '' : `.${String(rest).padStart(3, '0').replace(/0+$/, '')}`} CU`;
}

const WINDOW_WORDS = { total: 'in total', day: 'today', week: 'this week', month: 'this month' } as const;

const standing = (s: Shortfall, neededMcu: number): string =>
  `needs ${cuWords(neededMcu)} at most, ${s.scope} has ${cuWords(s.limitMcu)} ${WINDOW_WORDS[s.window]} of which ${cuWords(s.spentMcu)} are spent and ${cuWords(s.heldMcu)} held: ${cuWords(s.missingMcu)} are missing`;

/** Why a job is refused, with every number that decided. */
export const refusedSentence = (s: Shortfall, neededMcu: number): string =>
  `Refused for budget: it ${standing(s, neededMcu)}. Nothing was tried elsewhere.`;

/** Why a job is held until its limit is raised, or its window ends. */
export const heldSentence = (s: Shortfall, neededMcu: number): string =>
  `Held for budget: it ${standing(s, neededMcu)}. A higher limit${s.resetsMs === null ? '' : ' or the next window'} releases it.`;

/** Why a job waits: only other jobs' holds are in the way. */
export const waitsSentence = (s: Shortfall, neededMcu: number): string =>
  `Waits for budget: it ${standing(s, neededMcu)}. A job that ends makes room.`;

/** What one source of the side is short of, as a failing rule says it. */
export const missingDetail = (s: Shortfall): string => `${s.scope} ${cuWords(s.missingMcu)} short`;
