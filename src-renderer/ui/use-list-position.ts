import { type RefObject, useLayoutEffect, useRef } from 'react';
import { after } from '../stores/clock.ts';

/** A list that has not moved for this long rests. */
const REST_MS = 150;

interface Position {
  startAt?: number;
  onRest?: (index: number) => void;
  listKey?: string;
}

/**
 * Takes a list up where it was left, and tells where it rests. Whoever scrolls before it is there has gone elsewhere, and another
 * list begins at its top.
 * @returns whether rows are still missing to get there: then the next page is wanted.
 */
export const useListPosition = (
  scroll: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
  { startAt = 0, onRest, listKey }: Position,
): boolean => {
  const goal = useRef(startAt);
  const isMissing = goal.current > 0 && count <= goal.current;
  /** Where the list stands: to ask it, or to move it for nothing, would lay out all its rows in the middle of drawing. */
  const top = useRef(0);
  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null || goal.current === 0 || count <= goal.current) return;
    // The list tells of it later, and on a busy computer another list may come before.
    top.current = goal.current * rowHeight;
    element.scrollTop = top.current;
    goal.current = 0;
  }, [scroll, count, rowHeight]);
  const rest = useRef(onRest);
  rest.current = onRest;
  const shownKey = useRef(listKey);
  useLayoutEffect(() => {
    if (shownKey.current === listKey) return;
    shownKey.current = listKey;
    goal.current = 0;
    if (scroll.current !== null && top.current !== 0) scroll.current.scrollTop = 0;
    top.current = 0;
    rest.current?.(0);
  }, [scroll, listKey]);
  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    let cancel = () => {};
    const onScroll = () => {
      top.current = element.scrollTop;
      cancel();
      cancel = after(REST_MS, () => rest.current?.(Math.round(element.scrollTop / rowHeight)));
    };
    const leave = () => {
      goal.current = 0;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('wheel', leave, { passive: true });
    element.addEventListener('keydown', leave);
    return () => {
      cancel();
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('wheel', leave);
      element.removeEventListener('keydown', leave);
    };
  }, [scroll, rowHeight]);
  return isMissing;
};
