import { type RefObject, startTransition, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { after } from '../stores/clock.ts';
import { rowsInView, scrollTopFor } from './rows-in-view.ts';

/** Before the window has told its size. */
const HEIGHT_GUESS_PX = 800;
/** So long after a list came, or was asked for, the rows around the visible ones are drawn too: longer than between two letters. */
const FILL_MS = 300;

const ANY = Number.MAX_SAFE_INTEGER;

const headHeightOf = (element: HTMLElement): number => element.querySelector('thead')?.offsetHeight ?? 0;

/**
 * Which rows of a scrolling list are to be drawn. Redraws only when others come into view.
 * @param scroll the element that scrolls; its head stands above the rows and stays.
 * @param listKey names the list: of another one the visible rows are drawn first, for whoever waits for it.
 */
export const useRowsInView = (
  scroll: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
  listKey = '',
) => {
  const [at, setAt] = useState({ scrollTop: 0, height: HEIGHT_GUESS_PX });
  const [wholeKey, setWholeKey] = useState('');
  const newestKey = useRef(listKey);
  newestKey.current = listKey;
  const isLean = wholeKey !== listKey;
  useEffect(
    () => (isLean ? after(FILL_MS, () => startTransition(() => setWholeKey(listKey))) : undefined),
    [isLean, listKey],
  );
  // Rows that come or leave tell by a scroll event where that moves the list: to look each time would lay the page out twice.
  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    const look = () => {
      const { scrollTop } = element;
      const height = element.clientHeight - headHeightOf(element);
      setAt((before) => {
        // However many rows there are: those of a list that is not here yet will be drawn by this, too.
        const [was, is] = [before, { scrollTop, height }].map((view) => rowsInView({ ...view, rowHeight, count: ANY }));
        const isSame = was?.from === is?.from && was?.to === is?.to && before.height === height;
        return isSame ? before : { scrollTop, height };
      });
    };
    const scrolled = () => {
      setWholeKey(newestKey.current);
      look();
    };
    look();
    element.addEventListener('scroll', scrolled, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => {
      element.removeEventListener('scroll', scrolled);
      sizes.disconnect();
    };
  }, [scroll, rowHeight]);
  const reveal = useCallback(
    (index: number) => {
      const element = scroll.current;
      if (element === null) return;
      const view = { scrollTop: element.scrollTop, height: element.clientHeight, rowHeight, count };
      element.scrollTop = scrollTopFor(index, headHeightOf(element), view);
    },
    [scroll, count, rowHeight],
  );
  return { ...rowsInView({ ...at, rowHeight, count, isLean }), reveal };
};
