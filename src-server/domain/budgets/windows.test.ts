import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENDING_WINDOWS, isTimeZone, turnedWindows, windowAt } from './windows.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);
const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/Sao_Paulo',
);
const moment = fc.integer({ min: at('2012-01-01T00:00:00Z'), max: at('2045-01-01T00:00:00Z') });

describe('budget windows', () => {
  it.each([
    ['day', '2026-10-14T10:00:00Z', 'UTC', '2026-10-14T00:00:00Z', '2026-10-15T00:00:00Z'],
    ['day', '2026-10-14T22:30:00Z', 'Europe/Berlin', '2026-10-14T22:00:00Z', '2026-10-15T22:00:00Z'],
    ['week', '2026-10-18T23:59:59Z', 'UTC', '2026-10-12T00:00:00Z', '2026-10-19T00:00:00Z'],
    ['month', '2026-02-28T12:00:00Z', 'America/New_York', '2026-02-01T05:00:00Z', '2026-03-01T05:00:00Z'],
  ] as const)('the %s of %s in %s runs from %s to %s', (window, now, tz, starts, ends) => {
    expect(windowAt(window, at(now), tz)).toEqual({ startsMs: at(starts), endsMs: at(ends) });
  });

  it('a day of the change of summer time has 23 or 25 hours', () => {
    const spring = windowAt('day', at('2026-03-29T12:00:00Z'), 'Europe/Berlin');
    const autumn = windowAt('day', at('2026-10-25T12:00:00Z'), 'Europe/Berlin');
    expect(spring.endsMs - spring.startsMs).toBe(23 * HOUR_MS);
    expect(autumn.endsMs - autumn.startsMs).toBe(25 * HOUR_MS);
  });

  it('holds its moment, and the next begins where it ends', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ENDING_WINDOWS), moment, zone, (window, now, tz) => {
        const span = windowAt(window, now, tz);
        expect(span.startsMs <= now && now < span.endsMs).toBe(true);
        expect(windowAt(window, span.endsMs, tz).startsMs).toBe(span.endsMs);
        expect(windowAt(window, span.endsMs - 1, tz)).toEqual(span);
      }),
      { numRuns: 60 },
    );
  });

  it('goes by the same calendar in UTC, which needs no tables, as in a zone like it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ENDING_WINDOWS), moment, (window, now) => {
        expect(windowAt(window, now, 'UTC')).toEqual(windowAt(window, now, 'Etc/GMT'));
      }),
    );
  });

  it('is never left backwards, wherever the clock is set', () => {
    fc.assert(
      fc.property(fc.array(moment, { minLength: 2, maxLength: 8 }), zone, (moments, tz) => {
        const open: Parameters<typeof turnedWindows>[0] = { day: null, week: null, month: null };
        const ends = { day: 0, week: 0, month: 0 };
        for (const now of moments)
          for (const { window, span } of turnedWindows(open, now, tz)) {
            expect(span.endsMs).toBeGreaterThan(ends[window]);
            expect(now).toBeGreaterThanOrEqual(ends[window]);
            ends[window] = span.endsMs;
            Object.assign(open, { [window]: span });
          }
      }),
      { numRuns: 40 },
    );
  });

  it('knows a zone from a word', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
  });
});
