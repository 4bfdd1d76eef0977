import type { BudgetWindow } from '../../contract/terms.ts';

/** A window that ends: `total` never does. */
export type EndingWindow = Exclude<BudgetWindow, 'total'>;
export interface WindowSpan {
  startsMs: number;
  /** The first moment after it, wall-clock ms. */
  endsMs: number;
}

const DAY_MS = 86_400_000;
/** A month with its change of summer time, and some. */
const LONGEST_MS = 33 * DAY_MS;

/** Is this a zone that the platform knows, such as `Europe/Berlin`? */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

const formatOf = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });

/** The local date of a moment: days since 1970, and months since year 0. */
type Calendar = (wallMs: number) => { day: number; month: number };

const utcCalendar: Calendar = (wallMs) => {
  const date = new Date(wallMs);
  return { day: Math.floor(wallMs / DAY_MS), month: date.getUTCFullYear() * 12 + date.getUTCMonth() + 1 };
};

/** UTC, which most planes keep, needs no tables of zones: loading them was a sixth of a plane's start. */
function calendarOf(zone: string): Calendar {
  if (zone === 'UTC') return utcCalendar;
  const format = formatOf(zone);
  return (wallMs) => {
    const parts = new Map(format.formatToParts(wallMs).map((p) => [p.type, Number(p.value)]));
    const [year, month, day] = [parts.get('year') ?? 0, parts.get('month') ?? 1, parts.get('day') ?? 1];
    return { day: Math.floor(Date.UTC(year, month - 1, day) / DAY_MS), month: year * 12 + month };
  };
}

/** A number that grows by one from window to window. Weeks begin on Monday; 1970 began on a Thursday. */
function ordinal(calendar: Calendar, window: EndingWindow, wallMs: number): number {
  const { day, month } = calendar(wallMs);
  return window === 'day' ? day : window === 'week' ? Math.floor((day + 3) / 7) : month;
}

/** The day, week (from Monday) or month of a moment by the calendar of a zone. A day may have 23 or 25 hours. */
export function windowAt(window: EndingWindow, wallMs: number, zone: string): WindowSpan {
  const calendar = calendarOf(zone);
  const now = ordinal(calendar, window, wallMs);
  return {
    startsMs: firstMs(wallMs - LONGEST_MS, wallMs, (ms) => ordinal(calendar, window, ms) >= now),
    endsMs: firstMs(wallMs, wallMs + LONGEST_MS, (ms) => ordinal(calendar, window, ms) > now),
  };
}

/** The first moment in (low, high] from which a condition holds; it must hold at `high` and not at `low`. */
function firstMs(low: number, high: number, holds: (ms: number) => boolean): number {
  let before = low;
  let after = high;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle)) after = middle;
    else before = middle;
  }
  return after;
}

export const ENDING_WINDOWS: readonly EndingWindow[] = ['day', 'week', 'month'];

/**
 * The windows that are over, with what follows each. A window is left only forwards: a clock that was set back changes
 * nothing, and one that was set ahead opens the window it shows, which then lasts until its own end.
 */
export function turnedWindows(
  current: Readonly<Record<EndingWindow, WindowSpan | null>>,
  wallMs: number,
  zone: string,
): { window: EndingWindow; span: WindowSpan }[] {
  return ENDING_WINDOWS.flatMap((window) => {
    const span = current[window];
    return span !== null && wallMs < span.endsMs ? [] : [{ window, span: windowAt(window, wallMs, zone) }];
  });
}
