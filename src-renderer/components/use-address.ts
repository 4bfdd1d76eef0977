import { useCallback } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

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

/** The query of the address, where filters, selections and open drawers live, and how to change some of it in place. */
export const useAddress = (): [URLSearchParams, SetAddress] => {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const setAddress = useCallback<SetAddress>(
    (change) => {
      // Of the address itself: what was drawn last may be a change behind, and would take that one back.
      const query = changedQuery(globalThis.location.search, change);
      // Somebody waits for what this shows, so it is drawn at once and not in slices between other work.
      if (query !== null) void navigate(`?${query}`, { replace: true, flushSync: true });
    },
    [navigate],
  );
  return [search, setAddress];
};
