import { useEffect, useRef, useState } from 'react';
import { after, now } from '../stores/clock.ts';

/** A reader is told at most this often, ms; of several texts in between, the newest. */
const CALM_MS = 5_000;

/** Tells a text that changes often to who does not see it, calmly. */
export const Announce = ({ text }: { text: string }) => {
  const [said, setSaid] = useState('');
  const saidAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(
    () =>
      after(Math.max(0, saidAt.current + CALM_MS - now()), () => {
        saidAt.current = now();
        setSaid(text);
      }),
    [text],
  );
  return (
    <span className="visually-hidden" role="status">
      {said}
    </span>
  );
};
