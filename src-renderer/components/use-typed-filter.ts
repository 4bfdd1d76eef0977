import { useEffect, useRef, useState } from 'react';
import { after, now } from '../stores/clock.ts';

/** Letters that come faster than this ask once. It is longer than a frame, so that whoever types on sees each letter first. */
const TYPING_MS = 30;
/** A letter that comes so long after the one before stands alone, and asks at once; so does a text that comes as a whole. */
const ALONE_MS = 400;

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
  /** Texts on their way into the address. They come back as its filter while somebody types on, and must not undo that. */
  const sent = useRef<string[]>([]);
  const askedAt = useRef(Number.NEGATIVE_INFINITY);
  const shown = useRef(text);
  useEffect(() => {
    const at = sent.current.lastIndexOf(value);
    sent.current = at === -1 ? [] : sent.current.slice(at + 1);
    if (at === -1) setText(value);
  }, [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the typed text starts the wait
  useEffect(() => {
    const isLetter = Math.abs(text.length - shown.current.length) === 1;
    shown.current = text;
    if (text === (sent.current.at(-1) ?? value)) return;
    const waitMs = isLetter && Math.abs(now() - askedAt.current) < ALONE_MS ? TYPING_MS : 0;
    return after(waitMs, () => {
      askedAt.current = now();
      sent.current.push(text);
      newest.current(text);
    });
  }, [text]);
  return [text, setText];
};
