import { useEffect, useRef, useState } from 'react';
import { after } from '../stores/clock.ts';

/** Letters that come faster than this ask once; one that stands alone is answered within a tenth of a second. */
const TYPING_MS = 30;

/**
 * A text filter as it is typed: the field shows each letter at once, the address and with it the list follow.
 * @param value the filter of the address
 * @param onChange sets it there; the newest one is called, as the address may have moved on while somebody typed.
 */
export const useTypedFilter = (
  value: string,
  onChange: (text: string) => void,
): readonly [string, (text: string) => void] => {
  const [text, setText] = useState(value);
  const newest = useRef(onChange);
  newest.current = onChange;
  useEffect(() => setText(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the typed text starts the wait
  useEffect(() => {
    if (text === value) return;
    return after(TYPING_MS, () => newest.current(text));
  }, [text]);
  return [text, setText];
};
