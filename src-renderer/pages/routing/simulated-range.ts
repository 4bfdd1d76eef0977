import { formatClockShort, formatDay } from '../../format/instant.ts';
import type { SelectItem } from '../../ui/select-field.tsx';

const HOUR_MS = 3_600_000;
const SINCE_MS: Readonly<Record<string, number>> = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS };
export const DEFAULT_LAST = '500';
const LASTS = ['100', '500', '2000'];
export const OWN_RANGE = 'own';

export const RANGE_ITEMS: readonly SelectItem[] = [
  { value: '100', label: 'Last 100 decisions' },
  { value: '500', label: 'Last 500 decisions' },
  { value: '2000', label: 'Last 2,000 decisions' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 h' },
  { value: '7d', label: 'Last 7 days' },
  { value: OWN_RANGE, label: 'From and to' },
];

/** What stretch of the past is asked about, as it stands in the address. */
export interface SimulatedRange {
  /** A value of `RANGE_ITEMS`. */
  choice: string;
  /** Local times as a field shows them, for `own`. */
  from: string;
  to: string;
}
export const readRange = (search: URLSearchParams): SimulatedRange => {
  const choice = search.get('range') ?? DEFAULT_LAST;
  const isKnown = RANGE_ITEMS.some(({ value }) => value === choice);
  return { choice: isKnown ? choice : DEFAULT_LAST, from: search.get('from') ?? '', to: search.get('to') ?? '' };
};

/** The range of a request; null while an own range is not whole. `nowMs` is the end of one that reaches to now. */
export const rangeQuery = (
  { choice, from, to }: SimulatedRange,
  nowMs: number,
): { last: number } | { from: string; to: string } | null => {
  if (LASTS.includes(choice)) return { last: Number(choice) };
  const since = SINCE_MS[choice];
  if (since !== undefined) return { from: new Date(nowMs - since).toISOString(), to: new Date(nowMs).toISOString() };
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (Number.isNaN(fromMs) || Number.isNaN(toMs) || fromMs >= toMs) return null;
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
};

/** `12 Oct, 08:05` of a local field value. */
export const localWords = (text: string): string => `${formatDay(text)}, ${formatClockShort(text)}`;
