import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { followTyping } from './follow-typing.ts';

const nothing = () => Promise.resolve();

/**
 * A text filter as it is typed: the field shows each letter at once, the address and with it the list follow.
 * @param value the filter of the address
 * @param onChange sets it there; the newest one is called, as the address may have moved on while somebody typed.
 * @param prepare asks for what a text finds before it is shown
 */
export const useTypedFilter = (
  value: string,
  onChange: (text: string) => void,
  prepare: (text: string, signal: AbortSignal) => Promise<unknown> = nothing,
): readonly [string, (text: string) => void] => {
  const [text, setText] = useState(value);
  const newest = useRef({ value, onChange, prepare });
  newest.current = { value, onChange, prepare };
  /** Texts on their way into the address. They come back as its filter while somebody types on, and must not undo that. */
  const sent = useRef<string[]>([]);
  const typing = useMemo(
    () =>
      followTyping({
        prepare: (asked, signal) => newest.current.prepare(asked, signal),
        show: (shown) => {
          sent.current.push(shown);
          newest.current.onChange(shown);
        },
      }),
    [],
  );
  useEffect(() => {
    const at = sent.current.lastIndexOf(value);
    sent.current = at === -1 ? [] : sent.current.slice(at + 1);
    if (at !== -1) return;
    typing.leave();
    setText(value);
  }, [value, typing]);
  useEffect(() => typing.leave, [typing]);
  const onType = useCallback(
    (next: string) => {
      setText(next);
      if (next === (sent.current.at(-1) ?? newest.current.value)) typing.leave();
      else typing.type(next);
    },
    [typing],
  );
  return [text, onType];
};
