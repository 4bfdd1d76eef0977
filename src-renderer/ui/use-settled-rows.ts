import { useMemo, useRef, useState } from 'react';
import { settleRows } from './settle-rows.ts';

/**
 * Holds rows still while the pointer is over the list or `isPaused`; spread `hold` on the list.
 * @param resetKey another value is another list: nothing of the one before is held.
 */
export const useSettledRows = <T>(rows: readonly T[], idOf: (row: T) => string, isPaused = false, resetKey = '') => {
  const [isHovered, setHovered] = useState(false);
  const [, setCaughtUp] = useState(0);
  const held = useRef<readonly T[] | null>(null);
  const heldKey = useRef(resetKey);
  const isHeld = isHovered || isPaused;
  if (!isHeld || heldKey.current !== resetKey) held.current = null;
  heldKey.current = resetKey;
  if (isHeld && (held.current === null || held.current.length === 0)) held.current = rows;
  const heldRows = held.current;
  const settled = useMemo(() => settleRows(heldRows, rows, idOf), [heldRows, rows, idOf]);
  return {
    ...settled,
    /** Shows what waits, also while the pointer stays. */
    catchUp: () => {
      held.current = null;
      setHovered(false);
      setCaughtUp((times) => times + 1);
    },
    hold: { onPointerEnter: () => setHovered(true), onPointerLeave: () => setHovered(false) },
  };
};
