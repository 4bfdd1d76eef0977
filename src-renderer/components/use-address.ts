import { useCallback, useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { create } from 'zustand';
import { whenIdle } from '../stores/clock.ts';

/** Changes of the query: null and an empty text leave the address. */
export type SetAddress = (change: Readonly<Record<string, string | null>>) => void;

/** The query after a change, or null where it stays as it is. */
export const changedQuery = (query: string, change: Parameters<SetAddress>[0]): string | null => {
  const [before, next] = [new URLSearchParams(query), new URLSearchParams(query)];
  for (const [key, value] of Object.entries(change)) {
    if (value === null || value === '') next.delete(key);
    else next.set(key, value);
  }
  return next.toString() === before.toString() ? null : next.toString();
};

/** So long after the screen the address says the same: longer than between two letters, which must not wait for it. */
const ADDRESS_WITHIN_MS = 300;
/** Only the newest is written. */
let cancelWrite = (): void => undefined;

/** A query that is on screen before it is in the address. It is one of the address that it was made from. */
interface Ahead {
  path: string;
  from: string;
  query: string;
}
const useAhead = create<{ ahead: Ahead | null }>(() => ({ ahead: null }));

const isOf = (ahead: Ahead | null, { pathname, search }: { pathname: string; search: string }): ahead is Ahead =>
  ahead !== null && ahead.path === pathname && ahead.from === search;

/**
 * The query of the address, where filters, selections and open drawers live, and how to change some of it in place. The screen
 * changes at once, for whoever waits for it; the address follows when that is drawn, as the browser and all that shows the address
 * take as long as a small screen.
 */
export const useAddress = (): [URLSearchParams, SetAddress] => {
  const location = useLocation();
  const { ahead } = useAhead();
  const navigate = useNavigate();
  const query = isOf(ahead, location) ? ahead.query : location.search;
  const search = useMemo(() => new URLSearchParams(query), [query]);
  const setAddress = useCallback<SetAddress>(
    (change) => {
      // Of the address itself: what was drawn last may be a change behind, and would take that one back.
      const { pathname: path, search: from } = globalThis.location;
      const before = useAhead.getState().ahead;
      const next = changedQuery(isOf(before, globalThis.location) ? before.query : from, change);
      if (next === null) return;
      useAhead.setState({ ahead: { path, from, query: next } });
      cancelWrite();
      cancelWrite = whenIdle(ADDRESS_WITHIN_MS, async () => {
        const { ahead: newest } = useAhead.getState();
        if (newest === null) return;
        // Somebody may have gone elsewhere meanwhile.
        if (isOf(newest, globalThis.location)) await navigate(`?${newest.query}`, { replace: true, flushSync: true });
        if (useAhead.getState().ahead === newest) useAhead.setState({ ahead: null });
      });
    },
    [navigate],
  );
  return [search, setAddress];
};
