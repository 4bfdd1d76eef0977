import { groupDigits } from '../../contract/number-words.ts';
import { isWuScope, scopeWords } from '../../contract/scope-words.ts';
import type { Shortfall } from './judge.ts';

/** "1.5 CU" of milli-CU; a CU is a minute of `cpu-small`. */
export function cuWords(mcu: number): string {
  const whole = Math.floor(mcu / 1000);
  const rest = mcu % 1000;
  return `${groupDigits(whole)}${rest === 0 ? '' : `.${String(rest).padStart(3, '0').replace(/0+$/, '')}`} CU`;
}

/** The same without its unit, for a sentence that has named it. */
const numberWords = (mcu: number): string => cuWords(mcu).slice(0, -' CU'.length);

const WINDOW_WORDS = { total: 'in total', day: 'today', week: 'this week', month: 'this month' } as const;

/** What stands in the way, the shortest first: lists cut a long sentence. */
const standing = (s: Shortfall, neededMcu: number): string =>
  isWuScope(s.scope) && s.spentMcu + s.heldMcu === 0
    ? `Needs ${cuWords(neededMcu)}, the WU limit is ${numberWords(s.limitMcu)}.`
    : `${leftWords(s)}, the job needs ${numberWords(neededMcu)}.`;

/** A limit may have been lowered below its use: there is nothing left then. */
const leftWords = (s: Shortfall): string =>
  `${scopeWords(s.scope)} has ${cuWords(Math.max(0, s.limitMcu - s.spentMcu - s.heldMcu))} left`;

const figures = (s: Shortfall): string =>
  `Limit ${WINDOW_WORDS[s.window]} ${cuWords(s.limitMcu)}: ${numberWords(s.spentMcu)} spent, ${numberWords(s.heldMcu)} held, ${numberWords(s.missingMcu)} missing.`;

/** Why a job is refused, with every number that decided. */
export const refusedSentence = (s: Shortfall, neededMcu: number): string =>
  `${standing(s, neededMcu)} Not moved elsewhere. ${figures(s)}`;

/** Why a job is held until its limit is raised, or its window ends. */
export const heldSentence = (s: Shortfall, neededMcu: number): string =>
  `${standing(s, neededMcu)} Waits for a higher limit${s.resetsMs === null ? '' : ' or the next window'}. ${figures(s)}`;

/** Why a job waits: only other jobs' holds are in the way. */
export const waitsSentence = (s: Shortfall, neededMcu: number): string =>
  `${leftWords(s)} and ${numberWords(s.heldMcu)} held by other jobs, the job needs ${numberWords(neededMcu)}. Waits for a release. ${figures(s)}`;

/** What one source of the side is short of, as a failing rule says it. */
export const missingDetail = (s: Shortfall): string => `${scopeWords(s.scope)} ${cuWords(s.missingMcu)} short`;
