import { useRef, useState } from 'react';
import type { DemoSteer } from '../../../src-server/contract/demo.ts';

/** Follows a hand on the line of time: one seek at a time, and of those that came meanwhile the newest. */
export const useSeek = (onSteer: (wish: DemoSteer) => Promise<void>) => {
  const [shownMs, setShownMs] = useState<number | null>(null);
  const wanted = useRef<number | null>(null);
  const isUnderWay = useRef(false);
  const seek = async (atMs: number): Promise<void> => {
    setShownMs(atMs);
    wanted.current = atMs;
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    while (wanted.current !== null) {
      const to: number = wanted.current;
      wanted.current = null;
      await onSteer({ do: 'seek', at_ms: to });
    }
    isUnderWay.current = false;
    setShownMs(null);
  };
  /** Where the hand is, while the demo is not there yet. */
  return { seek, shownMs };
};
