import { useCallback, useRef } from 'react';
import { useSearchParams } from 'react-router';

const PARAM = 'row';

/**
 * The place in a list as the address keeps it (`row=1200`), so that back, reload and a sent link lead there again. It belongs to
 * the filters beside it: whoever changes them takes it out.
 */
export const useRowPosition = (): { startAt: number; onRest: (index: number) => void } => {
  const [search, setSearch] = useSearchParams();
  const startAt = useRef(Number(/^\d{1,7}$/.exec(search.get(PARAM) ?? '')?.[0] ?? 0));
  const set = useRef(setSearch);
  set.current = setSearch;
  const onRest = useCallback((index: number) => {
    set.current(
      (before) => {
        if (before.get(PARAM) === (index === 0 ? null : String(index))) return before;
        const next = new URLSearchParams(before);
        if (index === 0) next.delete(PARAM);
        else next.set(PARAM, String(index));
        return next;
      },
      { replace: true },
    );
  }, []);
  return { startAt: startAt.current, onRest };
};
