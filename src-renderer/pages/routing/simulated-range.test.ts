import { expect, it } from 'vitest';
import { rangeQuery, readRange } from './simulated-range.ts';

const NOW = Date.parse('2026-10-14T10:00:00.000Z');
const of = (query: string) => rangeQuery(readRange(new URLSearchParams(query)), NOW);

it('asks for the last 500 decisions unless the address says otherwise', () => {
  expect(of('')).toEqual({ last: 500 });
  expect(of('range=2000')).toEqual({ last: 2000 });
  expect(of('range=nonsense')).toEqual({ last: 500 });
});
it('reaches back from now', () =>
  expect(of('range=24h')).toEqual({ from: '2026-10-13T10:00:00.000Z', to: '2026-10-14T10:00:00.000Z' }));
it('asks nothing while a range is not whole, or ends before it begins', () => {
  expect(of('range=own&from=2026-10-14T08:00')).toBeNull();
  expect(of('range=own&from=2026-10-14T08:00&to=2026-10-14T07:00')).toBeNull();
  expect(of('range=own&from=2026-10-14T08:00Z&to=2026-10-14T09:00Z')).toEqual({
    from: '2026-10-14T08:00:00.000Z',
    to: '2026-10-14T09:00:00.000Z',
  });
});
