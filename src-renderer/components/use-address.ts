import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** Changes of the query: null and an empty text leave the address. */
export type SetAddress = (change: Readonly<Record<string, string | null>>) => void;

/** The query of the address, where filters, selections and open drawers live, and how to change some of it in place. */
export const useAddress = (): [URLSearchParams, SetAddress] => {
  const [search, setSearch] = useSearchParams();
  const setAddress = useCallback<SetAddress>(
    (change) =>
      setSearch(
        () => {
          // Of the address itself: what was drawn last may be a change behind, and would take that one back.
          const next = new URLSearchParams(globalThis.location.search);
          for (const [key, value] of Object.entries(change)) {
            if (value === null || value === '') next.delete(key);
            else next.set(key, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return [search, setAddress];
};
